/** What another policy (the target) would have done at a logged decision, before the decision's outcome is known. */
import type { DecidedRecord } from '../../core/ledger/records.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import { planIndexes, planSetOf } from '../../core/ledger/plan-set.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../../contracts/policy.ts';
import type { LedgerRun, ReplayQuestion } from './ledger-run.ts';
import type { TargetDecision } from './off-policy.ts';
import { expectedCosts } from './past-means.ts';
import { targetShares } from './target-shares.ts';

/** Replaces a logged probability of 0, which would lead to a division by 0. */
const MIN_PROPENSITY = 1e-9;

/** Asks the target policy about one logged decision; `undefined` where the decision is left out. */
export function askTarget(
  run: LedgerRun,
  record: DecidedRecord,
  { policy, question, random }: { policy: Policy; question: ReplayQuestion; random: { next(): number } },
): TargetDecision | undefined {
  if (run.refusal !== undefined) return undefined;
  const { decision, segment, atMs, failureCostNanoUsd } = record;
  const chosen = run.indexes.get(planKey(decision.plan)) as number;
  const view: FeatureView = {
    feature: run.name,
    plans: run.plans,
    eligible: planSetOf(
      decision.eligible.length === 0 ? [chosen] : decision.eligible.map(key => run.indexes.get(key) as number),
    ),
    failureCostUsd: question.failureCostUsd ?? failureCostNanoUsd / NANO_PER_USD,
    objective: question.objective ?? 'cost-per-intent',
    learned: run.learned.segment(segment),
    nowMs: atMs,
  };
  const shares = targetShares(policy, view, random);
  if (typeof shares === 'string') {
    run.refusal = shares;
    return undefined;
  }
  run.decisions++;
  if (shares === undefined) {
    run.notEligible++;
    return undefined;
  }
  const expected = expectedCosts(run.sums);
  const expectedOfTarget = { spendUsd: 0, failureUsd: 0, fail: 0 };
  let inverse = 0;
  const eligible = planIndexes(view.eligible);
  for (const k of eligible) {
    const share = shares[k] as number;
    run.targetCounts[k] = (run.targetCounts[k] as number) + share;
    if (share <= 0) continue;
    const { spendUsd, failureUsd, fail } = expected(k);
    expectedOfTarget.spendUsd += share * spendUsd;
    expectedOfTarget.failureUsd += share * failureUsd;
    expectedOfTarget.fail += share * fail;
    inverse += share ** 2 / propensityOf(k, { chosen, decision, eligible, counts: run.chosenCounts });
  }
  run.chosenCounts[chosen] = (run.chosenCounts[chosen] as number) + 1;
  return {
    target: shares[chosen] as number,
    expectedOfChosen: expected(chosen),
    expectedOfTarget,
    weight: inverse > 0 ? 1 / Math.sqrt(inverse) : 1,
  };
}

/**
 * Probability with which the log's policy would choose plan k, for the decision's weight, which must not depend on the
 * choice itself. With one or two eligible plans the logged propensity gives the probability of each, whichever was chosen.
 * With more plans only the chosen one's probability is logged, so the frequency of plan k in earlier decisions replaces it.
 *
 * Such weights keep the estimate unbiased where an intent's expected cost is the same throughout. Where it changes, the
 * estimate is that of the intents with the larger weights.
 */
function propensityOf(
  k: number,
  {
    chosen,
    decision,
    eligible,
    counts,
  }: {
    readonly chosen: number;
    readonly decision: DecidedRecord['decision'];
    readonly eligible: readonly number[];
    /** Earlier decisions by plan. */
    readonly counts: readonly number[];
  },
): number {
  if (eligible.length <= 2) {
    return k === chosen ? decision.propensity : Math.max(MIN_PROPENSITY, 1 - decision.propensity);
  }
  const decisions = counts.reduce((sum, n) => sum + n, 0);
  return ((counts[k] as number) + 1) / (decisions + eligible.length);
}
