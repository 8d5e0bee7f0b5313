/** A share of the intents that goes to one model whatever another policy says: a baseline that was really run. */
import type { Random } from '../core/math/random.ts';
import type { Decision, Plan } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { RouterError } from '../errors.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';

export interface Holdout {
  readonly model: string;
  /** Of the intents, 0 to 1. */
  readonly share: number;
}

/**
 * `policy`, except for a random share of the intents that goes to one model. The propensity is that of the two draws
 * together, so that replays and savings stay exact. While the model is not eligible there is no holdout.
 *
 * @throws RouterError `invalid-config` when the policy cannot say its shares
 */
export function withHoldout(policy: Policy, { model, share }: Holdout): Policy {
  const { allocation } = policy;
  if (allocation === undefined) {
    throw new RouterError(
      'invalid-config',
      `the policy "${policy.name}" cannot say its shares, which a holdout needs`,
      {
        path: 'holdout',
        accepted: 'thompson(), epsilonGreedy(), fixed(…), or a policy with allocation()',
      },
    );
  }

  function decide(view: FeatureView, random: Random): Decision {
    const baseline = view.plans.findIndex(plan => plan.length === 1 && plan[0] === model);
    if (baseline < 0 || !hasPlan(view.eligible, baseline)) return policy.decide(view, random);
    const isHeldOut = random.next() < share;
    if (!isHeldOut) return mixed(policy.decide(view, random));
    const plan = view.plans[baseline] as Decision['plan'];
    const own = allocation?.call(policy, view, random).shares[baseline] ?? 0;
    const eligible = planIndexes(view.eligible).map(k => planKey(view.plans[k] as Plan));
    return {
      plan,
      propensity: share + (1 - share) * own,
      eligible,
      policy: policy.name,
      reason: 'held out as a baseline',
    };
  }

  function mixed(decision: Decision): Decision {
    const isBaseline = decision.plan.length === 1 && decision.plan[0] === model;
    return { ...decision, propensity: (isBaseline ? share : 0) + (1 - share) * decision.propensity };
  }

  return Object.freeze<Policy>({
    name: policy.name,
    decide,
    allocation(view, random) {
      const own = allocation.call(policy, view, random);
      const baseline = view.plans.findIndex(plan => plan.length === 1 && plan[0] === model);
      if (baseline < 0 || !hasPlan(view.eligible, baseline)) return own;
      const shares = Array.from(own.shares, (q, k) => (k === baseline ? share : 0) + (1 - share) * q);
      return { ...own, shares };
    },
  });
}
