/** What the parts of a running router share. */
import type { ResolvedBudget, ResolvedConfig, ResolvedModel } from '../config/resolved.ts';
import type { Intent } from '../core/ledger/records.ts';
import { RouterError } from '../errors.ts';
import type { Fault, Observer } from '../contracts/observer.ts';
import type { Store } from '../contracts/store.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { budgetMeter } from './rails/budget-meter.ts';
import { circuitBreaker } from './rails/circuit-breaker.ts';
import type { CircuitBreaker } from './rails/circuit-breaker.ts';
import type { ActiveStream } from './attempts/exchange.ts';
import type { FeatureState } from './state/feature-state.ts';
import { featureState } from './state/feature-state.ts';
import type { BudgetRail } from './rails/guard-rails.ts';
import type { Hooks } from './state/hooks.ts';
import { guardedHooks } from './state/hooks.ts';
import type { IntentBook } from './state/intent-book.ts';
import { intentBook } from './state/intent-book.ts';
import type { Committed } from './state/intent-writer.ts';
import { learning } from './state/learning.ts';
import { planTotals } from './state/plan-totals.ts';
import type { Receipts } from './state/receipts.ts';
import { receipts } from './state/receipts.ts';
import type { Runtime } from '../runtime.ts';
import type { StatisticsFeed } from './state/statistics-feed.ts';
import { statisticsFeed } from './state/statistics-feed.ts';
import type { InFlightCounter } from './state/in-flight.ts';
import { inFlightCounter } from './state/in-flight.ts';

export interface Engine {
  readonly config: ResolvedConfig;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly breaker: CircuitBreaker;
  readonly book: IntentBook;
  readonly receipts: Receipts;
  readonly feed: StatisticsFeed;
  /** @throws RouterError `unknown-feature` */
  feature(name: string): FeatureState;
  /** Reports a fault that must not reach the caller. */
  faulted(fault: Fault): void;
  /** Work that goes on after the caller has its reply (a stream's verdict): {@link Engine.flush} waits for it. */
  afterReply(work: Promise<void>, intentId: string): void;
  /** Requests whose callers have no reply yet. */
  readonly requests: InFlightCounter;
  /** Streams that their callers are still reading, or have forgotten. */
  readonly activeStreams: Set<ActiveStream>;
  /** Resolves when all that was recorded so far is in the store. */
  readonly flush: () => Promise<void>;
  readonly observers: readonly Observer[];
  /** Models switched off by an operator, in every feature. */
  readonly disabled: Set<string>;
}

export interface EngineOptions {
  readonly config: ResolvedConfig;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly observers: readonly Observer[];
  readonly hooks: Hooks;
}

