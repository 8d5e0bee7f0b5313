/** What the router would do if the failure cost, the quality floor or the budget were another: asked of the policy itself. */
import { qualityMask } from '../core/choice/eligibility.ts';
import type { Explanation } from '../core/report/explain.ts';
import { formatPercent, formatUsd } from '../core/report/wording.ts';
import { explainView } from '../analysis/explain.ts';
import type { Exclusion } from '../engine/rails/guard-rails.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import type { WhatIfAnswer, WhatIfQuestion } from './messages.ts';
import { withoutPlans } from '../core/ledger/plan-set.ts';

type Moves = Pick<WhatIfQuestion, 'failureCostUsd' | 'minSuccessRate' | 'budgetPerIntentUsd'>;

/** The decision as it is, and as it would be. */
export function whatIf(
  view: FeatureView,
  { policy, segment }: { policy: Policy; segment: string },
  moves: Moves,
): WhatIfAnswer {
  const now = explainView(view, { policy, segment });
  const { failureCostUsd = view.failureCostUsd, minSuccessRate, budgetPerIntentUsd } = moves;
  const exclusions = minSuccessRate === undefined ? [] : exclusionsOf(view, minSuccessRate);
  const notes: string[] = [];
  const at = (costMultiplier: number): Explanation =>
    explainView({ ...view, failureCostUsd, costMultiplier }, { policy, segment, exclusions, notes });
  const free = at(view.costMultiplier ?? 1);
  if (budgetPerIntentUsd === undefined) return { now, moved: free };
  const multiplier = multiplierFor(budgetPerIntentUsd, at, free);
  if (multiplier === undefined) {
    notes.push(`Not even the cheapest plan stays within ${formatUsd(budgetPerIntentUsd)} an intent.`);
    return { now, moved: at(MOST) };
  }
  return { now, moved: multiplier === 1 ? free : at(multiplier) };
}

function exclusionsOf(view: FeatureView, floor: number): readonly Exclusion[] {
  const left = qualityMask(view.learned.posterior(view.nowMs), { floor, eligible: view.eligible });
  const reason = `it hardly succeeds as often as the least that is allowed, ${formatPercent(floor)}`;
  return [{ plans: withoutPlans(view.eligible, left), reason }];
}

/** What a dollar of spend may weigh at most: pacing goes no further either. */
const MOST = 1e4;
const STEPS = 24;

/** The least that a dollar must weigh for the expected spend to stay within the budget; `undefined` when nothing does. */
function multiplierFor(
  budgetUsd: number,
  at: (multiplier: number) => Explanation,
  free: Explanation,
): number | undefined {
  const isWithin = (explanation: Explanation): boolean => (explanation.expected?.spendUsd.value ?? 0) <= budgetUsd;
  if (isWithin(free)) return free.costMultiplier;
  if (!isWithin(at(MOST))) return undefined;
  let [low, high] = [Math.log(free.costMultiplier), Math.log(MOST)];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (isWithin(at(Math.exp(middle)))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}
