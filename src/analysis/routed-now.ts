/** What limits the next choice of a running router's feature: models that are off or down, guard rails, a pin, a feature that is only observed. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { allPlans, plansWhere } from '../core/ledger/plan-set.ts';
import type { Plan, PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { CIRCUIT_OPEN } from '../core/report/live-state-words.ts';
import { RouterError } from '../errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Exclusion, GuardRails } from '../engine/rails/guard-rails.ts';
import { applyExclusions } from './explain.ts';

/** The parts of a running router that decide about a feature's next choice. */
export type LimitingRouter = Pick<Engine, 'feature' | 'runtime' | 'breaker' | 'disabled'>;

export interface RoutedNow {
  /** Plans that cannot be chosen, in the order in which they are excluded. */
  readonly exclusions: readonly Exclusion[];
  /** Why new intents are refused. */
  readonly refusal?: string;
  /** Every plan has a model that an operator has switched off. */
  readonly isSwitchedOff: boolean;
  /** The plan that an operator has pinned, where none of its models is switched off. */
  readonly pinned?: PlanKey;
  /** The application's own model, where it answers every intent. */
  readonly observes?: string;
  /** Weight of a dollar of spend; absent without a budget. */
  readonly costMultiplier?: number;
}

/** @param learned what was learned of the intents in question: all of the feature, or one segment */
export function routedNow(router: LimitingRouter, feature: string, learned: LearnedSegment): RoutedNow {
  const { breaker, disabled, runtime } = router;
  const { config, models, rails, pinned } = router.feature(feature);
  const [nowMs, elapsedMs] = [runtime.nowMs(), runtime.elapsedMs()];
  const isDown = (plan: Plan): boolean => breaker.isOpenForSome(models.get(plan[0] ?? '') as ResolvedModel, elapsedMs);
  const switchedOff = plansWhere(config.plans, plan => plan.some(name => disabled.has(name)));
  // While the feature is observed, neither an outage nor a guard rail changes which model answers.
  const observes =
    pinned === undefined && config.observes !== undefined && !disabled.has(config.observes)
      ? config.observes
      : undefined;
  const unavailable: readonly Exclusion[] = [
    { plans: switchedOff, reason: 'switched off by an operator' },
    ...(observes === undefined ? [{ plans: plansWhere(config.plans, isDown), reason: CIRCUIT_OPEN }] : []),
  ];
  const every = allPlans(config.plans.length);
  const eligible = applyExclusions(every, unavailable);
  const { exclusions, refusal } =
    observes === undefined ? railExclusions(rails, { eligible, learned, nowMs }) : { exclusions: [] };
  const costMultiplier = observes === undefined ? rails.costMultiplier() : undefined;
  return {
    exclusions: [...unavailable, ...exclusions],
    isSwitchedOff: switchedOff === every,
    ...(refusal === undefined ? {} : { refusal }),
    ...(pinned?.every(name => !disabled.has(name)) === true ? { pinned: planKey(pinned) } : {}),
    ...(observes === undefined ? {} : { observes }),
    ...(costMultiplier === undefined ? {} : { costMultiplier }),
  };
}

interface RailExclusions {
  readonly exclusions: readonly Exclusion[];
  readonly refusal?: string;
}

/** A spent budget refuses new intents with an error; a report shows that error as a note. */
function railExclusions(
  rails: GuardRails,
  { eligible, learned, nowMs }: { eligible: PlanSet; learned: LearnedSegment; nowMs: number },
): RailExclusions {
  if (!rails.any) return { exclusions: [] };
  try {
    return { exclusions: rails.exclusions(eligible, { learned, nowMs }) };
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error;
    return { exclusions: [], refusal: error.message };
  }
}
