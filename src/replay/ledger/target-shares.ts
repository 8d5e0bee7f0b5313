/** What another policy would have done at a logged decision, where the log can tell. */
import { planKey } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { FeatureView, Policy } from '../../contracts/policy.ts';
import { allPlans, hasPlan } from '../../core/ledger/plan-set.ts';

/** A policy that explores gives every plan a little: only what it would choose more often than this must be eligible. */
const MOST_SHARE_NOT_ELIGIBLE = 0.05;

/**
 * The other policy's shares, of the eligible plans. `undefined` where what it would choose of all plans was not eligible:
 * what it falls back on there is not what is asked about, and the log has nothing else.
 */
export function targetShares(
  policy: Policy,
  view: FeatureView,
  random: { next(): number },
): ArrayLike<number> | string | undefined {
  const every = allPlans(view.plans.length);
  if (view.eligible !== every) {
    const wanted = sharesOf(policy, { ...view, eligible: every }, random);
    if (typeof wanted === 'string') return wanted;
    const lost = Array.from(wanted).reduce((sum, share, k) => sum + (hasPlan(view.eligible, k) ? 0 : share), 0);
    if (lost > MOST_SHARE_NOT_ELIGIBLE) return undefined;
  }
  return sharesOf(policy, view, random);
}

function sharesOf(policy: Policy, view: FeatureView, random: { next(): number }): ArrayLike<number> | string {
  let chosen: ReturnType<Policy['decide']>;
  try {
    // Also where the shares are asked for below: deciding is what keeps a policy's table up to date.
    chosen = policy.decide(view, random);
  } catch (error) {
    if (RouterError.isInstance(error) && error.code === 'invalid-config') {
      return 'the log has no plan that the other policy asks for';
    }
    throw error;
  }
  if (policy.allocation !== undefined) return policy.allocation(view, random).shares;
  if (chosen.propensity === 1) return view.plans.map(plan => (planKey(plan) === planKey(chosen.plan) ? 1 : 0));
  throw new RouterError('invalid-value', `the policy "${policy.name}" cannot say what it would do`, {
    path: 'policy',
    accepted: 'a policy with `allocation`, or one that always decides with probability 1',
  });
}
