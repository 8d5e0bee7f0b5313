/** Reports from a store: of everything a ledger holds, with or without the configuration that wrote it. */
import type { Gain } from '../core/gain.ts';
import { gainOf } from '../core/gain.ts';
import { foldIntent } from '../core/ledger.ts';
import type { DecidedRecord } from '../core/ledger.ts';
import { toUsd } from '../core/money.ts';
import type { Period } from '../core/period.ts';
import { isIn, tallyBy } from '../core/period.ts';
import type { FeatureFacts, FeatureReport } from '../core/report.ts';
import { reportFeature } from '../core/report.ts';
import type { RouterReport } from '../core/router-report.ts';
import { combineReports } from '../core/router-report.ts';
import type { PlanKey } from '../core/vocabulary.ts';
import { planKey } from '../core/vocabulary.ts';
import { RouterError } from '../errors.ts';
import type { Store } from '../stores/store.ts';
import type { Engine } from './engine.ts';

/** Decisions that are looked at for what a ledger says of its feature's configuration. */
const RECENT_DECISIONS = 50;

/** The part of a store that reports read. */
export type ReportSource = Pick<Store, 'features' | 'cells' | 'intents' | 'load'>;

export interface ReportOptions {
  readonly nowMs: number;
  /** Only these features; default: all that have statistics. */
  readonly features?: readonly string[];
  /** Only intents decided in this period. */
  readonly period?: Period;
  /** What the configuration says; default: what the feature's last decisions say. */
  readonly facts?: (feature: string) => FeatureFacts | undefined;
  /** Half-width that {@link FeatureReport.precision} asks for, USD. */
  readonly halfWidthUsd?: number;
}

/**
 * The report of a ledger, from its statistics: as fast for a million intents as for a thousand.
 *
 * @throws RouterError `unknown-feature` for a feature that is asked for and has no statistics
 * @example
 * ```ts
 * const report = await reportOf(sqlite('router.db'), { nowMs: Date.now() });
 * ```
 */
export async function reportOf(store: ReportSource, options: ReportOptions): Promise<RouterReport> {
  const known = await store.features();
  const reports: FeatureReport[] = [];
  const gains = new Map<string, Gain>();
  for (const feature of options.features ?? known) {
    const facts = options.facts?.(feature);
    if (!known.includes(feature) && facts === undefined) throw noSuchFeature(feature, known);
    const { report, gain } = await featureReportOf(store, feature, {
      ...options,
      facts: facts ?? (await ledgerFacts(store, feature)),
    });
    reports.push(report);
    if (gain !== undefined) gains.set(feature, gain);
  }
  return combineReports(reports, { madeAtMs: options.nowMs, gains });
}

async function featureReportOf(
  store: ReportSource,
  feature: string,
  options: Omit<ReportOptions, 'facts'> & { readonly facts: FeatureFacts },
): Promise<{ report: FeatureReport; gain: Gain | undefined }> {
  const { facts, period = {}, halfWidthUsd } = options;
  const cells = await store.cells(feature);
  const report = reportFeature(feature, cells, {
    facts,
    period,
    ...(halfWidthUsd === undefined ? {} : { halfWidthUsd }),
  });
  const byPlan = tallyBy(
    cells.filter(({ key }) => isIn(period, key.bucket)),
    { scope: 'plan', by: cell => cell.key.at },
  );
  const gain = gainOf(byPlan, {
    plans: facts.plans ?? [...byPlan.keys()],
    failureCostUsd: facts.failureCostUsd ?? 0,
  });
  return { report, gain };
}

/** What a ledger says of a feature's configuration. */
export interface LedgerFacts extends FeatureFacts {
  readonly plans: readonly PlanKey[];
  readonly failureCostUsd: number;
  /** Name of the policy that decided last. */
  readonly policy: string;
  /** Current versions by model. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * The plans, the failure cost and the versions that the feature's last decisions were made with. Of the last 50, so that
 * a forced or an exceptional intent does not stand for all.
 */
export async function ledgerFacts(store: ReportSource, feature: string): Promise<LedgerFacts> {
  const ids = await store.intents({ feature, limit: RECENT_DECISIONS });
  const intents = await Promise.all(ids.map(async id => foldIntent(await store.load(id))));
  const decided = intents.flatMap(intent => (intent === undefined ? [] : [intent.decided]));
  // The widest choice there was: a capability, an outage or a pin can only narrow it.
  const widest = decided.reduce<DecidedRecord | undefined>(
    (x, y) => (x === undefined || y.decision.eligible.length > x.decision.eligible.length ? y : x),
    undefined,
  );
  return {
    plans: widest?.decision.eligible ?? [],
    failureCostUsd: toUsd(mostFrequent(decided.map(record => record.failureCostNanoUsd)) ?? 0),
    perSuccess: decided.every(record => record.failureCostNanoUsd === 0),
    policy: mostFrequent(decided.map(record => record.decision.policy)) ?? 'unknown',
    versions: Object.assign({}, ...decided.toReversed().map(record => record.versions)) as Record<string, string>,
  };
}

function mostFrequent<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
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
      return {
        plans: feature.plans.map(planKey),
        failureCostUsd: toUsd(feature.failureCostNanoUsd),
        perSuccess: feature.objective === 'cost-per-success',
      };
    },
  });
}
