/** What an intent of a session adds to the sums that separate the cost of its session's prefix from the rest. */
import type { Intent, SessionPrefix } from '../ledger/records.ts';
import { inputTokens } from '../ledger/usage.ts';
import type { Attempt, NodeKey } from '../ledger/vocabulary.ts';
import type { SumName } from './cell.ts';
import type { GrowingSums } from './sums.ts';

const MINUTES_5 = 300_000;
const HOUR = 3_600_000;

/**
 * @param cost of the intent's attempts at the nodes, nano-dollars
 * @param nodes of a node's cell; absent: the sums of the plan's cell
 */
export function prefixSums({ attempts, decided }: Intent, cost: bigint, nodes?: readonly NodeKey[]): GrowingSums {
  const sums: GrowingSums = { withPrefix: 1n };
  let spent = 0;
  const requests = new Set<string>();
  for (const attempt of attempts) {
    if (nodes?.includes(attempt.node) === false) continue;
    spent += attempt.prefixNanoUsd ?? 0;
    requests.add(attempt.requestId);
  }
  const prefix = BigInt(spent);
  const net = cost - prefix;
  put(sums, 'prefixCost', prefix);
  put(sums, 'netCost', net);
  put(sums, 'netCost2', net * net);
  if (nodes !== undefined) put(sums, 'laterRequests', BigInt(requests.size - 1));
  else if (decided.prefix !== undefined) {
    const prefix = { ...decided.prefix, tokens: tokensSent(decided.prefix, attempts) };
    addTokens(sums, prefix);
    addReads(sums, prefix, attempts);
  }
  return sums;
}

/**
 * The tokens of the prefix whose cost is separated from the rest. In a session's first intent, and in a request that sends less of the
 * conversation than is known, the tokens were estimated from a length: the sum must not add more to the net cost than was taken out of it.
 */
function tokensSent({ tokens }: SessionPrefix, attempts: readonly Attempt[]): number {
  const first = attempts.find(({ kind, usage }) => kind !== 'judge' && inputTokens(usage) > 0);
  return first === undefined ? tokens : Math.min(first.prefixTokens ?? tokens, inputTokens(first.usage));
}

function addTokens(sums: GrowingSums, { tokens, gapMs = Infinity }: SessionPrefix): void {
  put(sums, 'prefixTokens', BigInt(tokens));
  if (gapMs > MINUTES_5) put(sums, 'prefixTokensAfter5m', BigInt(tokens));
  if (gapMs > HOUR) put(sums, 'prefixTokensAfter1h', BigInt(tokens));
}

/**
 * Adds the tokens that a model's cache should have: the prefix that the model has just served, in the session's last reply or in this
 * intent.
 */
function addReads(
  sums: GrowingSums,
  { tokens, gapMs = Infinity, lastModel }: SessionPrefix,
  attempts: readonly Attempt[],
): void {
  const served = new Set(gapMs > MINUTES_5 ? [] : [lastModel]);
  let [expected, read] = [0, 0];
  for (const { model, kind, status, provenance, usage } of attempts) {
    if (kind === 'judge' || status !== 'ok' || provenance !== 'reported') continue;
    if (served.has(model)) {
      const sent = Math.min(tokens, inputTokens(usage));
      expected += sent;
      read += Math.min(sent, usage.cacheRead ?? 0);
    }
    served.add(model);
  }
  put(sums, 'expectedTokens', BigInt(expected));
  put(sums, 'readTokens', BigInt(read));
}

function put(sums: GrowingSums, name: SumName, value: bigint): void {
  if (value !== 0n) sums[name] = value;
}
