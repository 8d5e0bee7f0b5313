/** The explanation of a running router's feature, with its guard rails, circuits and operator overrides. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { Cell } from '../core/cells/cell.ts';
import { rateCells } from '../core/cells/rate-cells.ts';
import { knownPlans } from '../core/report/known-plans.ts';
import { selectionOf } from '../core/report/selection.ts';
import type { Explanation } from '../core/report/explanation.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import { toUsd } from '../core/ledger/money.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { allPlans, plansWhere } from '../core/ledger/plan-set.ts';
import type { Plan } from '../core/ledger/vocabulary.ts';
import { CIRCUIT_OPEN, INTENTS_REFUSED } from '../core/report/live-state-words.ts';
import { planKey, planOfKey } from '../core/ledger/vocabulary.ts';
import { unknownOf } from '../core/report/recording-words.ts';
import { sessionNotes } from '../core/report/session-words.ts';
import { describePlan, formatUsdApart } from '../core/report/wording.ts';
import { checkNames, checkText, RouterError } from '../errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Exclusion, GuardRails } from '../engine/rails/guard-rails.ts';
import { clientsOf } from '../engine/state/reach.ts';
import { reachNotes } from '../engine/state/reach-words.ts';
import { applyExclusions, explainView } from './explain.ts';

/** The parts of a running router that an explanation reads. */
export type ExplainedRouter = Pick<
  Engine,
  'feature' | 'flush' | 'feed' | 'runtime' | 'store' | 'breaker' | 'disabled'
> & {
  /** What the router has learned about a model from its refusals, in words. */
  readonly learnt?: (model: string) => readonly string[];
};

/**
 * Explains every plan of a running feature: posterior figures, share, floor, exclusions and the reason in words.
 *
 * @throws RouterError `unknown-feature`, or `invalid-value` for a wrong option
 */
export async function explainFeature(
  router: ExplainedRouter,
  feature: string,
  options: { readonly segment?: string } = {},
): Promise<Explanation> {
  checkNames(options, ['segment'], 'explain');
  const { segment = '' } = options;
  if (segment !== '') checkText(segment, 'explain.segment');
  const { breaker, disabled, feed, flush, runtime, store } = router;
  const { config, learned, models, rails, pinned } = router.feature(feature);
  // The explanation reads what the next decision will read: everything recorded so far, from memory if the store fails.
  await flush().catch(() => {});
  await feed.ready(feature);
  const nowMs = runtime.nowMs();
  const elapsedMs = runtime.elapsedMs();
  const history = learned.segment(segment);
  // Without the store there is no forecast; everything else is in memory.
  const cells = await store.cells(feature).catch((): readonly Cell[] => []);
  const { silence } = config;
  const hasPrior = config.evidence !== undefined || Object.keys(config.prior).length > 0;
  const unknown = unknownOf(cells, { hasPrior, ...(silence === undefined ? {} : { silence }) });
  const ofSegment = cells.filter(({ key }) => key.segment === segment);
  const known = knownPlans(ofSegment, silence === undefined ? {} : { silence }, nowMs);
  const failureCostUsd = toUsd(config.failureCostNanoUsd);
  const isOfContextless =
    segment === '' && selectionOf(cells, { plans: config.plans.map(planKey), failureCostUsd }) !== undefined;
  const isDown = (plan: Plan): boolean => breaker.isOpenForSome(models.get(plan[0] ?? '') as ResolvedModel, elapsedMs);
  const switchedOff = plansWhere(config.plans, plan => plan.some(name => disabled.has(name)));
  // While the feature is observed, neither an outage nor a guard rail changes which model answers.
  const observes =
    pinned === undefined && config.observes !== undefined && !disabled.has(config.observes)
      ? config.observes
      : undefined;
  const unavailable: readonly Exclusion[] = [
    { plans: switchedOff, reason: 'switched off by an operator' },
    ...(observes === undefined
      ? [
          {
            plans: plansWhere(config.plans, isDown),
            reason: CIRCUIT_OPEN,
          },
        ]
      : []),
  ];
  const every = allPlans(config.plans.length);
  const costMultiplier = observes === undefined ? rails.costMultiplier() : undefined;
  const eligible = applyExclusions(every, unavailable);
  const { exclusions, refusal }: RailExclusions =
    observes === undefined ? railExclusions(rails, { eligible, learned: history, nowMs }) : { exclusions: [] };
  const isPinned = pinned?.every(name => !disabled.has(name)) === true;
  const explanation = explainView(
    {
      feature,
      plans: config.plans,
      eligible: every,
      failureCostUsd,
      objective: config.objective,
      learned: history,
      nowMs,
      ...(costMultiplier === undefined ? {} : { costMultiplier }),
    },
    {
      policy: config.ownPolicy,
      holdout: config.holdout,
      observes,
      segment,
      exclusions: [...unavailable, ...exclusions],
      known,
      isOfContextless,
      pinned: isPinned ? planKey(pinned) : undefined,
      isUnknown: unknown.isUnknown,
      notes: [
        ...(switchedOff === every ? [`${INTENTS_REFUSED}: every plan has a model that is switched off.`] : []),
        ...(refusal === undefined ? [] : [`${INTENTS_REFUSED}: ${refusal}.`]),
        ...unknown.notes,
        ...pinNote(pinned, isPinned),
        ...(config.evidence?.notes(rateCells(ofSegment)) ?? []),
        ...config.candidates.flatMap(({ name }) => router.learnt?.(name) ?? []),
        ...reachNotes(config),
        ...numbersNote(learned.numbers?.explained()),
        ...sessionNotes(ofSegment),
        ...(costMultiplier === undefined || costMultiplier <= 1
          ? []
          : [
              `A budget is running low: the policy counts a dollar of spend as ${formatUsdApart(costMultiplier, 1)(costMultiplier)}.`,
            ]),
      ],
    },
  );
  const clients = (plan: Plan) => clientsOf(plan.flatMap(name => models.get(name) ?? []));
  return {
    ...explanation,
    plans: explanation.plans.map(plan => ({ ...plan, clients: clients(planOfKey(plan.plan)) })),
  };
}

/** @param explained fraction of the log-loss that the numbers explain; `undefined` without numbers */
function numbersNote(explained: number | undefined): readonly string[] {
  if (explained === undefined) return [];
  return [`The numbers of the requests explain ${(100 * explained).toFixed(1)} % of the log-loss of their outcomes.`];
}

function pinNote(pinned: Plan | undefined, holds: boolean): readonly string[] {
  if (pinned === undefined) return [];
  const plan = describePlan(planKey(pinned));
  return [
    holds
      ? `An operator has pinned ${plan}: it gets every intent that it can serve.`
      : `An operator has pinned ${plan}, and switched off a model of it: until it is on again, the policy chooses.`,
  ];
}

interface RailExclusions {
  readonly exclusions: readonly Exclusion[];
  readonly refusal?: string;
}

/** A spent budget refuses new intents with an error; an explanation reports that error as a note. */
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
