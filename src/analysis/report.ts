/** Reports from a store: of everything a ledger holds, with or without the configuration that wrote it. */
import type { Gain } from '../core/report/gain.ts';
import { gainOf } from '../core/report/gain.ts';
import { toUsd } from '../core/ledger/money.ts';
import type { Period } from '../core/cells/period.ts';
import { isIn, spanOf } from '../core/cells/period.ts';
import { sumsByPlan } from '../core/cells/sums.ts';
import type { FeatureFacts, FeatureReport } from '../core/report/feature-report.ts';
import { reportFeature } from '../core/report/feature-report.ts';
import type { RouterReport } from '../core/report/router-report.ts';
import { combineReports } from '../core/report/router-report.ts';
import type { Cell } from '../core/cells/cell.ts';
import { BUCKET_MS } from '../core/cells/cell.ts';
import type { FeatureTrend } from '../core/report/trend.ts';
import { trendOf } from '../core/report/trend.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { RouterError } from '../errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { KnownFacts, ReportSource } from './ledger-facts.ts';
import { learnedFrom, ledgerFacts } from './ledger-facts.ts';

export interface ReportOptions {
  readonly nowMs: number;
  /** Only these features; default: all that have statistics. */
  readonly features?: readonly string[];
  /** Only intents decided in this period. */
  readonly period?: Period;
  /** Also says what changed against as many milliseconds just before `period`, which then needs a `fromMs`. */
  readonly againstMs?: number;
  /** What the configuration says; default: what the feature's last decisions say. */
  readonly facts?: (feature: string) => FeatureFacts | undefined;
  /** Leaves the features' `drift` and `history` empty: what takes longest. */
  readonly brief?: boolean;
  /** Half-width that {@link FeatureReport.precision} asks for, USD. */
  readonly halfWidthUsd?: number;
}

/**
 * The report of a ledger, from its statistics: as fast for a million intents as for a thousand.
 *
 * @throws RouterError `unknown-feature` for a feature that is asked for and has no statistics; `invalid-value` for
 * `againstMs` without the moment before which it lies
 * @example
 * ```ts
 * const report = await reportOf(sqlite('router.db'), { nowMs: Date.now() });
 * ```
 */
export async function reportOf(store: ReportSource, options: ReportOptions): Promise<RouterReport> {
  const known = await store.features();
  const reports: FeatureReport[] = [];
  const gains = new Map<string, Gain>();
  const trends = new Map<string, FeatureTrend>();
  const before = periodBefore(options);
  for (const feature of options.features ?? known) {
    const facts = options.facts?.(feature);
    if (!known.includes(feature) && facts === undefined) throw noSuchFeature(feature, known);
    const { report, gain, trend } = await featureReportOf(store, feature, {
      ...options,
      before,
      facts: facts ?? (await ledgerFacts(store, feature)),
    });
    reports.push(report);
    if (gain !== undefined) gains.set(feature, gain);
    if (trend !== undefined) trends.set(feature, trend);
  }
  const report = combineReports(reports, { madeAtMs: options.nowMs, gains });
  if (before === undefined) return report;
  return { ...report, trend: { before, features: report.features.flatMap(each => trends.get(each.feature) ?? []) } };
}

/** Ends where the hour begins that the report's own period begins in: no intent is in both. */
function periodBefore({ period, againstMs }: ReportOptions): Required<Period> | undefined {
  if (againstMs === undefined) return undefined;
  if (period?.fromMs === undefined || !(againstMs > 0)) {
    throw new RouterError('invalid-value', 'a period before needs a length, and a beginning of the period after it', {
      path: 'againstMs',
      accepted: 'milliseconds above 0, with period.fromMs',
    });
  }
  const hour = (atMs: number): number => Math.floor(atMs / BUCKET_MS) * BUCKET_MS;
  const toMs = hour(period.fromMs);
  return { fromMs: hour(toMs - againstMs), toMs };
}

async function featureReportOf(
  store: ReportSource,
  feature: string,
  options: Omit<ReportOptions, 'facts'> & {
    readonly facts: FeatureFacts;
    readonly before: Required<Period> | undefined;
  },
): Promise<{ report: FeatureReport; gain: Gain | undefined; trend: FeatureTrend | undefined }> {
  const { facts, nowMs, period = {}, before, halfWidthUsd, brief = false } = options;
  const cells = await store.cells(feature);
  const report = reportFeature(feature, cells, {
    facts,
    nowMs,
    period,
    brief,
    ...(halfWidthUsd === undefined ? {} : { halfWidthUsd }),
  });
  const plans = facts.plans ?? report.plans.map(plan => plan.plan);
  const trend = before && trendOf(report, reportFeature(feature, cells, { facts, nowMs, period: before, brief: true }));
  const gain = gainNow(feature, cells, { facts: { ...facts, plans }, period, nowMs });
  return { report, gain, trend };
}

/** The last of the period: where intents go now. */
const RECENT_MS = 7 * 86_400_000;

function gainNow(
  feature: string,
  cells: readonly Cell[],
  about: { readonly facts: KnownFacts; readonly period: Period; readonly nowMs: number },
): Gain | undefined {
  const { facts, period, nowMs } = about;
  const own = cells.filter(({ key }) => isIn(period, key.bucket));
  const span = spanOf(own);
  if (span === undefined) return undefined;
  const recent = own.filter(({ key }) => isIn({ fromMs: span.toMs - RECENT_MS }, key.bucket));
  const byPlan = sumsByPlan(recent);
  return gainOf(learnedFrom(feature, cells, facts).segment('').posterior(nowMs), {
    recent: new Map([...byPlan].map(([plan, sums]) => [plan, Number(sums.n ?? 0n)])),
    failureCostUsd: facts.failureCostUsd ?? 0,
    perSuccess: facts.perSuccess === true,
  });
}

function noSuchFeature(feature: string, known: readonly string[]): RouterError {
  return new RouterError('unknown-feature', `the ledger knows no feature "${feature}"`, { accepted: known });
}

/** What an application may ask of its own router's report. */
export type RouterReportOptions = Omit<ReportOptions, 'nowMs' | 'facts'>;

/** The report of a running router: everything recorded so far, read with what its configuration says. */
export async function reportEngine(engine: Engine, options: RouterReportOptions = {}): Promise<RouterReport> {
  await engine.flush();
  const configured = [...engine.config.features.keys()];
  const features = options.features ?? [...new Set([...configured, ...(await engine.store.features())])];
  return reportOf(engine.store, {
    ...options,
    features,
    nowMs: engine.runtime.nowMs(),
    facts(name) {
      const feature = engine.config.features.get(name);
      if (feature === undefined) return undefined;
      const { afterMs = 0, success = null } = feature.silence ?? {};
      return {
        plans: feature.plans.map(planKey),
        failureCostUsd: toUsd(feature.failureCostNanoUsd),
        perSuccess: feature.objective === 'cost-per-success',
        ...(success === null ? {} : { silence: { afterMs, success } }),
      };
    },
  });
}
