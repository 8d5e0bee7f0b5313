/** The input of a feature's policy for its decisions, rebuilt from the ledger: one view per segment. */
import type { LedgerFacts } from '../analysis/ledger-facts.ts';
import type { LearnedFeature } from '../core/beliefs/learned-feature.ts';
import type { FailureCosts } from '../core/report/failure-costs.ts';
import { allPlans } from '../core/ledger/plan-set.ts';
import { planOfKey } from '../core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { fixed } from '../policies/fixed.ts';
import { thompson } from '../policies/thompson.ts';

export interface RoutedViews {
  /** The views by segment. */
  readonly views: ReadonlyMap<string, FeatureView>;
  /** What a failure costs in the latest intents of a segment. */
  readonly failureCostsOf: (segment: string) => FailureCosts;
  readonly policy: Policy;
  readonly observes: string | undefined;
}

export function routedViews(
  feature: string,
  read: {
    readonly learned: LearnedFeature;
    readonly facts: LedgerFacts;
    readonly segments: readonly string[];
    readonly failureCostsOf: RoutedViews['failureCostsOf'];
    readonly nowMs: number;
  },
): RoutedViews {
  const { learned, facts, segments, failureCostsOf, nowMs } = read;
  const plans = facts.plans.map(planOfKey);
  const views = segments.map((segment): [string, FeatureView] => [
    segment,
    {
      feature,
      plans,
      eligible: allPlans(plans.length),
      failureCostUsd: facts.failureCostUsd,
      objective: facts.perSuccess === true ? 'cost-per-success' : 'cost-per-intent',
      learned: learned.segment(segment),
      nowMs,
    },
  ]);
  return { views: new Map(views), failureCostsOf, policy: policyOf(facts), observes: facts.observes };
}

/** The ledger has a policy's name but not its options: `fixed` needs only its plan, others are explained as Thompson. */
function policyOf({ policy, plans }: LedgerFacts): Policy {
  return policy === 'fixed' && plans[0] !== undefined ? fixed(planOfKey(plans[0])) : thompson();
}
