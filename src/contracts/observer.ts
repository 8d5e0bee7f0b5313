/** The contract of an observer: it receives events, and cannot change or fail a request. */
import type { PlanEstimate } from '../core/report/estimate.ts';
import type {
  AttemptedRecord,
  CorrectedRecord,
  DecidedRecord,
  Intent,
  LabelledRecord,
} from '../core/ledger/records.ts';
import type { Attempt } from '../core/ledger/vocabulary.ts';

/** A fault of one of the router's own parts: the request went on without it. `provider`: see {@link Fault.where}. */
export interface Fault {
  /**
   * `provider`: an account or a model was refused. Reported once until it answers again: a person has to act. `outcome`: no outcome
   * of a feature's first hundred intents is recorded.
   */
  readonly where: 'store' | 'observer' | 'price' | 'validator' | 'judge' | 'policy' | 'wire' | 'provider' | 'outcome';
  readonly feature?: string;
  readonly intentId?: string;
  /** The error that was thrown. One of a `validator`, `judge` or `wire` may quote prompts, replies or keys. */
  readonly error: unknown;
}

/** A client call, or a call of `router.run`, as it begins. */
export interface RequestStart {
  readonly feature: string;
  readonly intentId: string;
  readonly requestId: string;
  readonly session?: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** The provider of a configured model (`openai`); `undefined` for a name that is not configured. */
  readonly providerOf: (model: string) => string | undefined;
}

/** The same call when the caller has its reply or, for a stream, when the stream has ended. */
export interface RequestEnd {
  /** Milliseconds since the epoch. */
  readonly endedAtMs: number;
  readonly decided: DecidedRecord;
  /** The attempts of this call, in order. */
  readonly attempts: readonly Attempt[];
  /** Configured name of the model whose reply went to the caller; absent when none did. */
  readonly answeredBy?: string;
  /** The error with which the call was rejected. */
  readonly error?: unknown;
}

/** An observer's view of one request. */
export interface ObservedRequest {
  /**
   * Runs the call inside the observer's own context (an active span) and returns what it returns. Must call `call` exactly
   * once, synchronously, and let its errors through; the router guards against an observer that does not.
   */
  within?<T>(call: () => T): T;
  /** Called once, when the request has ended. */
  ended(end: RequestEnd): void;
}

/** What an observer may read of a running router, at any time. */
export interface RouterView {
  /** Names of all features. */
  readonly features: readonly string[];
  /** The current estimate of every plan of a feature, from memory. */
  readonly estimates: (feature: string) => readonly PlanEstimate[];
}

/**
 * Receives what happens in a router. Every method is optional, and only `close` is awaited. An exception or rejection is
 * reported as a {@link Fault} and never reaches the caller.
 *
 * A record is reported once: after it was written to the ledger, or when it is kept for a ledger that cannot be written now,
 * with the intent as it is then.
 *
 * @example
 * ```ts
 * const spending: Observer = {
 *   name: 'spending',
 *   attempted: ({ feature, attempt }) => console.log(feature, attempt.model, attempt.costNanoUsd / 1e9),
 *   faulted: ({ where, error }) => console.error(where, error),
 * };
 * ```
 */
export interface Observer {
  readonly name: string;
  /** Called once, when the router is created. */
  started?(router: RouterView): void;
  /** Called when a request begins. Return `undefined` to ignore the request. */
  requesting?(start: RequestStart): ObservedRequest | undefined;
  /** A plan was decided for a new intent. */
  decided?(record: DecidedRecord): void;
  /** An exchange with a model ended, or (`record.replaces`) a background response of one was retrieved with its usage. */
  attempted?(record: AttemptedRecord, intent: Intent): void;
  /** An intent's first evidence was recorded (`labelled`), or later evidence (`corrected`). */
  labelled?(record: LabelledRecord | CorrectedRecord, intent: Intent): void;
  /** A part of the router failed. */
  faulted?(fault: Fault): void;
  /** Called when the router closes, after the store was closed. */
  close?(): Promise<void>;
}
