/** The report of a ledger, read from any store, with or without the configuration that wrote it. */
import { BUCKET_MS } from '../core/cells/cell.ts';
import type { Period } from '../core/cells/period.ts';
import { cellsIn, shiftedBefore, wholeBuckets } from '../core/cells/period.ts';
import { sumsByPlan } from '../core/cells/sums.ts';
import { sampleTable } from '../core/choice/posterior-samples.ts';
import { allPlans } from '../core/ledger/plan-set.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { seededRandom } from '../core/math/random.ts';
import { EXPLANATION_SAMPLES } from '../core/report/constants.ts';
import { meanFailureCostUsd, sameFailureCost } from '../core/report/failure-costs.ts';
import type { FeatureFacts } from '../core/report/feature-facts.ts';
import type { FeatureReport } from '../core/report/feature-report.ts';
import { reportFeature } from '../core/report/feature-report.ts';
import type { Gain } from '../core/report/gain.ts';
import { gainOf } from '../core/report/gain.ts';
import { longestPeriod } from '../core/report/period-words.ts';
import { neverLabelled } from '../core/report/recording-words.ts';
import type { RouterReport } from '../core/report/router-report.ts';
import { combineReports } from '../core/report/router-report.ts';
import type { Savings } from '../core/report/savings.ts';
import { comparedCosts, withExtraUsd } from '../core/report/standard-cost.ts';
import type { FeatureTrend } from '../core/report/trend.ts';
import { trendOf } from '../core/report/trend.ts';
import type { ReplayedLedger } from '../replay/ledger/replayed-ledger.ts';
import { savingsAgainst } from '../replay/ledger/savings.ts';
import { RouterError } from '../errors.ts';
import type { ReportedFacts, ReportOptions } from './report-options.ts';
import type { ReportSource } from './ledger-facts.ts';
import { decisionNow } from './decision-now.ts';
import { applyExclusions } from './explain.ts';
import { latestFailureCosts } from './latest-failure-costs.ts';
import { learnedFrom, presentFacts } from './ledger-facts.ts';
import { nodesOfOneSegment } from './all-segments.ts';
import { recentIntents } from './recent-cells.ts';
import { trafficNow } from './traffic-now.ts';

/**
 * Reports on a ledger from its statistics, so that a million intents take as long as a thousand.
 *
 * @throws RouterError `unknown-feature` for a requested feature without statistics; `invalid-value` for `againstMs` without
 * `period.fromMs`
 * @example
 * ```ts
 * const report = await reportOf(sqlite('router.db'), { nowMs: Date.now() });
 * ```
 */
export async function reportOf(store: ReportSource & ReplayedLedger, options: ReportOptions): Promise<RouterReport> {
  const known = await store.features();
  const { period } = options;
  const parts: FeaturePart[] = [];
  const before = periodBefore(options);
  for (const feature of options.features ?? known) {
    const facts = options.facts?.(feature);
    if (!known.includes(feature) && facts === undefined) throw unknownFeatureError(feature, known);
    parts.push(await featurePartOf(store, feature, { ...options, before, facts }));
  }
  const report = combineParts(parts, options.nowMs);
  const coveredPeriod = longestPeriod(period ?? {}, report.features);
  const trends = new Map(parts.map(({ report: { feature }, trend }) => [feature, trend]));
  return {
    ...report,
    ...(period === undefined || Object.keys(period).length === 0 ? {} : { period }),
    ...(coveredPeriod === undefined ? {} : { coveredPeriod }),
    ...(before === undefined
      ? {}
      : { trend: { before, features: report.features.flatMap(each => trends.get(each.feature) ?? []) } }),
    ...(options.baseline === undefined
      ? {}
      : { savings: await savingsOf(store, options.baseline, { ...options, known }) }),
  };
}

async function savingsOf(
  store: ReplayedLedger,
  baseline: PlanKey,
  { features, period, facts, progress, known }: ReportOptions & { readonly known: readonly string[] },
): Promise<Savings> {
  const windows = known.flatMap(feature => {
    const afterMs = facts?.(feature)?.silence?.afterMs;
    return afterMs === undefined ? [] : [[feature, afterMs] as const];
  });
  return savingsAgainst(store, baseline, {
    ...period,
    ...(features === undefined ? {} : { features }),
    ...(progress === undefined ? {} : { progress }),
    silenceMs: Object.fromEntries(windows),
    ...(facts === undefined
      ? {}
      : { prefixRatesOf: ({ feature }, model, tokens) => facts(feature)?.prefixRatesOf?.(model, tokens) }),
  });
}

/** One feature's part of a report. */
export interface FeaturePart {
  readonly report: FeatureReport;
  readonly gain: Gain | undefined;
  readonly trend: FeatureTrend | undefined;
}

/** The report of all features whose parts are given. */
export function combineParts(parts: readonly FeaturePart[], nowMs: number): RouterReport {
  const gains = new Map(parts.flatMap(({ report, gain }) => (gain === undefined ? [] : [[report.feature, gain]])));
  return combineReports(
    parts.map(({ report }) => report),
    { madeAtMs: nowMs, gains },
  );
}

/**
 * The earlier period of the trend. It ends with the hour in which the report's own period starts, so that no intent is
 * in both.
 */
function periodBefore({ period, againstMs }: ReportOptions): Required<Period> | undefined {
  if (againstMs === undefined) return undefined;
  if (period?.fromMs === undefined || !(againstMs > 0)) {
    throw new RouterError(
      'invalid-value',
      'the earlier period needs a length above 0, and the report a period with a start',
      {
        path: 'againstMs',
        accepted: 'milliseconds above 0, with period.fromMs',
      },
    );
  }
  const hour = (atMs: number): number => Math.floor(atMs / BUCKET_MS) * BUCKET_MS;
  const toMs = hour(period.fromMs);
  return { fromMs: hour(toMs - againstMs), toMs };
}

