/** The guard rails of one feature: before a policy decides, they exclude plans and set the weight of spend. */
import type { ResolvedBudget, ResolvedFeature } from '../../config/resolved.ts';
import { meanTable } from '../../core/choice/posterior-samples.ts';
import { eligibleByLatency, eligibleByQuality } from '../../core/choice/eligibility.ts';
import type { FeatureView } from '../../contracts/policy.ts';
import { affordablePlans } from '../../core/choice/pacing.ts';
import type { Attempt, PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { belowQualityFloor } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import type { BudgetMeter } from './budget-meter.ts';
import type { LatencyMeter } from './latency-meter.ts';
import { latencyMeter } from './latency-meter.ts';
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { withoutPlans } from '../../core/ledger/plan-set.ts';

export interface BudgetRail {
  readonly settings: ResolvedBudget;
  readonly meter: BudgetMeter;
  /** The budget's path in the configuration, for the error that refuses an intent. */
  readonly path: string;
}

/** Plans that may not be chosen, and why. */
export interface Exclusion {
  readonly plans: PlanSet;
  readonly reason: string;
}

/** What the rails see of a new intent: a part of the policy's view. */
export type RailsView = Pick<FeatureView, 'learned' | 'nowMs' | 'extraUsd'>;

export interface GuardRails {
  /** False when no rail is configured: the hot path skips them. */
  readonly any: boolean;
  /**
   * The plans that are still eligible after all rails: always at least one.
   *
   * @throws RouterError `budget-exhausted` when a spent budget refuses new intents
   */
  restrict(eligible: PlanSet, view: RailsView): PlanSet;
  /**
   * The plans that each rail excludes, with the reason in words.
   *
   * @throws RouterError `budget-exhausted` when a spent budget refuses new intents
   */
  exclusions(eligible: PlanSet, view: RailsView): readonly Exclusion[];
  /** Weight of a dollar of spend relative to a dollar of failure cost; `undefined` without a budget. */
  costMultiplier(): number | undefined;
  /** Call with the attempts of every request, for the latency objective. */
  observe(plan: PlanKey, attempts: readonly Attempt[]): void;
}

export function guardRails(config: ResolvedFeature, budgets: readonly BudgetRail[]): GuardRails {
  const { minSuccessRate, latency, plans } = config;
  const meter: LatencyMeter | undefined = latency === undefined ? undefined : latencyMeter(latency.withinMs);
  const keys = plans.map(planKey);

  /** Applies one rail after the other; `onRail` is called with the plans that each of them leaves. */
  function apply(
    eligible: PlanSet,
    { learned, nowMs, extraUsd }: RailsView,
    onRail: (left: PlanSet, reason: string) => void,
  ): PlanSet {
    let left = eligible;
    if (minSuccessRate !== undefined) {
      left = eligibleByQuality(learned.posterior(nowMs), { floor: minSuccessRate, eligible: left });
      onRail(left, belowQualityFloor(minSuccessRate));
    }
    if (latency !== undefined && meter !== undefined) {
      left = eligibleByLatency(
        keys.map(key => meter.of(key)),
        { tolerance: latency.tolerance, eligible: left },
      );
      onRail(left, `it takes longer than ${latency.withinMs} ms too often`);
    }
    for (const { settings, meter: budget, path } of budgets) {
      const pacing = budget.pacing(nowMs);
      if (pacing.spentUsd < pacing.budgetUsd || settings.onLimit === 'alert') continue;
      if (settings.onLimit === 'refuse') throw exhausted(settings, path);
      const { meanCostUsd } = meanTable(learned.posterior(nowMs));
      const costUsd = extraUsd === undefined ? meanCostUsd : meanCostUsd.map((usd, k) => usd + (extraUsd[k] ?? 0));
      left = affordablePlans(pacing, { costUsd, eligible: left });
      onRail(left, `the budget of $${settings.budgetUsd} per ${settings.per} is spent, only the cheapest plan is left`);
    }
    return left;
  }

  return {
    any: minSuccessRate !== undefined || latency !== undefined || budgets.length > 0,
    restrict: (eligible, view) => apply(eligible, view, ignore),
    exclusions(eligible, view) {
      const found: Exclusion[] = [];
      let before = eligible;
      apply(eligible, view, (left, reason) => {
        if (left !== before) found.push({ plans: withoutPlans(before, left), reason });
        before = left;
      });
      return found;
    },
    costMultiplier() {
      if (budgets.length === 0) return undefined;
      // The tighter budget sets the weight.
      return Math.max(...budgets.map(({ meter: budget }) => budget.costMultiplier()));
    },
    observe(plan, attempts) {
      meter?.observe(plan, attempts);
    },
  };
}

function exhausted({ budgetUsd, per }: ResolvedBudget, path: string): RouterError {
  return new RouterError('budget-exhausted', `the budget of $${budgetUsd} per ${per} is spent`, {
    path,
    accepted: "a higher `usd`, or `onLimit: 'cheapest'` or `'alert'` to continue",
  });
}

function ignore(): void {}
