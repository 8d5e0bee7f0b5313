/**
 * Sends a random fraction of the intents to one model, whatever the feature's policy would choose: a baseline of actual
 * traffic.
 */
import type { Random } from '../core/math/random.ts';
import type { Decision, Plan } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { hasPlan } from '../core/ledger/plan-set.ts';
import { eligibleKeys } from './view.ts';
import { RouterError } from '../errors.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';

/** Reason in a decision that chose the baseline. */
export const HELD_OUT = 'held out as a baseline';

export interface Holdout {
  readonly model: string;
  /** Fraction of the intents, 0 to 1. */
  readonly fraction: number;
}

/**
 * Decides as `policy`, except that a random fraction of the intents goes to one model. The propensity combines both draws, so
 * replays and savings stay exact. There is no holdout while the model is not eligible.
 *
 * @throws RouterError `invalid-config` when the policy has no `allocation`
 */
export function withHoldout(
  policy: Policy,
  { model, fraction }: Holdout,
  { path = 'holdout' }: { readonly path?: string } = {},
): Policy {
  const { allocation } = policy;
  if (allocation === undefined) {
    throw new RouterError(
      'invalid-config',
      `a holdout needs the probability of every plan, and the policy "${policy.name}" does not state it`,
      {
        path,
        accepted: 'thompson(), epsilonGreedy(), fixed(…), or a policy with allocation()',
      },
    );
  }

  /** Index of the baseline's plan; −1 while it is not eligible. */
  function baselineOf({ plans, eligible }: FeatureView): number {
    const index = plans.findIndex(plan => plan.length === 1 && plan[0] === model);
    return index >= 0 && hasPlan(eligible, index) ? index : -1;
  }

  /** The probability with the holdout, of a plan to which the policy alone gives the probability `share`. */
  function mixed(share: number, isBaseline: boolean): number {
    return (isBaseline ? fraction : 0) + (1 - fraction) * share;
  }

  function decide(view: FeatureView, random: Random): Decision {
    const baseline = baselineOf(view);
    if (baseline < 0) return policy.decide(view, random);
    const plan = view.plans[baseline] as Plan;
    if (random.next() >= fraction) {
      const decision = policy.decide(view, random);
      const isBaseline = planKey(decision.plan) === planKey(plan);
      return { ...decision, propensity: mixed(decision.propensity, isBaseline) };
    }
    return {
      plan,
      propensity: mixed(allocation?.call(policy, view, random).shares[baseline] ?? 0, true),
      eligible: eligibleKeys(view),
      policy: policy.name,
      reason: HELD_OUT,
    };
  }

  return Object.freeze<Policy>({
    name: policy.name,
    decide,
    allocation(view, random) {
      const own = allocation.call(policy, view, random);
      const baseline = baselineOf(view);
      if (baseline < 0) return own;
      const mixedAll = (shares: ArrayLike<number>): readonly number[] =>
        Array.from(shares, (share, k) => mixed(share, k === baseline));
      return {
        ...own,
        shares: mixedAll(own.shares),
        ...(own.floors === undefined ? {} : { floors: mixedAll(own.floors) }),
      };
    },
  });
}
