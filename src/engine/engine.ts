/** What the parts of a running router share. */
import type { ResolvedConfig } from '../config/resolved.ts';
import type { Intent } from '../core/ledger.ts';
import { RouterError } from '../errors.ts';
import type { Fault, Observer } from '../observers/observer.ts';
import type { Store } from '../stores/store.ts';
import { circuitBreaker } from './circuit-breaker.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { FeatureState } from './feature-state.ts';
import { featureState } from './feature-state.ts';
import type { Committed, IntentBook } from './intent-book.ts';
import { intentBook } from './intent-book.ts';
import type { Receipts } from './receipts.ts';
import { receipts } from './receipts.ts';
import type { Runtime } from './runtime.ts';
import type { StatisticsFeed } from './statistics-feed.ts';
import { statisticsFeed } from './statistics-feed.ts';

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
  readonly observers: readonly Observer[];
}

export interface EngineOptions {
  readonly config: ResolvedConfig;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly observers: readonly Observer[];
}

export function createEngine({ config, runtime, store, observers }: EngineOptions): Engine {
  const breaker = circuitBreaker();
  const features = new Map<string, FeatureState>();
  for (const feature of config.features.values()) features.set(feature.name, featureState(feature, runtime, breaker));

  function tell(call: (observer: Observer) => void): void {
    for (const observer of observers) {
      try {
        call(observer);
      } catch (error) {
        // An observer that cannot even be told of its own fault is left alone.
        if (observer.faulted !== undefined) safely(() => observer.faulted?.({ where: 'observer', error }));
      }
    }
  }

  function committed({ intent, records, delta }: Committed): void {
    features.get(intent.decided.feature)?.learned.apply(delta);
    if (observers.length === 0) return;
    for (const record of records) {
      if (record.kind === 'decided') tell(observer => observer.decided?.(record));
      else if (record.kind === 'attempted') tell(observer => observer.attempted?.(record, intent));
      else tell(observer => observer.settled?.(record, intent));
    }
  }

  function faulted(fault: Fault): void {
    tell(observer => observer.faulted?.(fault));
  }

  const feed = statisticsFeed({
    store,
    features,
    runtime,
    refreshMs: config.refreshMs,
    faulted: error => faulted({ where: 'store', error }),
  });

  return {
    config,
    runtime,
    store,
    breaker,
    receipts: receipts(),
    feed,
    observers,
    faulted,
    book: intentBook({
      store,
      soon: runtime.soon,
      committed,
      entering: feed.entering,
      left: feed.left,
      dueAtMs: intent => dueAtMs(config, intent),
      faulted: (error, intentId) => faulted({ where: 'store', intentId, error }),
    }),
    feature(name) {
      const found = features.get(name);
      if (found !== undefined) return found;
      throw new RouterError('unknown-feature', `no feature is named "${name}"`, { accepted: [...features.keys()] });
    },
  };
}

/** Silence counts from the last reply: the user has had nothing to react to before it. */
function dueAtMs(config: ResolvedConfig, intent: Intent): number | null {
  const silence = config.features.get(intent.decided.feature)?.silence;
  if (silence === undefined || intent.evidence.length > 0) return null;
  const last = intent.attempts.at(-1);
  const fromMs = last === undefined ? intent.decided.atMs : last.startedAtMs + last.latencyMs;
  return Math.ceil(fromMs + silence.afterMs);
}

function safely(call: () => void): void {
  try {
    call();
  } catch {
    // Nobody is left to tell.
  }
}
