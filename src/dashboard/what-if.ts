/** What the router would do with another failure cost, quality floor or budget, computed by the policy itself. */
import { MAX_LAMBDA } from '../core/choice/constants.ts';
import { eligibleByQuality } from '../core/choice/eligibility.ts';
import { sameFailureCost } from '../core/report/failure-costs.ts';
import type { Explanation } from '../core/report/explanation.ts';
import { belowQualityFloor, formatUsd } from '../core/report/wording.ts';
import type { ViewExplanationOptions } from '../analysis/explain.ts';
import { explainView } from '../analysis/explain.ts';
import type { Exclusion } from '../engine/rails/guard-rails.ts';
import type { FeatureView } from '../contracts/policy.ts';
import type { WhatIfAnswer, WhatIfQuestion } from './messages.ts';
import { withoutPlans } from '../core/ledger/plan-set.ts';

type Settings = Pick<WhatIfQuestion, 'failureCostUsd' | 'minSuccessRate' | 'budgetPerIntentUsd'>;

/**
 * Explains the decision under the current settings and under those of the scenario. Choices that do not depend on the policy
 * stay: a pin, an observed model, a holdout, a model that is switched off.
 */
export function whatIf(view: FeatureView, options: ViewExplanationOptions, settings: Settings): WhatIfAnswer {
  const now = explainView(view, options);
  const { failureCostUsd, minSuccessRate, budgetPerIntentUsd } = settings;
  const failureCosts = failureCostUsd === undefined ? {} : { failureCosts: sameFailureCost(failureCostUsd) };
  const { exclusions: own = [] } = options;
  const exclusions = minSuccessRate === undefined ? own : [...own, ...exclusionsOf(view, minSuccessRate)];
  const notes: string[] = [...(options.notes ?? [])];
  const explainWith = (costMultiplier: number): Explanation =>
    explainView({ ...view, costMultiplier }, { ...options, ...failureCosts, exclusions, notes });
  const withoutBudget = explainWith(view.costMultiplier ?? 1);
  if (budgetPerIntentUsd === undefined) return { now, scenario: withoutBudget };
  const multiplier = multiplierFor(budgetPerIntentUsd, explainWith, withoutBudget);
  if (multiplier === undefined) {
    notes.push(`Even the cheapest plan exceeds ${formatUsd(budgetPerIntentUsd)} per intent.`);
    return { now, scenario: explainWith(MAX_LAMBDA) };
  }
  return { now, scenario: multiplier === 1 ? withoutBudget : explainWith(multiplier) };
}

function exclusionsOf(view: FeatureView, floor: number): readonly Exclusion[] {
  const left = eligibleByQuality(view.learned.posterior(view.nowMs), { floor, eligible: view.eligible });
  return [{ plans: withoutPlans(view.eligible, left), reason: belowQualityFloor(floor) }];
}

/** Steps of the binary search on a log scale: 24 give the multiplier to a millionth. */
const STEPS = 24;

/** The smallest cost multiplier at which the expected spend stays within the budget; `undefined` if none does. */
function multiplierFor(
  budgetUsd: number,
  explainWith: (multiplier: number) => Explanation,
  withoutBudget: Explanation,
): number | undefined {
  const isWithin = (explanation: Explanation): boolean => (explanation.expected?.spendUsd.value ?? 0) <= budgetUsd;
  if (isWithin(withoutBudget)) return withoutBudget.costMultiplier;
  if (!isWithin(explainWith(MAX_LAMBDA))) return undefined;
  let [low, high] = [Math.log(withoutBudget.costMultiplier), Math.log(MAX_LAMBDA)];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (isWithin(explainWith(Math.exp(middle)))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}