export function createEngine(options: EngineOptions): Engine {
  const { config, runtime, store, observers } = options;
  const hooks = guardedHooks(options.hooks, error => faulted({ where: 'observer', error }));
  const breaker = circuitBreaker();
  const features = new Map<string, FeatureState>();
  const budgets = new Map<string, readonly BudgetRail[]>();
  const disabled = new Set<string>();
  const wholeBudget = config.budget === undefined ? [] : [railOf(config.budget, 'budget', hooks.onBudget)];
  for (const feature of config.features.values()) {
    const { budget, name } = feature;
    const own =
      budget === undefined ? [] : [railOf(budget, `features[${JSON.stringify(name)}].budget`, hooks.onBudget, name)];
    budgets.set(name, [...own, ...wholeBudget]);
    const all = [...own, ...wholeBudget];
    const policyFaulted = (error: unknown): void => faulted({ where: 'policy', feature: name, error });
    features.set(name, featureState(feature, { runtime, breaker, disabled, budgets: all, faulted: policyFaulted }));
  }
  const learner = learning(features, hooks);
  // Kept only where somebody reads it.
  const totals = observers.some(observer => observer.started !== undefined) ? planTotals() : undefined;

  function tell(call: (observer: Observer) => unknown): void {
    for (const observer of observers) {
      // An observer that cannot even be told of its own fault is left alone.
      const failed = (error: unknown): void => safely(() => observer.faulted?.({ where: 'observer', error }));
      try {
        const done = call(observer);
        // An async function is an observer as well, and its rejection would end the process.
        if (done instanceof Promise) done.catch(failed);
      } catch (error) {
        failed(error);
      }
    }
  }

  function committed({ intent, records, delta }: Committed): void {
    const { feature, decision } = intent.decided;
    const nowMs = runtime.nowMs();
    const state = features.get(feature);
    state?.apply(delta);
    totals?.apply(feature, delta);
    for (const { meter } of budgets.get(feature) ?? NO_RAILS) meter.apply(delta, nowMs);
    if (state?.rails.any === true) {
      const attempts = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
      if (attempts.length > 0) state.rails.observe(planKey(decision.plan), attempts);
    }
    if (observers.length === 0) return;
    for (const record of records) {
      if (record.kind === 'decided') tell(observer => observer.decided?.(record));
      else if (record.kind === 'attempted') tell(observer => observer.attempted?.(record, intent));
      else tell(observer => observer.labelled?.(record, intent));
    }
  }

  function faulted(fault: Fault): void {
    tell(observer => observer.faulted?.(fault));
  }

  const feed = statisticsFeed({
    store,
    runtime,
    replace(feature, cells) {
      learner.replace(feature, cells);
      totals?.replace(feature, cells);
      for (const { meter } of budgets.get(feature) ?? []) meter.replace(feature, cells, runtime.nowMs());
    },
    refreshMs: config.refreshMs,
    faulted: error => faulted({ where: 'store', error }),
  });

  tell(observer =>
    observer.started?.({
      features: [...features.keys()],
      estimates(name) {
        const state = features.get(name);
        return state === undefined || totals === undefined ? [] : totals.estimates(state.config);
      },
    }),
  );
  const working = new Set<Promise<void>>();

  async function done(work: Promise<void>, intentId: string): Promise<void> {
    try {
      await work;
    } catch (error) {
      faulted({ where: 'wire', intentId, error });
    }
  }

  const book = intentBook({
    store,
    soon: runtime.soon,
    committed,
    beginCommit: feed.beginCommit,
    endCommit: feed.endCommit,
    dueAtMs: intent => dueAtMs(config, intent),
    faulted: (error, intentId) => faulted({ where: 'store', intentId, error }),
  });

  return {
    config,
    runtime,
    store,
    breaker,
    receipts: receipts(),
    feed,
    observers,
    disabled,
    faulted,
    book,
    requests: inFlightCounter(),
    activeStreams: new Set(),
    afterReply(work, intentId) {
      const tracked = done(work, intentId);
      working.add(tracked);
      void tracked.then(() => working.delete(tracked));
    },
    async flush() {
      while (working.size > 0) await Promise.all(working);
      await book.flush();
    },
    feature(name) {
      const found = features.get(name);
      if (found !== undefined) return found;
      throw new RouterError('unknown-feature', `no feature is named "${name}"`, {
        accepted: [...features.keys()],
        given: name,
      });
    },
  };
}

/** @throws RouterError `unknown-model` */
export function modelNamed({ models }: Pick<ResolvedConfig, 'models'>, name: string): ResolvedModel {
  const model = models.get(name);
  if (model !== undefined) return model;
  throw new RouterError('unknown-model', `no model is named "${name}"`, { accepted: [...models.keys()], given: name });
}

function railOf(settings: ResolvedBudget, path: string, onBudget: Hooks['onBudget'], feature?: string): BudgetRail {
  return { settings, path, meter: budgetMeter(settings, event => onBudget?.({ ...event, feature })) };
}

/** Silence counts from the last reply: the user has had nothing to react to before it. */
export function dueAtMs(config: ResolvedConfig, intent: Intent): number | null {
  const silence = config.features.get(intent.decided.feature)?.silence;
  if (silence === undefined || intent.evidence.length > 0) return null;
  const last = intent.attempts.findLast(({ kind, status }) => kind !== 'judge' && status === 'ok');
  return last === undefined ? null : Math.ceil(last.startedAtMs + last.latencyMs + silence.afterMs);
}

const NO_RAILS: readonly BudgetRail[] = [];

/** Nobody is left to tell of what goes wrong. */
function safely(call: () => unknown): void {
  try {
    const done = call();
    if (done instanceof Promise) done.catch(() => {});
  } catch {}
}
