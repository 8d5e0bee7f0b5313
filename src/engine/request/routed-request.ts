/** A request as a client hands it to the engine: the same shape for the routed `fetch` and for `router.run`. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { ModelBinding, RequestFacts } from '../../contracts/wire.ts';
import type { NanoUsd } from '../../core/ledger/money.ts';
import type { NodeKey, Verdict } from '../../core/ledger/vocabulary.ts';
import type { DecidedRecord } from '../../core/ledger/records.ts';
import type { Answer, Exchange } from '../attempts/exchange.ts';
import type { RequestRoute } from '../attempts/next.ts';
import type { Begun } from '../attempts/send.ts';
import type { Deadline } from '../attempts/time-limit.ts';
import type { RequestRequirements } from '../state/capable-models.ts';
import type { Receipt } from '../state/receipts.ts';
import type { FeatureState } from '../state/feature-state.ts';

/** What an application declares about an intent when it creates the handle. */
export interface IntentOptions {
  readonly session?: string;
  /** Cost of a failure of this intent; default: the feature's. */
  readonly failureCostNanoUsd?: NanoUsd;
  readonly segment?: string;
}

/** The first request of a new intent, which the fast path has begun. */
export interface BegunRequest<Reply = unknown> {
  readonly decided: DecidedRecord;
  readonly model: ResolvedModel;
  readonly route: RequestRoute;
  readonly deadline: Deadline | undefined;
  /** The request's first exchange. */
  readonly exchange: Begun<Reply>;
  /** The verdict on the answer of that exchange, if there is one. */
  readonly judged?: {
    readonly answer: Answer;
    readonly verdict: Verdict | Promise<Verdict> | undefined;
  };
}

export interface RoutedRequest<Reply = unknown> {
  readonly feature: FeatureState;
  readonly intentId: string;
  /** This process created the id and has not used it before, so the store cannot have the intent. */
  readonly isNew: boolean;
  /** The application has a handle of the intent and may send further requests; false where the id serves this call alone. */
  readonly isNamed: boolean;
  readonly options: IntentOptions;
  readonly requirements: RequestRequirements;
  /** Facts that the wire read from the body; absent for `router.run`. */
  readonly facts?: Pick<RequestFacts, 'chars' | 'turns' | 'capabilities'> & Partial<Pick<RequestFacts, 'stream'>>;
  /** Length of a prompt that no wire has read. */
  readonly promptChars?: number | undefined;
  /**
   * The request continues a reply that only the model which gave it can continue: no switch, no climb, no failover.
   * The engine adds the `model` where it, or the store, knows which one that was.
   */
  readonly boundTo?: (ModelBinding & { readonly model?: string | undefined }) | undefined;
  /**
   * What the receipt says about candidates that cannot take the request, and about fields that are removed for others.
   * It grows while the request runs.
   */
  readonly translated?: Pick<Receipt, 'ineligible' | 'dropped'> | undefined;
  /**
   * Whether the agent is stuck, as the application reported or the request shows. Takes the number of the intent's replies so far.
   * Called only where an alarm counts.
   */
  readonly isStuck?: ((replies: number) => boolean | Promise<boolean>) | undefined;
  /** The request comes after the intent's alarm: set by the engine. */
  readonly isAlarmed?: boolean;
  /** A judge's own call: charged to the intent at the node it judges, and never judged itself. */
  readonly judge?: { readonly model: string; readonly node: NodeKey } | undefined;
  readonly signal: AbortSignal | undefined;
  /** The client's own limits for this request, where it has them; otherwise the feature's apply. */
  readonly retries?: number | undefined;
  readonly attemptTimeoutMs?: number | undefined;
  readonly exchange: Exchange<Reply>;
  /** The part of the request that the fast path has done. */
  readonly begun?: BegunRequest<Reply> | undefined;
  /** The `model` slot of a judge's own call, charged to this intent at this node. */
  readonly judgeSlot: (model: string, node: NodeKey) => string;
}
