/** The cost that a replay expects of each plan, from the outcomes before a decision. */
import type { Intent } from '../../core/ledger/records.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { ExpectedCost } from './off-policy.ts';

/** Sums over the outcomes of one plan so far. */
export interface OutcomeSums {
  n: number;
  spendUsd: number;
  failureUsd: number;
  failures: number;
}

/** Past means of each plan, shrunk towards the mean over all plans with the weight of one intent. */
export function expectedCosts(sums: readonly OutcomeSums[]): (plan: number) => ExpectedCost {
  const all = sums.reduce(
    (sum, each) => ({
      n: sum.n + each.n,
      spendUsd: sum.spendUsd + each.spendUsd,
      failureUsd: sum.failureUsd + each.failureUsd,
      failures: sum.failures + each.failures,
    }),
    { n: 0, spendUsd: 0, failureUsd: 0, failures: 0 },
  );
  const mean = (sum: number): number => (all.n > 0 ? sum / all.n : 0);
  return plan => {
    const { n, spendUsd, failureUsd, failures } = sums[plan] as OutcomeSums;
    return {
      spendUsd: (spendUsd + mean(all.spendUsd)) / (n + 1),
      failureUsd: (failureUsd + mean(all.failureUsd)) / (n + 1),
      fail: (failures + mean(all.failures)) / (n + 1),
    };
  };
}

/** Outcome and cost of one intent. */
export interface ReplayOutcome {
  readonly spendUsd: number;
  readonly failureUsd: number;
  readonly failed: boolean;
}

/**
 * `undefined` while the intent has no outcome.
 *
 * @param failureCostUsd replaces the recorded or configured failure cost of the intent
 */
export function replayOutcomeOf(
  { attempts, outcome, decided }: Intent,
  failureCostUsd: number | undefined,
): ReplayOutcome | undefined {
  if (outcome.state !== 'success' && outcome.state !== 'failure') return undefined;
  const failed = outcome.state === 'failure';
  const failureUsd = failureCostUsd ?? (outcome.costNanoUsd ?? decided.failureCostNanoUsd) / NANO_PER_USD;
  return {
    spendUsd: attempts.reduce((sum, attempt) => sum + attempt.costNanoUsd, 0) / NANO_PER_USD,
    failureUsd: failed ? failureUsd : 0,
    failed,
  };
}
