/** The contract of an observer: told what happened, never asked, never able to break a request. */
import type { PlanEstimate } from '../core/report/estimate.ts';
import type {
  AttemptedRecord,
  CorrectedRecord,
  DecidedRecord,
  Intent,
  LabelledRecord,
} from '../core/ledger/records.ts';
import type { Attempt } from '../core/ledger/vocabulary.ts';

/** A fault of the router's own parts that did not reach the caller. */
export interface Fault {
  readonly where: 'store' | 'observer' | 'price' | 'validator' | 'judge' | 'policy' | 'wire';
  readonly feature?: string;
  readonly intentId?: string;
  readonly error: unknown;
}

/** A client call, or a call of `router.run`, as it begins. */
export interface RequestStart {
  readonly feature: string;
  readonly intentId: string;
  readonly requestId: string;
  readonly session?: string;
  readonly startedAtMs: number;
  /** The provider of a configured model. */
  readonly providerOf: (model: string) => string | undefined;
}

/** The same call when the caller has its reply, or, for a stream, when the stream is over. */
export interface RequestEnd {
  readonly endedAtMs: number;
  readonly decided: DecidedRecord;
  /** The call's own attempts, in order. */
  readonly attempts: readonly Attempt[];
  /** Configured name of the model whose reply went to the caller; absent when none did. */
  readonly answeredBy?: string;
  /** What the caller got instead of a reply. */
  readonly error?: unknown;
}

/** An observer's view of one request. */
export interface ObservedRequest {
  /**
   * Runs the call inside the observer's own context (an active span) and returns what it returned. Calls `call` exactly
   * once, at once, and lets its errors through.
   */
  within?<T>(call: () => T): T;
  ended(end: RequestEnd): void;
}

/** What an observer may read of a running router, at any time. */
export interface RouterView {
  readonly features: readonly string[];
  /** The present estimate of every plan of a feature, from memory. */
  readonly estimates: (feature: string) => readonly PlanEstimate[];
}

/**
 * Every method may be left out. None is awaited (but `close`), and what one throws is a {@link Fault}, not an error of
 * the caller. Records are told once they are in the ledger.
 */
export interface Observer {
  readonly name: string;
  /** Once, when the router is created. */
  started?(router: RouterView): void;
  requesting?(start: RequestStart): ObservedRequest | undefined;
  decided?(record: DecidedRecord): void;
  attempted?(record: AttemptedRecord, intent: Intent): void;
  /** An intent's first evidence (`labelled`), and every later one (`corrected`). */
  labelled?(record: LabelledRecord | CorrectedRecord, intent: Intent): void;
  faulted?(fault: Fault): void;
  close?(): Promise<void>;
}
