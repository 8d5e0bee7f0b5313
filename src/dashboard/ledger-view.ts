/** The dashboard's view of a ledger: a feature's cells are cached until it changes, everything else is read on demand. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { FailureCosts } from '../core/report/failure-costs.ts';
import type { Explanation } from '../core/report/explanation.ts';
import { policyNotes } from '../core/report/decided-policy.ts';
import { neverLabelled, unknownOf } from '../core/report/recording-words.ts';
import { sessionNotes } from '../core/report/session-words.ts';
import type { ShownPeriod } from '../core/report/shown-period.ts';
import { shownPeriod } from '../core/report/shown-period.ts';
import type { LearnedFeature } from '../core/beliefs/learned-feature.ts';
import type { Cell } from '../core/cells/cell.ts';
import { explainView } from '../analysis/explain.ts';
import { knownPlans } from '../core/report/known-plans.ts';
import { latestFailureCosts } from '../analysis/latest-failure-costs.ts';
import type { LedgerFacts, ReportSource } from '../analysis/ledger-facts.ts';
import { learnedFrom, presentFacts } from '../analysis/ledger-facts.ts';
import type { FeaturePart } from '../analysis/report.ts';
import { featurePartOf } from '../analysis/report.ts';
import type { Store } from '../contracts/store.ts';
import type { FeatureMessage, OverviewMessage, PriceMessage, WhatIfAnswer, WhatIfQuestion } from './messages.ts';
import type { ReachRouter } from './plan-clients.ts';
import { configuredFeature, withClients } from './plan-clients.ts';
import { underControls } from '../analysis/under-controls.ts';
import { controlsOf } from './controls.ts';
import type { Versions } from './versions.ts';
import { featureFigures } from './feature-figures.ts';
import { liveAttention } from './live-attention.ts';
import type { OverviewPart } from './overview-part.ts';
import { overviewPartOf } from './overview-part.ts';
import { minuteHistory } from './minute-history.ts';
import { overviewOf } from './overview.ts';
import type { AskedPeriod } from './period-query.ts';
import { ALL_TIME, countedOf, keyOf } from './period-query.ts';
import { cachedByVersion, versionOf, versionsIn } from './versions.ts';
import type { RoutedViews } from './routed-views.ts';
import { routedViews, unknown } from './routed-views.ts';
import { whatIf } from './what-if.ts';

export interface LedgerView {
  /** Default: all time. */
  overview(asked?: AskedPeriod): Promise<OverviewMessage>;
  feature(name: string, asked?: AskedPeriod): Promise<FeatureMessage>;
  features(): Promise<readonly string[]>;
  /** Returns the name if it is that of a feature. @throws RouterError `unknown-feature` */
  known(feature: string): Promise<string>;
  cells(feature: string): Promise<readonly Cell[]>;
  whatIf(question: WhatIfQuestion): Promise<WhatIfAnswer>;
  prices(): Promise<readonly PriceMessage[]>;
  /** The next read looks for changes, however soon it comes, because this process has just made one. */
  refresh(): void;
  /** Differs after every change of the ledger. Checked no more often than {@link REST_PER_READING} allows. */
  version(): Promise<string>;
}

export interface LedgerViewOptions {
  readonly store: Store;
  readonly nowMs: () => number;
  /** Milliseconds of the monotonic clock. */
  readonly elapsedMs: () => number;
  readonly router?: ReachRouter | undefined;
}

/**
 * After a read of a changed ledger, the next one waits this many times as long as the read took, so that a large ledger
 * keeps the process busy for a tenth of the time at most. Smaller: fresher figures and a busier process.
 */
const REST_PER_READING = 10;

