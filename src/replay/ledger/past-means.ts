/** What the outcomes so far say of every plan: what a replay expects of a decision before it knows what came of it. */
import type { Intent } from '../../core/ledger/records.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { ExpectedCost } from './off-policy.ts';

/** Sums of the outcomes so far, of one plan. */
export interface Means {
  n: number;
  spendUsd: number;
  failureUsd: number;
  failures: number;
}

/** Means of the past, a little drawn to those of all plans. */
export function predictor(means: readonly Means[]): (plan: number) => ExpectedCost {
  const all = means.reduce(
    (sum, each) => ({
      n: sum.n + each.n,
      spendUsd: sum.spendUsd + each.spendUsd,
      failureUsd: sum.failureUsd + each.failureUsd,
      failures: sum.failures + each.failures,
    }),
    { n: 0, spendUsd: 0, failureUsd: 0, failures: 0 },
  );
  const share = (x: number): number => (all.n > 0 ? x / all.n : 0);
  return plan => {
    const { n, spendUsd, failureUsd, failures } = means[plan] as Means;
    return {
      spendUsd: (spendUsd + share(all.spendUsd)) / (n + 1),
      failureUsd: (failureUsd + share(all.failureUsd)) / (n + 1),
      fail: (failures + share(all.failures)) / (n + 1),
    };
  };
}

/** What an intent cost, once it has an outcome. */
export interface Settlement {
  readonly spendUsd: number;
  readonly failureUsd: number;
  readonly failed: boolean;
}

/** @param failureCostUsd instead of what a failure of the intent cost, or would have */
export function settlementOf(
  { attempts, outcome, decided }: Intent,
  failureCostUsd: number | undefined,
): Settlement | undefined {
  if (outcome.state !== 'success' && outcome.state !== 'failure') return undefined;
  const failed = outcome.state === 'failure';
  const ofFailure = failureCostUsd ?? (outcome.costNanoUsd ?? decided.failureCostNanoUsd) / NANO_PER_USD;
  return {
    spendUsd: attempts.reduce((sum, attempt) => sum + attempt.costNanoUsd, 0) / NANO_PER_USD,
    failureUsd: failed ? ofFailure : 0,
    failed,
  };
}
