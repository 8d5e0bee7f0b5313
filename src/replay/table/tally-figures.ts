/** Figures with intervals from a replay's tally. */
import type { CostSample, Figure } from '../../core/math/interval.ts';
import { costPerIntent, costPerSuccess } from '../../core/math/interval.ts';
import type { PlanTally } from './plan-tally.ts';

export interface TallyFigures {
  readonly intents: number;
  readonly successRate: number;
  readonly costPerIntentUsd: Figure;
  readonly costPerSuccessUsd: Figure;
}

/**
 * @param runs number of runs in the tally; repeated runs over the same intents do not add information
 */
export function tallyFigures(
  tally: PlanTally,
  { failureCostUsd, runs }: { readonly failureCostUsd: number; readonly runs: number },
): TallyFigures {
  const { intents: n } = tally;
  const meanUsd = n > 0 ? tally.spendUsd / n : Number.NaN;
  const second = n > 0 ? Math.max(0, tally.spend2 / n - meanUsd ** 2) : 0;
  const third = n > 0 ? tally.spend3 / n - (3 * meanUsd * tally.spend2) / n + 2 * meanUsd ** 3 : 0;
  const fail = n > 0 ? 1 - tally.successes / n : 0;
  const scale = Math.sqrt(second * fail * (1 - fail));
  const sample: CostSample = {
    n: n / runs,
    meanUsd,
    variance: n > runs ? (second * n) / (n - runs) : 0,
    skewness: second > 0 ? third / second ** 1.5 : 0,
    mayBurst: true,
    labelled: n / runs,
    successes: tally.successes / runs,
    correlation: scale > 0 ? (tally.spendOfFailures / n - meanUsd * fail) / scale : 0,
    failureCostUsd,
  };
  return {
    intents: n / runs,
    successRate: n > 0 ? tally.successes / n : Number.NaN,
    costPerIntentUsd: costPerIntent(sample),
    costPerSuccessUsd: costPerSuccess(sample),
  };
}
