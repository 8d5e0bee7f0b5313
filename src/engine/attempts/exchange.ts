/** The contract of one exchange with one model: an HTTP call, or one call of a `run` function. */
import type { AttemptStatus } from '../../core/ledger/vocabulary.ts';
import type { Provenance, ServiceTier, Usage } from '../../core/ledger/usage.ts';
import type { Finish } from '../../contracts/wire.ts';
import type { ResolvedModel } from '../../config/resolved.ts';

/** What the engine knows of a complete reply. */
export interface Answer {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly usage: Usage;
  readonly provenance: Provenance;
  readonly tier?: ServiceTier | undefined;
  /** Set when the application knows the cost itself (`router.run`). */
  readonly costNanoUsd?: number;
  readonly finish: Finish;
  readonly text: string;
  /** What a schema checks when it is not the text's JSON. */
  readonly value?: unknown;
  readonly hasToolCalls: boolean;
}

/** A reply that is still arriving when the caller gets it. */
export interface OpenStream {
  /** Every listener is called once, when the stream ended, broke off or was cancelled; at once when it has. */
  onEnd(listener: (end: StreamEnd) => void): void;
  /** Ends the account of it here, whatever becomes of the stream: nobody will be there to see its end. */
  abandon(): void;
}

export interface StreamEnd {
  readonly status: Extract<AttemptStatus, 'ok' | 'broken' | 'aborted' | 'timeout'>;
  readonly answer: Answer;
}

/** How one exchange ended. `reply` is what the caller may get back (a Response, a value). */
export type Exchanged<Reply> = {
  readonly httpStatus?: number | undefined;
  readonly providerRequestId?: string | undefined;
  readonly firstByteMs?: number | undefined;
} & (
  | { readonly status: 'ok'; readonly reply: Reply; readonly answer: Answer }
  | { readonly status: 'ok'; readonly reply: Reply; readonly stream: OpenStream }
  | {
      readonly status: Exclude<AttemptStatus, 'ok'>;
      /** The provider's own error reply, where there is one. */
      readonly reply?: Reply;
      /** What to throw where there is none. */
      readonly error?: unknown;
      /** What was spent all the same (a reply that broke off). */
      readonly answer?: Answer;
      readonly retryAfterMs?: number | undefined;
      /** The request was refused as it was written, and is written otherwise from now on: worth sending again at once. */
      readonly isRewritten?: boolean;
      /** Lets go of a reply that nobody will read. */
      readonly discard?: () => void;
    }
);

/** Performs one exchange. Never rejects: a fault is a result. */
export type Exchange<Reply> = (model: ResolvedModel, signal: AbortSignal | undefined) => Promise<Exchanged<Reply>>;

/** Faults of availability, worth asking again. */
export function isRetryable(status: AttemptStatus): boolean {
  return status === 'provider-fault' || status === 'connection' || status === 'timeout' || status === 'broken';
}
