/** The report of a ledger, read from any store, with or without the configuration that wrote it. */
import type { Gain } from '../core/report/gain.ts';
import { gainOf } from '../core/report/gain.ts';
import type { Period } from '../core/cells/period.ts';
import { isIn, spanOf, wholeBuckets } from '../core/cells/period.ts';
import { sumsByPlan } from '../core/cells/sums.ts';
import type { FeatureFacts, FeatureReport } from '../core/report/feature-report.ts';
import { reportFeature } from '../core/report/feature-report.ts';
import type { RouterReport } from '../core/report/router-report.ts';
import { combineReports } from '../core/report/router-report.ts';
import type { Cell } from '../core/cells/cell.ts';
import { BUCKET_MS } from '../core/cells/cell.ts';
import type { FeatureTrend } from '../core/report/trend.ts';
import { trendOf } from '../core/report/trend.ts';
import { RouterError } from '../errors.ts';
import type { KnownFacts, ReportSource } from './ledger-facts.ts';
import { learnedFrom, ledgerFacts } from './ledger-facts.ts';

/**
 * A gain is computed from the end of a period, this long. Larger: intents of long ago, routed with less evidence, count as
 * present losses. Smaller: a quiet week leaves nothing to compute from.
 */
const RECENT_MS = 7 * 86_400_000;

export interface ReportOptions {
  readonly nowMs: number;
  /** Only these features; default: all features with statistics. */
  readonly features?: readonly string[];
  /** Only intents decided in this period. */
  readonly period?: Period;
  /** Adds a trend: compares `period`, which then needs a `fromMs`, with this many milliseconds just before it. */
  readonly againstMs?: number;
  /** The feature's configuration; default: inferred from its last decisions. */
  readonly facts?: (feature: string) => FeatureFacts | undefined;
  /** Leave the features' `drift` and `history` empty, which take longest to compute. */
  readonly brief?: boolean;
  /** The half-width for {@link FeatureReport.precision}, USD. */
  readonly halfWidthUsd?: number;
}

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
export async function reportOf(store: ReportSource, options: ReportOptions): Promise<RouterReport> {
  const known = await store.features();
  const parts: FeaturePart[] = [];
  const before = periodBefore(options);
  for (const feature of options.features ?? known) {
    const facts = options.facts?.(feature);
    if (!known.includes(feature) && facts === undefined) throw unknownFeatureError(feature, known);
    parts.push(await featurePartOf(store, feature, { ...options, before, facts }));
  }
  const report = combineParts(parts, options.nowMs);
  if (before === undefined) return report;
  const trends = new Map(parts.map(({ report: { feature }, trend }) => [feature, trend]));
  return { ...report, trend: { before, features: report.features.flatMap(each => trends.get(each.feature) ?? []) } };
}

/** What a report takes from one feature. */
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

/** The period ends with the hour in which the report's own period starts, so that no intent is in both. */
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
    readonly facts?: FeatureFacts | undefined;
    /** The earlier period of the trend. */
    readonly before?: Required<Period> | undefined;
  },
): Promise<FeaturePart> {
  const { nowMs, period = {}, before, halfWidthUsd, brief = false } = options;
  const facts = options.facts ?? (await ledgerFacts(store, feature));
  const cells = await store.cells(feature);
  const report = reportFeature(feature, cells, {
    facts,
    nowMs,
    period,
    brief,
    ...(halfWidthUsd === undefined ? {} : { halfWidthUsd }),
  });
  const plans = facts.plans ?? report.plans.map(plan => plan.plan);
  const covered = report.coveredPeriod ?? period;
  let trend: FeatureTrend | undefined;
  if (before !== undefined) {
    const earlier = shiftedBefore(before, covered);
    const earlierReport = reportFeature(feature, cells, { facts, nowMs, period: earlier, brief: true });
    const coveredBefore = earlierReport.coveredPeriod ?? earlier;
    trend = { ...trendOf(report, earlierReport), ...(coveredBefore === before ? {} : { before: coveredBefore }) };
  }
  const gain = recentGain(feature, cells, { facts: { ...facts, plans }, period: covered, nowMs });
  return { report, gain, trend };
}

/** Moved back as far as the start of the report's own period was, so that no intent is in both. */
function shiftedBefore(before: Required<Period>, { fromMs = Infinity }: Period): Required<Period> {
  const byMs = before.toMs - fromMs;
  return byMs > 0 ? { fromMs: before.fromMs - byMs, toMs: fromMs } : before;
}

function recentGain(
  feature: string,
  cells: readonly Cell[],
  { facts, period, nowMs }: { readonly facts: KnownFacts; readonly period: Period; readonly nowMs: number },
): Gain | undefined {
  const own = cells.filter(({ key }) => isIn(period, key.bucket));
  const span = spanOf(own);
  if (span === undefined) return undefined;
  const recentPeriod = wholeBuckets({ fromMs: span.toMs - RECENT_MS }, own);
  const recent = own.filter(({ key }) => isIn(recentPeriod, key.bucket));
  const byPlan = sumsByPlan(recent);
  return gainOf(learnedFrom(feature, cells, facts).segment('').posterior(nowMs), {
    recent: new Map([...byPlan].map(([plan, sums]) => [plan, Number(sums.n ?? 0n)])),
    failureCostUsd: facts.failureCostUsd ?? 0,
    perSuccess: facts.perSuccess === true,
  });
}

function unknownFeatureError(feature: string, known: readonly string[]): RouterError {
  return new RouterError('unknown-feature', `the ledger knows no feature "${feature}"`, {
    path: 'feature',
    accepted: known,
    given: feature,
  });
}
