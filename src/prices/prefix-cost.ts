/** The part of a call's cost that was for the prefix of its session. */
import type { NanoUsd } from '../core/ledger/money.ts';
import type { PriceLine } from '../contracts/price.ts';
import { amount } from '../core/ledger/money.ts';

/** Of the meters of a prompt, those that a prefix is in: first what the cache had, then what was written to it, then the rest. */
const PREFIX_METERS = ['cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'input'] as const satisfies PriceLine['meter'][];

/**
 * @param lines of one call, at its own rates
 * @param prefixTokens the beginning of its prompt; it may be more than the prompt has
 */
export function prefixCost(lines: readonly PriceLine[], prefixTokens: number): NanoUsd {
  let left = prefixTokens;
  let costNanoUsd = 0;
  for (const meter of PREFIX_METERS) {
    const line = lines.find(each => each.meter === meter);
    if (line === undefined || left <= 0) continue;
    const quantity = Math.min(line.quantity, left);
    costNanoUsd += amount(quantity, line.rate);
    left -= quantity;
  }
  return costNanoUsd;
}
