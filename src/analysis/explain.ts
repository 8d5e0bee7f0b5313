/** Explanations: of a running router's feature with its guard rails, or of what a ledger alone lets us say. */
import type { Explanation } from '../core/report/explanation.ts';
import { explainPlans } from '../core/report/explain.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import { toUsd } from '../core/ledger/money.ts';
import { seededRandom } from '../core/math/random.ts';
import type { Plan } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { describePlan, formatPercent } from '../core/report/wording.ts';
import { RouterError } from '../errors.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import type { Engine } from '../engine/engine.ts';
import type { Exclusion, GuardRails } from '../engine/rails/guard-rails.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { allPlans, hasPlan, NO_PLANS, plansWhere, withoutPlans } from '../core/ledger/plan-set.ts';

/**
 * Every plan of a running feature: posterior, interval, expected cost, share, floor, masks and the reason in words.
 *
 * @throws RouterError `unknown-feature`
 */
export async function explainFeature(engine: Engine, feature: string, segment = ''): Promise<Explanation> {
  const { config, learned, models, rails, pinned } = engine.feature(feature);
  // Everything recorded so far counts, as it will for the next decision.
  await engine.flush();
  await engine.feed.ready(feature);
  const nowMs = engine.runtime.nowMs();
  const history = learned.segment(segment);
  const { breaker, disabled } = engine;
  const elapsedMs = engine.runtime.elapsedMs();
  const isDown = (plan: Plan): boolean => breaker.isOpen(models.get(plan[0] ?? '')?.endpoint ?? '', elapsedMs);
  const outside: Exclusion[] = [
    {
      plans: plansWhere(config.plans, plan => plan.some(name => disabled.has(name))),
      reason: 'switched off by an operator',
    },
    {
      plans: plansWhere(config.plans, isDown),
      reason: 'its provider is failing, the circuit is open',
    },
  ];
  const every = allPlans(config.plans.length);
  const costMultiplier = rails.costMultiplier(nowMs);
  const { exclusions, refusal } = railsOf(rails, { eligible: apply(every, outside), learned: history, nowMs });
  return explainView(
    {
      feature,
      plans: config.plans,
      eligible: every,
      failureCostUsd: toUsd(config.failureCostNanoUsd),
      objective: config.objective,
      learned: history,
      nowMs,
      ...(costMultiplier === undefined ? {} : { costMultiplier }),
    },
    {
      policy: config.policy,
      segment,
      exclusions: [...outside, ...exclusions],
      notes: [
        ...(refusal === undefined ? [] : [`New intents are refused: ${refusal}.`]),
        ...(pinned === undefined
          ? []
          : [`An operator has pinned ${describePlan(planKey(pinned))}: it gets every intent.`]),
        ...holdoutNote(config.holdout),
        ...(costMultiplier === undefined || costMultiplier <= 1
          ? []
          : [`A budget is being stretched: a dollar of spend weighs ${costMultiplier.toFixed(2)} dollars.`]),
      ],
    },
  );
}

function holdoutNote(holdout: { readonly model: string; readonly fraction: number } | undefined): readonly string[] {
  if (holdout === undefined) return [];
  return [
    `${formatPercent(holdout.fraction)} of the intents go to ${holdout.model} whatever the policy says, as a baseline.`,
  ];
}

/** A rail that refuses new intents does so by an error: here it is a note. */
function railsOf(
  rails: GuardRails,
  { eligible, learned, nowMs }: { eligible: PlanSet; learned: LearnedSegment; nowMs: number },
): { exclusions: readonly Exclusion[]; refusal?: string } {
  if (!rails.any) return { exclusions: [] };
  try {
    return { exclusions: rails.exclusions(eligible, learned, nowMs) };
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error;
    return { exclusions: [], refusal: error.message };
  }
}

/** What is left; a closing that would leave nothing is not applied: a call is never refused for an outage. */
function apply(eligible: PlanSet, exclusions: readonly Exclusion[]): PlanSet {
  return exclusions.reduce(
    (left, { plans }) => (withoutPlans(left, plans) === NO_PLANS ? left : withoutPlans(left, plans)),
    eligible,
  );
}

/** An explanation of one view, after what closes plans before the policy speaks. */
export function explainView(
  view: FeatureView,
  about: {
    readonly policy: Policy;
    readonly segment: string;
    readonly exclusions?: readonly Exclusion[];
    readonly notes?: readonly string[];
  },
): Explanation {
  const { exclusions = [], notes, policy, segment } = about;
  const eligible = apply(view.eligible, exclusions);
  // A stream of its own: looking must not shift the choices of a seeded run.
  const allocation = policy.allocation?.({ ...view, eligible }, seededRandom('explain'));
  return explainPlans(view.learned.posterior(view.nowMs), {
    feature: view.feature,
    segment,
    atMs: view.nowMs,
    policy: policy.name,
    objective: view.objective,
    failureCostUsd: view.failureCostUsd,
    eligible,
    exclusionReasons: plan => exclusions.filter(({ plans }) => hasPlan(plans, plan)).map(({ reason }) => reason),
    ...(notes === undefined ? {} : { notes }),
    ...(view.costMultiplier === undefined ? {} : { costMultiplier: view.costMultiplier }),
    ...(allocation === undefined ? {} : { shares: allocation.shares }),
    ...(allocation?.floors === undefined ? {} : { floors: allocation.floors }),
  });
}
