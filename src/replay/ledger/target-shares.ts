/** The shares that another policy would have given at a logged decision. */
import { planKey } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { FeatureView, Policy } from '../../contracts/policy.ts';
import { allPlans, hasPlan } from '../../core/ledger/plan-set.ts';

/**
 * Highest total share of plans that were not eligible. Smaller: every decision with an excluded plan is left out, because an
 * exploring policy gives every plan a small share. Larger: the estimate describes another policy than the requested one.
 */
const MAX_SHARE_NOT_ELIGIBLE = 0.05;

/**
 * The other policy's shares of the eligible plans; a reason if it has none. `undefined` if the plan that it would choose of all
 * plans was not eligible: its choice among the others does not answer the caller's question.
 */
export function targetShares(
  policy: Policy,
  view: FeatureView,
  random: { next(): number },
): ArrayLike<number> | string | undefined {
  const every = allPlans(view.plans.length);
  if (view.eligible !== every) {
    const wanted = sharesOf(policy, withEligible(view, every), random);
    if (typeof wanted === 'string') return wanted;
    const excluded = Array.from(wanted).reduce((sum, share, k) => sum + (hasPlan(view.eligible, k) ? 0 : share), 0);
    if (excluded > MAX_SHARE_NOT_ELIGIBLE) return undefined;
  }
  return sharesOf(policy, view, random);
}

/** A copy that fetches the learned state only when the policy reads it. */
function withEligible(view: FeatureView, eligible: FeatureView['eligible']): FeatureView {
  const members = Object.getOwnPropertyDescriptors(view);
  return Object.defineProperties({} as FeatureView, { ...members, eligible: { ...members.eligible, value: eligible } });
}

function sharesOf(policy: Policy, view: FeatureView, random: { next(): number }): ArrayLike<number> | string {
  let chosen: ReturnType<Policy['decide']>;
  try {
    // Always call `decide`, even where `allocation` gives the shares: deciding is what updates a policy's samples.
    chosen = policy.decide(view, random);
  } catch (error) {
    if (RouterError.isInstance(error) && error.code === 'invalid-config') {
      return 'the other policy chooses a plan that this feature never had';
    }
    throw error;
  }
  if (policy.allocation !== undefined) return policy.allocation(view, random).shares;
  if (chosen.propensity === 1) return view.plans.map(plan => (planKey(plan) === planKey(chosen.plan) ? 1 : 0));
  throw new RouterError('invalid-value', `the policy "${policy.name}" cannot state its shares`, {
    path: 'policy',
    accepted: 'a policy with `allocation`, or one that always decides with probability 1',
  });
}
