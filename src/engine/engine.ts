/** Puts the parts of a running router together. Functions take the members of {@link Engine} that they use. */
import type { ResolvedConfig } from '../config/resolved.ts';
import type { Fault, Observer } from '../contracts/observer.ts';
import type { Store } from '../contracts/store.ts';
import type { RoundedCell } from '../core/cells/cell.ts';
import { planKey, planOfKey } from '../core/ledger/vocabulary.ts';
import { unknownName } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { ActiveStream } from './attempts/exchange.ts';
import { budgetRails } from './rails/budget-rails.ts';
import type { CircuitBreaker } from './rails/circuit-breaker.ts';
import { circuitBreaker } from './rails/circuit-breaker.ts';
import type { BudgetRail } from './rails/guard-rails.ts';
import { lossWarning, outcomeWarning, reachWarning, storeWarning } from './state/fault-warnings.ts';
import type { FeatureState } from './state/feature-state.ts';
import type { Controls } from './state/controls.ts';
import { storedControls } from './state/controls.ts';
import { featureState } from './state/feature-state.ts';
import type { Hooks } from './state/hooks.ts';
import { guardedHooks } from './state/hooks.ts';
import type { InFlightCounter } from './state/in-flight.ts';
import { inFlightCounter } from './state/in-flight.ts';
import type { IntentBook } from './state/intent-book.ts';
import { intentBook } from './state/intent-book.ts';
import { lateWork } from './state/late-work.ts';
import { learning } from './state/learning.ts';
import { observerEvents } from './state/observer-events.ts';
import type { Committed } from './state/pending-records.ts';
import { type Maintenance, maintenance } from './state/maintenance.ts';
import { planTotals } from './state/plan-totals.ts';
import { priceFaults, type TellUnpriced } from './state/price-faults.ts';
import { isOutOfReach } from './state/reach.ts';
import type { Receipts } from './state/receipts.ts';
import { receipts } from './state/receipts.ts';
import type { ReplyOwners } from './state/reply-owners.ts';
import { replyOwners } from './state/reply-owners.ts';
import { dueAtMs } from './state/silence.ts';
import { lazySessions, type Sessions } from './state/sessions.ts';
import { lazyVerdicts, type Verdicts } from './state/verdicts.ts';
import { type StatisticsFeed, statisticsFeed } from './state/statistics-feed.ts';
import { storeFaults } from './state/store-faults.ts';
import { outcomeWatch } from './state/unrecorded.ts';

export interface Engine {
  readonly config: ResolvedConfig;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly breaker: CircuitBreaker;
  readonly book: IntentBook;
  readonly receipts: Receipts;
  readonly owners: ReplyOwners;
  readonly sessions: Sessions;
  readonly verdicts: Verdicts;
  readonly feed: StatisticsFeed;
  /** @throws RouterError `unknown-feature` */
  feature(name: string): FeatureState;
  /** Reports a fault that must not reach the caller. */
  faulted(fault: Fault): void;
  /** Reports what has no known price, once per model and item. */
  readonly tellUnpriced: TellUnpriced;
  /** Work that continues after the caller has its reply (a stream's verdict). {@link Engine.flush} waits for it. */
  afterReply(work: Promise<void>, intentId?: string): void;
  /** Requests whose callers have no reply yet. */
  readonly requests: InFlightCounter;
  /** Streams that have not ended: their callers still read them, or dropped them unread. */
  readonly activeStreams: Set<ActiveStream>;
  /** Resolves when all that was recorded so far is in the store. @throws RouterError when some of it is not */
  readonly flush: () => Promise<void>;
  /** The store's background work. */
  readonly maintenance: Maintenance;
  readonly observers: readonly Observer[];
  /** Models switched off by an operator, in every feature. */
  readonly disabled: ReadonlySet<string>;
  /** Sets and reads what operators switch off, pin and hold out. */
  readonly controls: Controls;
}

export interface EngineOptions {
  readonly config: ResolvedConfig;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly observers: readonly Observer[];
  readonly hooks: Hooks;
  /** Number of entries of each cache, instead of the default of thousands: a test can then fill a cache. */
  readonly kept?: number | undefined;
}

