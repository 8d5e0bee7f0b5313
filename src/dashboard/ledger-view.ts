/** A ledger as the dashboard reads it: its cells kept until another process has written, everything else on demand. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Explanation } from '../core/report/explain.ts';
import type { Intent } from '../core/ledger/records.ts';
import { foldIntent } from '../core/ledger/records.ts';
import { toDecimalUsd } from '../core/ledger/money.ts';
import type { FeatureReport } from '../core/report/feature-report.ts';
import type { RouterReport } from '../core/report/router-report.ts';
import type { LearnedFeature } from '../core/beliefs/learned-feature.ts';
import type { Cell } from '../core/cells/cell.ts';
import { explainView } from '../analysis/explain.ts';
import type { LedgerFacts, ReportSource } from '../analysis/ledger-facts.ts';
import { learnedFrom, ledgerFacts } from '../analysis/ledger-facts.ts';
import { reportOf } from '../analysis/report.ts';
import { RouterError } from '../errors.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { thompson } from '../policies/thompson.ts';
import { fixed } from '../policies/fixed.ts';
import type { Store } from '../contracts/store.ts';
import type {
  FeatureMessage,
  IntentMessage,
  OverviewMessage,
  PriceMessage,
  WhatIfAnswer,
  WhatIfQuestion,
} from './messages.ts';
import { whatIf } from './what-if.ts';
import { allPlans } from '../core/ledger/plan-set.ts';
import { planOfKey } from '../core/ledger/vocabulary.ts';

export interface LedgerView {
  overview(): Promise<OverviewMessage>;
  feature(name: string): Promise<FeatureMessage>;
  intents(feature: string, limit: number): Promise<readonly IntentMessage[]>;
  whatIf(question: WhatIfQuestion): Promise<WhatIfAnswer>;
  prices(): Promise<readonly PriceMessage[]>;
  /** Changes when there is something new to see, and not more often than reading it is worth. */
  version(): Promise<number>;
}

export interface LedgerViewOptions {
  readonly store: Store;
  readonly nowMs: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
}

/** Reading the ledger again may take at most one part in this of the time, however large it is. */
const READING_SHARE = 10;

/** Keeps what was read for as long as the ledger is the same; what could not be read is read again. */
function keeper<Value>(): (key: string, version: number, read: () => Promise<Value>) => Promise<Value> {
  const kept = new Map<string, { readonly version: number; readonly value: Promise<Value> }>();
  return async (key, version, read) => {
    const known = kept.get(key);
    if (known?.version === version) return known.value;
    const value = read();
    kept.set(key, { version, value });
    value.catch(() => kept.delete(key));
    return value;
  };
}

