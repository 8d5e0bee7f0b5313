/** The input of a feature's policy for its decisions, rebuilt from the ledger: one view per segment. */
import type { LatestPolicy } from '../analysis/latest-policies.ts';
import type { LedgerFacts } from '../analysis/ledger-facts.ts';
import { trafficNow } from '../analysis/traffic-now.ts';
import type { LearnedFeature } from '../core/beliefs/learned-feature.ts';
import { isLearningPolicy } from '../core/report/decided-policy.ts';
import type { FailureCosts } from '../core/report/failure-costs.ts';
import type { ComparedCosts } from '../core/report/standard-cost.ts';
import { comparedCosts } from '../core/report/standard-cost.ts';
import type { Cell } from '../core/cells/cell.ts';
import { allPlans } from '../core/ledger/plan-set.ts';
import { planOfKey } from '../core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { RouterError } from '../errors.ts';
import { thompson } from '../policies/thompson.ts';

export interface RoutedViews {
  /** The views by segment. */
  readonly views: ReadonlyMap<string, FeatureView>;
  /** The cells by segment, at the costs that its plans are compared by. */
  readonly compared: ReadonlyMap<string, ComparedCosts>;
  /** What a failure costs in the latest intents of a segment. */
  readonly failureCostsOf: (segment: string) => FailureCosts;
  readonly policy: Policy;
  /** The policies of the latest decisions. */
  readonly latest: readonly LatestPolicy[];
  readonly observes: string | undefined;
}

export function routedViews(
  feature: string,
  read: {
    readonly cells: readonly Cell[];
    readonly learned: LearnedFeature;
    readonly facts: LedgerFacts;
    readonly segments: readonly string[];
    readonly failureCostsOf: RoutedViews['failureCostsOf'];
    readonly nowMs: number;
  },
): RoutedViews {
  const { cells, learned, facts, segments, failureCostsOf, nowMs } = read;
  const plans = facts.plans.map(planOfKey);
  const compared = new Map(
    segments.map((segment): [string, ComparedCosts] => [
      segment,
      comparedCosts(
        cells.filter(({ key }) => key.segment === segment),
        facts.plans,
        facts.prefixRatesOf,
      ),
    ]),
  );
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
      ...extraUsdOf(compared.get(segment)),
    },
  ]);
  return {
    views: new Map(views),
    compared,
    failureCostsOf,
    policy: policyOf(facts),
    latest: facts.policies,
    observes: facts.observes,
  };
}

function extraUsdOf({ extraUsd }: Partial<ComparedCosts> = {}): Pick<FeatureView, 'extraUsd'> {
  return extraUsd === undefined ? {} : { extraUsd };
}

/**
 * The ledger has a policy's name but not its options. A policy that learns is explained as Thompson sampling with the default options, and of
 * any other the ledger has only the plans that its latest decisions chose.
 */
function policyOf({ policy, policies, plans }: LedgerFacts): Policy {
  const known = { ...thompson(), name: policy };
  if (policies.every(({ name }) => isLearningPolicy(name))) return known;
  return {
    ...known,
    allocation(view, random) {
      const { eligible, failureCostUsd } = view;
      const { learns, sharesAt } = trafficNow({ policy, latest: policies, plans, eligible, recent: new Map() });
      const learned = learns === 0 ? [] : (known.allocation?.(view, random).shares ?? []);
      const decided = sharesAt(failureCostUsd);
      return { shares: plans.map((_, k) => learns * (learned[k] ?? 0) + (1 - learns) * (decided[k] ?? 0)) };
    },
  };
}

export function unknown(kind: 'feature' | 'segment', name: string, known: readonly string[]): RouterError {
  return new RouterError('unknown-feature', `the ledger knows no ${kind} "${name}"`, {
    path: kind,
    accepted: known,
    given: name,
  });
}