/** A feature's part of a report, from its cells and its last decisions. */
export async function featurePartOf(
  store: Omit<ReportSource, 'features'>,
  feature: string,
  options: Omit<ReportOptions, 'facts'> & {
    readonly facts?: ReportedFacts | undefined;
    /** The earlier period of the trend. */
    readonly before?: Required<Period> | undefined;
  },
): Promise<FeaturePart> {
  const { nowMs, period = {}, before, halfWidthUsd, brief = false } = options;
  const found = options.facts === undefined ? await presentFacts(store, feature, nowMs) : undefined;
  const given: FeatureFacts & Pick<ReportedFacts, 'routedNow'> = options.facts ?? found ?? {};
  const { failureCostUsd = 0 } = given;
  // Where failures cost nothing, plans are compared by what a success costs, as in routing.
  const perSuccess = given.perSuccess === true || given.failureCostUsd === 0;
  const facts = { ...given, perSuccess };
  const cells = await store.cells(feature);
  const covered = wholeBuckets(period, cells);
  const own = cellsIn(covered, cells);
  const recent = recentIntents(own);
  const plans = facts.plans ?? [...sumsByPlan(own).keys()];
  // A report covers all segments. Where every intent has a context, the segment without context has no outcomes.
  const learned =
    options.facts?.learned?.(cells) ?? learnedFrom(feature, nodesOfOneSegment(cells), { ...facts, plans }).segment('');
  const posterior = learned.posterior(nowMs);
  const keys = posterior.graph.plans.map(planKey);
  const { cells: compared, ...extra } = comparedCosts(cells, keys, facts.prefixRatesOf);
  // Without any outcome, the cheapest plan follows from assumptions alone: there is nothing to rank.
  const isKnown = neverLabelled(cells) === 0;
  const costs =
    recent === undefined || !isKnown
      ? () => sameFailureCost(failureCostUsd)
      : await latestFailureCosts(store, feature, { ...options.facts, cells, failureCostUsd });
  const failureCosts = costs();
  const now = given.routedNow?.(learned);
  const { costMultiplier = 1, observes } = now ?? {};
  const eligible = applyExclusions(allPlans(keys.length), now?.exclusions ?? []);
  const table = withExtraUsd(sampleTable(posterior, seededRandom('explain'), EXPLANATION_SAMPLES), extra.extraUsd);
  const about = {
    failureCosts,
    perSuccess: facts.perSuccess || meanFailureCostUsd(failureCosts) === 0,
    eligible,
    traffic: trafficNow({
      policy: facts.policy,
      latest: found?.policies,
      plans: keys,
      eligible,
      forced: now?.pinned ?? observes,
      allocationAt: failureCostUsd =>
        options.facts?.allocation?.({ learned, eligible, failureCostUsd, nowMs, costMultiplier, ...extra }),
      recent: recent ?? new Map(),
    }),
  };
  const gain =
    recent === undefined || !isKnown ? undefined : gainOf(table, { plans: keys, recent, costMultiplier, ...about });
  const report = reportFeature(feature, cells, {
    facts,
    nowMs,
    period,
    brief,
    ...(halfWidthUsd === undefined ? {} : { halfWidthUsd }),
    ...(gain === undefined || period.toMs !== undefined ? {} : { believed: gain.plan }),
  });
  let trend: FeatureTrend | undefined;
  if (before !== undefined) {
    const earlier = shiftedBefore(before, covered);
    const earlierReport = reportFeature(feature, cells, { facts, nowMs, period: earlier, brief: true });
    const coveredBefore = earlierReport.coveredPeriod ?? earlier;
    trend = { ...trendOf(report, earlierReport), ...(coveredBefore === before ? {} : { before: coveredBefore }) };
  }
  // The decision covers all cells: where the report also does, the time of their last change is known.
  const isOfAll = own.length === cells.length && extra.extraUsd === undefined;
  const change = isOfAll ? { atMs: report.comparedSinceMs } : undefined;
  const isOfNow = !brief && period.toMs === undefined && recent !== undefined;
  // Logs of another product name only the model that answered, not the models that could have been chosen.
  const isOfLogs = facts.policy === 'imported' && plans.length < 2;
  const decision =
    isOfNow && !isOfLogs && (isKnown || plans.length < 2)
      ? decisionNow(posterior, table, {
          ...about,
          configuredFailureCostUsd: options.facts?.failureCostUsd,
          cells: compared,
          isStandard: extra.extraUsd !== undefined,
          facts,
          nowMs,
          change,
          now,
          observes,
          isOfLedger: found !== undefined,
        })
      : undefined;
  // Where routing depends on the request, the belief about a plan holds for the requests that the plan got.
  const ownGain = report.routingDependsOnRequest === undefined ? gain : undefined;
  const decided =
    decision === undefined
      ? {}
      : {
          decision,
          ...(found && { latestPolicies: found.policies.map(({ name, decisions }) => ({ name, decisions })) }),
        };
  return { report: { ...report, ...decided }, gain: ownGain, trend };
}

function unknownFeatureError(feature: string, known: readonly string[]): RouterError {
  return new RouterError('unknown-feature', `the ledger knows no feature "${feature}"`, {
    path: 'feature',
    accepted: known,
    given: feature,
  });
}
