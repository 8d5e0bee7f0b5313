/** Sums for tests of reports, from intents written in a few characters each. */
import type { Sums } from '../../../src/core/cells/cell.ts';

/** Sums of intents given as [cost in nano-dollars, success]. */
export function sumsOf(
  intents: readonly (readonly [cost: bigint, success: boolean])[],
  failureCostNanoUsd = 15n * 10n ** 9n,
): Sums {
  const total = (of: (cost: bigint, success: boolean) => bigint): bigint =>
    intents.reduce((sum, [cost, success]) => sum + of(cost, success), 0n);
  return {
    n: BigInt(intents.length),
    cost: total(c => c),
    cost2: total(c => c * c),
    cost3: total(c => c * c * c),
    labelled: BigInt(intents.length),
    successes: total((_, success) => (success ? 1n : 0n)),
    costOfLabelled: total(c => c),
    costOfFailures: total((c, success) => (success ? 0n : c)),
    failureCost: total((_, success) => (success ? 0n : failureCostNanoUsd)),
  };
}