export function ledgerView({ store, nowMs, elapsedMs }: LedgerViewOptions): LedgerView {
  let version = Number.NaN;
  let nextLookAtMs = 0;
  let tookMs = 0;
  let reading: Promise<number> | undefined;
  const cells = keeper<readonly Cell[]>();
  const reports = keeper<RouterReport>();
  const learnt = keeper<{
    readonly learned: LearnedFeature;
    readonly facts: LedgerFacts;
    readonly segments: string[];
  }>();

  /** The generation that is shown: looked up again when the last reading has paid for itself. */
  async function currentVersion(): Promise<number> {
    if (elapsedMs() < nextLookAtMs) return version;
    reading ??= look();
    return reading;
  }

  async function look(): Promise<number> {
    try {
      version = await store.generation();
      nextLookAtMs = elapsedMs() + READING_SHARE * tookMs;
      return version;
    } finally {
      reading = undefined;
    }
  }

  async function timed<Value>(read: () => Promise<Value>): Promise<Value> {
    const startedMs = elapsedMs();
    const value = await read();
    tookMs = elapsedMs() - startedMs;
    nextLookAtMs = Math.max(nextLookAtMs, elapsedMs() + READING_SHARE * tookMs);
    return value;
  }

  async function cellsOf(feature: string): Promise<readonly Cell[]> {
    return cells(feature, await currentVersion(), async () => store.cells(feature));
  }

  const source: ReportSource = {
    features: async () => store.features(),
    async cells(feature) {
      // Between features other requests get their turn: the page is on its way while its report is made.
      await nextTurn();
      return cellsOf(feature);
    },
    intents: async range => store.intents(range),
    load: async id => store.load(id),
  };

  async function overviewNow(): Promise<RouterReport> {
    const current = await currentVersion();
    return reports('', current, async () => timed(async () => reportOf(source, { nowMs: nowMs(), brief: true })));
  }

  async function reportNow(feature: string): Promise<FeatureReport | undefined> {
    const current = await currentVersion();
    const only = { nowMs: nowMs(), features: [feature] };
    return (await reports(`feature ${feature}`, current, async () => reportOf(source, only))).features[0];
  }

  async function viewsOf(feature: string): Promise<{ views: Map<string, FeatureView>; policy: Policy }> {
    const { learned, facts, segments } = await learnt(feature, await currentVersion(), async () => {
      const own = await cellsOf(feature);
      const found = await ledgerFacts(source, feature);
      const names = [...new Set(['', ...own.map(cell => cell.key.segment)])];
      return { learned: learnedFrom(feature, own, found), facts: found, segments: names };
    });
    const plans = facts.plans.map(planOfKey);
    const views = new Map(
      segments.map((segment): [string, FeatureView] => [
        segment,
        {
          feature,
          plans,
          eligible: allPlans(plans.length),
          failureCostUsd: facts.failureCostUsd,
          objective: facts.perSuccess === true ? 'cost-per-success' : 'cost-per-intent',
          learned: learned.segment(segment),
          nowMs: nowMs(),
        },
      ]),
    );
    return { views, policy: policyOf(facts) };
  }

  return {
    version: currentVersion,
    async overview() {
      const { features, ...rest } = await overviewNow();
      return { ...rest, features: features.map(({ history: _, drift: __, plans: ___, turns: ____, ...own }) => own) };
    },
    async feature(name) {
      const found = await reportNow(name);
      if (found === undefined) throw noSuch('feature', name);
      const { views, policy } = await viewsOf(name);
      const explanations: Explanation[] = [];
      for (const [segment, view] of views) {
        if (view.plans.length > 0) explanations.push(explainView(view, { policy, segment }));
      }
      return { report: found, explanations };
    },
    async intents(feature, limit) {
      const ids = await store.intents({ feature, limit });
      const intents = await Promise.all(ids.map(async id => foldIntent(await store.load(id))));
      return intents.flatMap(intent => (intent === undefined ? [] : [messageOf(intent)]));
    },
    async whatIf({ feature, segment, ...moves }) {
      const { views, policy } = await viewsOf(feature);
      const view = views.get(segment);
      if (view === undefined || view.plans.length === 0) throw noSuch('segment', `${feature} ${segment}`);
      return whatIf(view, { policy, segment }, moves);
    },
    async prices() {
      const all: Cell[] = [];
      for (const feature of await store.features()) all.push(...(await cellsOf(feature)));
      // The price book is large, and the first view does without it.
      const { pricesOf } = await import('./prices.ts');
      return pricesOf(all, nowMs());
    },
  };
}

/** The policy that the ledger names, as far as its name says all of it; Thompson sampling for any other. */
function policyOf({ policy, plans }: LedgerFacts): Policy {
  return policy === 'fixed' && plans[0] !== undefined ? fixed(planOfKey(plans[0])) : thompson();
}

function noSuch(what: 'feature' | 'segment', name: string): RouterError {
  return new RouterError('unknown-feature', `the ledger knows no ${what} "${name}"`);
}

function messageOf({ id, decided, attempts, evidence, outcome }: Intent): IntentMessage {
  return {
    id,
    decidedAtMs: decided.atMs,
    ...(decided.session === undefined ? {} : { session: decided.session }),
    segment: decided.segment,
    decision: decided.decision,
    failureCostUsd: toDecimalUsd(decided.failureCostNanoUsd),
    spendUsd: toDecimalUsd(attempts.reduce((sum, attempt) => sum + BigInt(attempt.costNanoUsd), 0n)),
    attempts,
    evidence,
    outcome,
  };
}
