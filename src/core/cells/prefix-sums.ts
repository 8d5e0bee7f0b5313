/** What an intent of a session adds to the sums that tell the cost of its session's prefix from the rest. */
import type { Intent, SessionPrefix } from '../ledger/records.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import type { RoundedSums, SumName } from './cell.ts';
import type { GrowingSums } from './sums.ts';

const MINUTES_5 = 300_000;
const HOUR = 3_600_000;

/**
 * @param cost of the intent's attempts at the node, nano-dollars
 * @param node absent: the sums of the plan's cell
 */
export function prefixSums({ attempts, decided }: Intent, cost: bigint, node?: NodeKey): GrowingSums {
  const sums: GrowingSums = { withPrefix: 1n };
  let spent = 0;
  const requests = new Set<string>();
  for (const attempt of attempts) {
    if (node !== undefined && attempt.node !== node) continue;
    spent += attempt.prefixNanoUsd ?? 0;
    requests.add(attempt.requestId);
  }
  const prefix = BigInt(spent);
  put(sums, 'prefixCost', prefix);
  put(sums, 'prefixCost2', prefix * prefix);
  put(sums, 'costTimesPrefixCost', cost * prefix);
  if (node !== undefined) put(sums, 'laterRequests', BigInt(requests.size - 1));
  else if (decided.prefix !== undefined) addTokens(sums, decided.prefix);
  return sums;
}

function addTokens(sums: GrowingSums, { tokens, gapMs = 0 }: SessionPrefix): void {
  put(sums, 'prefixTokens', BigInt(tokens));
  if (gapMs > MINUTES_5) put(sums, 'prefixTokensAfter5m', BigInt(tokens));
  if (gapMs > HOUR) put(sums, 'prefixTokensAfter1h', BigInt(tokens));
}

function put(sums: GrowingSums, name: SumName, value: bigint): void {
  if (value !== 0n) sums[name] = value;
}

/** Σ net cost, for steering: floats, as all that routing reads. */
export function netCost({ cost = 0, prefixCost }: RoundedSums): number {
  return prefixCost === undefined ? Number(cost) : Number(cost) - Number(prefixCost);
}

/** Σ net cost². */
export function netCost2({ cost2 = 0, costTimesPrefixCost, prefixCost2 }: RoundedSums): number {
  if (costTimesPrefixCost === undefined && prefixCost2 === undefined) return Number(cost2);
  return Number(cost2) - 2 * Number(costTimesPrefixCost ?? 0) + Number(prefixCost2 ?? 0);
}