export function createEngine(options: EngineOptions): Engine {
  const { config, runtime, store, observers } = options;
  const events = observerEvents(observers);
  const warnOfStore = storeWarning(observers);
  const storeFaulted = storeFaults(error => {
    events.faulted({ where: 'store', error });
    warnOfStore(error);
  }, runtime);
  // A fault that concerns one intent is reported for each intent.
  const faulted = (fault: Fault): void => {
    if (fault.where === 'store' && fault.intentId === undefined) storeFaulted(fault.error);
    else events.faulted(fault);
  };
  const hooks = guardedHooks(options.hooks, error => faulted({ where: 'observer', error }));
  const breaker = circuitBreaker();
  const disabled = new Set<string>();
  const budgets = budgetRails(config, hooks.onBudget);
  const budgetsOf = (feature: string): readonly BudgetRail[] => budgets.get(feature) ?? [];
  const sessions = lazySessions({ store, runtime, faulted: error => faulted({ where: 'store', error }) });
  const features = new Map<string, FeatureState>();
  for (const [name, feature] of config.features) {
    const policyFaulted = (error: unknown): void => faulted({ where: 'policy', feature: name, error });
    const rails = { breaker, disabled, budgets: budgetsOf(name) };
    features.set(name, featureState(feature, { runtime, ...rails, faulted: policyFaulted }));
  }
  const unreached = [...config.features.values()].filter(isOutOfReach);
  if (unreached.length > 0)
    import('./state/reach-words.ts')
      .then(({ tellOutOfReach }) => tellOutOfReach(unreached, { warn: reachWarning(observers), faulted }))
      .catch(() => {});
  const learner = learning(features, hooks, runtime);
  const watchOutcomes = outcomeWatch(config.features, { warn: outcomeWarning(observers), faulted });
  // The totals are kept only where an observer can read them.
  const totals = observers.some(observer => observer.started !== undefined) ? planTotals() : undefined;

  function addStatistics(feature: string, delta: readonly RoundedCell[], atMs: number): void {
    learner.apply(feature, delta, atMs);
    watchOutcomes(feature, delta);
    totals?.apply(feature, delta);
  }

  function committed({ intent, records, delta }: Committed): void {
    const { feature, decision, atMs } = intent.decided;
    const state = features.get(feature);
    if (statistics.committed(feature, delta)) {
      addStatistics(feature, delta, atMs);
      for (const { meter } of budgetsOf(feature)) meter.apply(delta, runtime.nowMs());
    }
    state?.numbers?.learn(intent);
    if (state?.rails.any === true) {
      const attempts = records.flatMap(record =>
        record.kind === 'attempted' && record.replaces === undefined ? [record.attempt] : [],
      );
      if (attempts.length > 0) state.rails.observe(planKey(decision.plan), attempts);
    }
    events.recorded(records, intent);
  }

  const controls = storedControls({
    store,
    runtime,
    refreshMs: config.refreshMs,
    apply({ kind, subject, isSet, plan = '', fraction = 0 }) {
      const feature = features.get(subject);
      if (kind === 'pinned') feature?.pin(isSet ? planOfKey(plan) : undefined);
      else if (kind === 'holdout') feature?.holdOut(isSet ? { model: plan, fraction } : undefined);
      else if (!isSet) disabled.delete(subject);
      else if (config.models.has(subject)) disabled.add(subject);
    },
    faulted: error => faulted({ where: 'store', error }),
  });
  const later = totals !== undefined || learner.hasAlerts ? 'later' : undefined;
  const statistics = statisticsFeed({
    store,
    runtime,
    apply(feature, delta) {
      addStatistics(feature, delta, runtime.nowMs());
      for (const { meter } of budgetsOf(feature)) meter.add(delta, runtime.nowMs());
    },
    prepare: feature => features.get(feature)?.learned.lookForChanges(runtime.nowMs()),
    refreshed(feature, cells) {
      for (const { meter } of budgetsOf(feature)) meter.tell();
      learner.refreshed(feature, cells)?.catch(error => faulted({ where: 'store', error }));
    },
    ...(features.size > 1 ? { seed: learner.seed } : {}),
    needsAllCells: feature => (budgetsOf(feature).length > 0 ? 'first' : later),
    refreshMs: config.refreshMs,
    faulted: error => faulted({ where: 'store', error }),
  });
  const upkeep = maintenance({ store, runtime, faulted: error => faulted({ where: 'store', error }) });
  const feed: StatisticsFeed = {
    ...statistics,
    ready(feature) {
      upkeep.start();
      const [switches, cells] = [controls.ready(), statistics.ready(feature)];
      return switches === undefined ? cells : Promise.all([switches, cells]).then(() => undefined);
    },
  };
  const warnOfLoss = lossWarning(observers);
  const book = intentBook({
    store,
    capacity: options.kept,
    soon: runtime.soon,
    committed,
    committedTogether(feature, delta, atMs) {
      if (statistics.committed(feature, delta)) addStatistics(feature, delta, atMs);
    },
    beginCommit: feed.beginCommit,
    endCommit: feed.endCommit,
    dueAtMs: intent => dueAtMs(config, intent),
    faulted(error, intentId) {
      faulted({ where: 'store', intentId, error });
      warnOfLoss(error);
    },
  });
  const late = lateWork(faulted);

  events.started({
    features: [...features.keys()],
    estimates(name) {
      const state = features.get(name);
      return state === undefined || !statistics.hasAllCells(name) ? [] : (totals?.estimates(state.config) ?? []);
    },
  });

  return {
    config,
    runtime,
    store,
    breaker,
    receipts: receipts(options.kept),
    owners: replyOwners(store, faulted, options.kept),
    sessions,
    verdicts: lazyVerdicts(error => faulted({ where: 'validator', error })),
    feed,
    maintenance: upkeep,
    observers,
    disabled,
    controls,
    faulted,
    tellUnpriced: priceFaults(faulted, late.add),
    book,
    requests: inFlightCounter(),
    activeStreams: new Set(),
    afterReply: late.add,
    async flush() {
      await late.done();
      await Promise.all([book.flush(), sessions.flush()]);
    },
    feature(name) {
      const found = features.get(name);
      if (found !== undefined) return found;
      throw unknownName('feature', name, { path: 'feature', accepted: features.keys() });
    },
  };
}
