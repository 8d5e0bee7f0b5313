/** The part of a call's cost that belongs to the prefix of its session. */
import type { NanoUsd } from '../core/ledger/money.ts';
import type { PriceLine } from '../contracts/price.ts';
import { amount } from '../core/ledger/money.ts';

/**
 * The meters of a prompt that a prefix consists of, in order: first the part read from the cache, then the part written to it,
 * then the rest.
 */
const PREFIX_METERS = ['cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'input'] as const satisfies PriceLine['meter'][];

/**
 * @param lines of one call, at its own rates
 * @param prefixTokens the beginning of its prompt; it may be more than the whole prompt
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
