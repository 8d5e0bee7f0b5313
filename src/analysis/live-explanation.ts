/** The explanation of a running router's feature, with its guard rails, circuits and operator overrides. */
import type { Cell } from '../core/cells/cell.ts';
import { rateCells } from '../core/cells/rate-cells.ts';
import { knownPlans } from '../core/report/known-plans.ts';
import { selectionOf } from '../core/report/selection.ts';
import { sameFailureCost } from '../core/report/failure-costs.ts';
import type { Explanation } from '../core/report/explanation.ts';
import { toUsd } from '../core/ledger/money.ts';
import { allPlans } from '../core/ledger/plan-set.ts';
import type { Plan } from '../core/ledger/vocabulary.ts';
import { INTENTS_REFUSED } from '../core/report/live-state-words.ts';
import { planKey, planOfKey } from '../core/ledger/vocabulary.ts';
import { unknownOf } from '../core/report/recording-words.ts';
import { comparedCosts } from '../core/report/standard-cost.ts';
import { sessionNotes } from '../core/report/session-words.ts';
import { describePlan, formatUsdApart } from '../core/report/wording.ts';
import { checkNames, checkText } from '../errors.ts';
import type { Engine } from '../engine/engine.ts';
import { clientsOf } from '../engine/state/reach.ts';
import { reachNotes } from '../engine/state/reach-words.ts';
import { configuredFacts } from './configured-facts.ts';
import { explainView } from './explain.ts';
import { recentIntents } from './recent-cells.ts';
import { latestFailureCosts } from './latest-failure-costs.ts';
import { routedNow } from './routed-now.ts';
import { upToDate } from './up-to-date.ts';

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
  const { flush, runtime, store } = router;
  const { config, configuredAtMs, learned, models, pinned } = router.feature(feature);
  // The explanation reads what the next decision will read: everything recorded so far, from memory if the store fails.
  await flush().catch(() => {});
  await upToDate(router, feature);
  const nowMs = runtime.nowMs();
  const history = learned.segment(segment);
  // Without the store there is no forecast; everything else is in memory.
  const cells = await store.cells(feature).catch((): readonly Cell[] => []);
  const { silence } = config;
  const hasPrior = config.evidence !== undefined || Object.keys(config.prior).length > 0;
  const unknown = unknownOf(cells, { hasPrior, ...(silence === undefined ? {} : { silence }) });
  const ofSegment = cells.filter(({ key }) => key.segment === segment);
  // The same costs as in the report: what a plan was billed depends on the state in which it found the caches.
  const { prefixRatesOf } = configuredFacts(config, nowMs);
  const compared = comparedCosts(ofSegment, config.plans.map(planKey), prefixRatesOf);
  const { extraUsd } = compared;
  const known = knownPlans(compared.cells, silence === undefined ? {} : { silence }, nowMs);
  const failureCostUsd = toUsd(config.failureCostNanoUsd);
  const failureCostsOf = await latestFailureCosts(store, feature, { cells, failureCostUsd, configuredAtMs }).catch(
    () => () => sameFailureCost(failureCostUsd),
  );
  const isOfContextless =
    segment === '' && selectionOf(cells, { plans: config.plans.map(planKey), failureCostUsd }) !== undefined;
  const now = routedNow(router, feature, history);
  const { observes, costMultiplier } = now;
  const explanation = explainView(
    {
      feature,
      plans: config.plans,
      eligible: allPlans(config.plans.length),
      failureCostUsd,
      objective: config.objective,
      learned: history,
      nowMs,
      ...(costMultiplier === undefined ? {} : { costMultiplier }),
      ...(extraUsd === undefined ? {} : { extraUsd }),
    },
    {
      policy: config.ownPolicy,
      holdout: config.holdout,
      observes,
      segment,
      exclusions: now.exclusions,
      known,
      recent: recentIntents(ofSegment) ?? new Map(),
      isOfContextless,
      pinned: now.pinned,
      failureCosts: failureCostsOf(segment),
      configuredFailureCostUsd: failureCostUsd,
      isUnknown: unknown.isUnknown,
      notes: [
        ...(now.isSwitchedOff ? [`${INTENTS_REFUSED}: every plan has a model that is switched off.`] : []),
        ...(now.refusal === undefined ? [] : [`${INTENTS_REFUSED}: ${now.refusal}.`]),
        ...unknown.notes,
        ...pinNote(pinned, now.pinned !== undefined),
        ...(config.evidence?.notes(rateCells(ofSegment)) ?? []),
        ...config.candidates.flatMap(({ name }) => router.learnt?.(name) ?? []),
        ...reachNotes(config),
        ...numbersNote(learned.numbers?.explained()),
        ...sessionNotes(ofSegment, extraUsd !== undefined),
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
