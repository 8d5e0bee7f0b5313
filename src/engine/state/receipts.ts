/** Receipts: the record of one request for its caller, found by its reply. */
import { toUsd } from '../../core/ledger/money.ts';
import type { Finding } from '../../translate/neutral/translator.ts';
import type { AnsweredIntent } from '../../core/ledger/answered-intent.ts';
import type { DecidedRecord } from '../../core/ledger/records.ts';
import type { Attempt, Plan } from '../../core/ledger/vocabulary.ts';
import { latestById } from './latest-by-id.ts';

/** What happened to one request. */
export interface Receipt {
  readonly feature: string;
  readonly intentId: string;
  readonly requestId: string;
  /** The session of the intent, if it has one: `router.sessionCost` returns its cost so far. */
  readonly session?: string;
  /** The plan decided for the intent, and the exact probability it had. */
  readonly plan: Plan;
  readonly propensity: number;
  readonly reason: string;
  /** Candidates of another API than the client's that could not serve the request, each with the reasons. Absent: none. */
  readonly ineligible?: Readonly<Record<string, readonly Finding[]>>;
  /**
   * The parts of the request that the router removed for each model, because its API has no field for them or its params
   * leave no room for them. Absent: none.
   */
  readonly dropped?: Readonly<Record<string, readonly Finding[]>>;
  /** Configured name of the model whose reply was returned; `undefined` while a stream is open or when none answered. */
  readonly model: string | undefined;
  /** Every exchange of the request, in order. A stream's last one is added when the stream ends. */
  readonly attempts: readonly Attempt[];
  /** What the request cost so far, USD. A judge's own calls are not included; the intent's total in the ledger has them. */
  readonly costUsd: number;
  /** True when the verdict rejected the reply and no candidate was left. */
  readonly rejected: boolean;
}

/** A receipt that still changes: `attempts` grows when a stream ends, and is replaced when a reply is retrieved. */
export interface ReceiptDraft extends Omit<Receipt, 'model' | 'costUsd' | 'rejected' | 'attempts'> {
  attempts: readonly Attempt[];
}

/** The data from which a receipt is made when it is read. */
type KeptReceipt = ReceiptDraft | AnsweredIntent;

export interface Receipts {
  keep(reply: object | undefined, replyId: string | undefined, receipt: KeptReceipt): void;
  /** Gives the receipt of `own` also to `reply`, which went to the caller in its place. */
  alias(reply: object, own: object): void;
  /** Replaces the attempts of a reply that have changed since. */
  correct(replyId: string, corrected: (attempt: Attempt) => Attempt): void;
  /** Finds a receipt by the reply object (a Response, a value of `run`), or by an object with the provider's reply id. */
  find(reply: unknown): Receipt | undefined;
  byReplyId(id: string): Receipt | undefined;
}

/** @param capacity receipts kept by the provider's reply id (default 10,000) */
export function receipts(capacity = 10_000): Receipts {
  const byObject = new WeakMap<object, KeptReceipt>();
  const byId = latestById<KeptReceipt>(capacity);
  const byReplyId = (id: string): Receipt | undefined => view(byId.get(id));
  return {
    keep(reply, replyId, receipt) {
      if (reply !== undefined) byObject.set(reply, receipt);
      if (replyId !== undefined) byId.set(replyId, receipt);
    },
    correct(replyId, corrected) {
      const receipt = byId.get(replyId);
      // An intent that was answered at once waits for no background response.
      if (receipt !== undefined && 'attempts' in receipt) receipt.attempts = receipt.attempts.map(corrected);
    },
    alias(reply, own) {
      const receipt = byObject.get(own);
      if (receipt !== undefined) byObject.set(reply, receipt);
    },
    find(reply) {
      if (typeof reply !== 'object' || reply === null) return undefined;
      const found = byObject.get(reply);
      if (found !== undefined) return view(found);
      return 'id' in reply && typeof reply.id === 'string' ? byReplyId(reply.id) : undefined;
    },
    byReplyId,
  };
}

const NONE: Readonly<Record<string, never>> = Object.freeze({});

/** The receipt of a request that has no attempt yet. */
export function newReceipt(
  { intentId, feature, session, decision }: DecidedRecord,
  requestId: string,
  translated?: Pick<Receipt, 'ineligible' | 'dropped'>,
): ReceiptDraft {
  const { plan, propensity, reason } = decision;
  const of = session === undefined ? {} : { session };
  return { feature, intentId, requestId, ...of, plan, propensity, reason, attempts: [], ...translated };
}

function receiptOf(kept: KeptReceipt): ReceiptDraft {
  if ('attempts' in kept) return kept;
  const { decided, attempt } = kept;
  return { ...newReceipt(decided, attempt.requestId), attempts: [attempt] };
}

function view(kept: KeptReceipt | undefined): Receipt | undefined {
  if (kept === undefined) return undefined;
  const receipt = receiptOf(kept);
  const { attempts } = receipt;
  const answered = attempts.findLast(attempt => attempt.status === 'ok');
  const costNanoUsd = attempts.reduce((total, attempt) => total + attempt.costNanoUsd, 0);
  const { ineligible = NONE, dropped = NONE, ...others } = receipt;
  return {
    ...others,
    ...(Object.keys(ineligible).length > 0 ? { ineligible } : {}),
    ...(Object.keys(dropped).length > 0 ? { dropped } : {}),
    model: answered?.model,
    costUsd: toUsd(costNanoUsd),
    rejected: answered?.verdict?.accepted === false,
  };
}
