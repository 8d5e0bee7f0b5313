/** The contract of one exchange with one model: an HTTP call, or one call of a `run` function. */
import type { AttemptStatus } from '../../core/ledger/vocabulary.ts';
import type { Provenance, Usage } from '../../core/ledger/usage.ts';
import type { ReplyError, ReplyFacts } from '../../contracts/wire.ts';
import type { ResolvedModel } from '../../config/resolved.ts';
import type { RouterError } from '../../errors.ts';

/** What the engine knows about a reply. */
export interface Answer extends Omit<ReplyFacts, 'usage' | 'partialUsage'> {
  readonly usage: Usage;
  readonly provenance: Provenance;
  /** The request itself names the model of the reply as a fallback. */
  readonly isRequestedFallback?: boolean;
  /** Set when the application knows the cost itself (`router.run`). */
  readonly costNanoUsd?: number;
  /**
   * The rule that the reply breaks in the schema that its request demands, where no vendor enforces that rule:
   * `properties.age.minimum`.
   */
  readonly violation?: string;
  /** The value that a schema checks, where it is not the text parsed as JSON. */
  readonly value?: unknown;
}

/** A reply that is still arriving when the caller gets it. */
export interface ActiveStream {
  /** Calls the listener once, when the stream has ended, broken off or been cancelled; immediately if it already has. */
  onEnd(listener: (end: StreamEnd) => void): void;
  /** Records the stream as ended now. Call it at shutdown, when no later event can arrive. */
  abandon(): void;
}

export type StreamEnd =
  | { readonly status: 'ok'; readonly answer: Answer }
  | {
      readonly status: Exclude<AttemptStatus, 'ok'>;
      /** Absent where nothing of the stream is billed. */
      readonly answer?: Answer | undefined;
      readonly refusal?: ReplyError | undefined;
      readonly unreadable?: RouterError;
    };

interface ExchangeFacts {
  readonly httpStatus?: number | undefined;
  readonly providerRequestId?: string | undefined;
  readonly firstByteMs?: number | undefined;
}

/** A reply that has arrived in full. `reply` is what the caller gets (a Response, a value). */
export interface CompletedExchange<Reply> extends ExchangeFacts {
  readonly status: 'ok';
  readonly reply: Reply;
  readonly answer: Answer;
}

/** A reply whose stream the caller reads. */
export interface StreamedExchange<Reply> extends ExchangeFacts {
  readonly status: 'ok';
  readonly reply: Reply;
  readonly stream: ActiveStream;
}

export interface FailedExchange<Reply> extends ExchangeFacts {
  readonly status: Exclude<AttemptStatus, 'ok'>;
  /** The provider's own error reply, where there is one. */
  readonly reply?: Reply;
  /** What the provider's error says, in whatever form it came. */
  readonly refusal?: ReplyError | undefined;
  /** The error that the call rejects with, where there is no error reply. */
  readonly error?: unknown;
  /**
   * The usage that the provider may bill although the exchange failed: of a reply that broke off, or of a request
   * without an answer.
   */
  readonly answer?: Answer | undefined;
  readonly retryAfterMs?: number | undefined;
  /** The provider asks not to send the request again (`x-should-retry: false`). Another model may still be asked. */
  readonly noRetry?: boolean;
  /** The body is not a reply of the model's API (a proxy's page, for example). Observers are told. */
  readonly unreadable?: RouterError;
  /** The model refused a parameter that later requests leave out: the same request is worth sending again at once. */
  readonly isRewritten?: boolean;
  /** Cancels a response body that will not be read, so that the connection is freed. */
  readonly discard?: () => void;
  /** Calls the listener once, when the rest of the reply's body was read, broke off or was cancelled. Absent where nothing is left to read. */
  readonly onBodyEnd?: (listener: () => void) => void;
}

/** How one exchange ended. */
export type Exchanged<Reply> = CompletedExchange<Reply> | StreamedExchange<Reply> | FailedExchange<Reply>;

/** Performs one exchange. Never rejects: an error is returned as a result. */
export type Exchange<Reply> = (model: ResolvedModel, signal: AbortSignal | undefined) => Promise<Exchanged<Reply>>;