export function ledgerView({ store, nowMs, elapsedMs, router }: LedgerViewOptions): LedgerView {
  let versions: Versions | undefined;
  let nextCheckAtMs = 0;
  let tookMs = 0;
  let checking: Promise<Versions> | undefined;
  const cells = cachedByVersion<readonly Cell[]>();
  const briefParts = cachedByVersion<OverviewPart>();
  const reports = cachedByVersion<FeaturePart>();
  const beliefs = cachedByVersion<{
    readonly learned: LearnedFeature;
    readonly facts: LedgerFacts;
    readonly segments: string[];
    readonly failureCostsOf: (segment: string) => FailureCosts;
  }>();

  /** The state of the ledger that the dashboard shows. Concurrent callers share one look-up. */
  async function currentVersions(): Promise<Versions> {
    if (versions !== undefined && elapsedMs() < nextCheckAtMs) return versions;
    checking ??= check();
    return checking;
  }

  async function check(): Promise<Versions> {
    try {
      versions = await versionsIn(store);
      nextCheckAtMs = elapsedMs() + REST_PER_READING * tookMs;
      return versions;
    } finally {
      checking = undefined;
    }
  }

  async function timed<Value>(read: () => Promise<Value>): Promise<Value> {
    const startedMs = elapsedMs();
    const value = await read();
    tookMs = elapsedMs() - startedMs;
    nextCheckAtMs = Math.max(nextCheckAtMs, elapsedMs() + REST_PER_READING * tookMs);
    return value;
  }

  async function cellsOf(feature: string): Promise<readonly Cell[]> {
    return cells(feature, await currentVersions(), async () => store.cells(feature));
  }

  const source: Omit<ReportSource, 'features'> = {
    cells: cellsOf,
    intents: async range => store.intents(range),
    load: async id => store.load(id),
  };

  async function partsOf(shown: ShownPeriod): Promise<readonly OverviewPart[]> {
    const current = await currentVersions();
    const options = { ...countedOf(shown), nowMs: nowMs() };
    const parts: OverviewPart[] = [];
    for (const feature of current.features) {
      const readPart = async (): Promise<OverviewPart> => {
        // Yields between features, so that other requests, such as that for the page itself, are answered meanwhile.
        await yieldToEventLoop();
        return overviewPartOf(source, feature, options);
      };
      parts.push(await briefParts(feature, current, readPart, keyOf(shown)));
    }
    return parts;
  }

  /** The name is checked before anything is read, because an answer is cached for every requested name. */
  async function versionsWith(feature: string): Promise<Versions> {
    const current = await currentVersions();
    if (!current.features.includes(feature)) throw unknown('feature', feature, current.features);
    return current;
  }

  async function partNow(feature: string, shown: ShownPeriod): Promise<FeaturePart> {
    const current = await versionsWith(feature);
    const read = async (): Promise<FeaturePart> => {
      const part = await featurePartOf(source, feature, { ...countedOf(shown), nowMs: nowMs() });
      const history = await minuteHistory(store, part.report);
      return history === undefined ? part : { ...part, report: { ...part.report, history } };
    };
    return reports(feature, current, read, keyOf(shown));
  }

  async function viewsOf(feature: string): Promise<RoutedViews> {
    const current = await versionsWith(feature);
    const read = await beliefs(feature, current, async () => {
      const own = await cellsOf(feature);
      const known = await presentFacts(source, feature, nowMs());
      const names = [...new Set(['', ...own.map(cell => cell.key.segment)])];
      const { failureCostUsd } = known;
      const failureCostsOf = await latestFailureCosts(source, feature, { cells: own, failureCostUsd });
      return { learned: learnedFrom(feature, own, known), facts: known, segments: names, failureCostsOf };
    });
    return routedViews(feature, { ...read, cells: await cellsOf(feature), nowMs: nowMs() });
  }

  /** What decides for a feature: the policy, or a setting of an operator or the configuration that replaces it. */
  async function routingOf(name: string, { views, policy, latest, observes }: RoutedViews) {
    const plans = views.get('')?.plans ?? [];
    const controls = controlsOf((await currentVersions()).controls, { feature: name, plans });
    // The configuration has more than the ledger, which records that a feature was observed, but not the fraction.
    const configured = await configuredFeature(router, name);
    return {
      policy,
      latest,
      configured,
      controls,
      ...underControls(controls, { ...(configured ?? { observes }), plans }),
    };
  }

  return {
    refresh() {
      nextCheckAtMs = 0;
    },
    version: async () => versionOf(await currentVersions()),
    async overview(asked = ALL_TIME) {
      const shown = shownPeriod(asked.name, { ...asked, nowMs: nowMs() });
      const parts = await timed(async () => partsOf(shown));
      const byCost = parts.toSorted(
        (a, b) => Number(b.report.totalCost.totalUsd) - Number(a.report.totalCost.totalUsd),
      );
      const live = await liveAttention(
        router,
        byCost.map(({ report }) => report.feature),
      );
      return overviewOf(parts, { shown, nowMs: nowMs(), controls: (await currentVersions()).controls, live });
    },
    async feature(name, asked = ALL_TIME) {
      const shown = shownPeriod(asked.name, { ...asked, nowMs: nowMs() });
      const part = await partNow(name, shown);
      const { report } = part;
      const routed = await viewsOf(name);
      const { views, compared, failureCostsOf } = routed;
      const { configured, controls, ...routing } = await routingOf(name, routed);
      const cells = await cellsOf(name);
      const { isUnknown, notes } = unknownOf(cells, {});
      const options = { ...routing, isUnknown, notes: [...notes, ...policyNotes(routing.latest)] };
      const explanations: Explanation[] = [];
      for (const [segment, view] of views) {
        if (view.plans.length === 0) continue;
        const own = cells.filter(({ key }) => key.segment === segment);
        const isOfContextless = segment === '' && report.routingDependsOnRequest !== undefined;
        const known = knownPlans(compared.get(segment)?.cells ?? own, {}, view.nowMs);
        const notes = [...options.notes, ...sessionNotes(own, view.extraUsd !== undefined)];
        const found = { known, failureCosts: failureCostsOf(segment), notes };
        const explained = explainView(view, { ...options, ...found, segment, isOfContextless });
        explanations.push(configured === undefined ? explained : withClients(explained, configured.clients));
      }
      const live = (await liveAttention(router, [name])) ?? [];
      return {
        ...featureFigures(part, { cells, shown, live }),
        nowMs: nowMs(),
        isNeverLabelled: neverLabelled(cells) > 0,
        explanations,
        controls,
      };
    },
    features: async () => (await currentVersions()).features,
    async known(feature) {
      await versionsWith(feature);
      return feature;
    },
    cells: cellsOf,
    async whatIf({ feature, segment, ...settings }) {
      const routed = await viewsOf(feature);
      const { views, failureCostsOf } = routed;
      const view = views.get(segment);
      if (view === undefined) throw unknown('segment', segment, [...views.keys()]);
      if (view.plans.length === 0) throw unknown('feature', feature, (await currentVersions()).features);
      const { configured: _, controls: __, ...routing } = await routingOf(feature, routed);
      const options = { ...routing, ...unknownOf(await cellsOf(feature), {}), segment };
      return whatIf(view, { ...options, failureCosts: failureCostsOf(segment) }, settings);
    },
    async prices() {
      const lists: (readonly Cell[])[] = [];
      for (const feature of (await currentVersions()).features) lists.push(await cellsOf(feature));
      // The price book is large and the first view does not need it, so it is loaded on demand.
      const { pricesOf } = await import('./prices.ts');
      return pricesOf(lists.flat(), nowMs());
    },
  };
}
