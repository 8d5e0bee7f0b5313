/** Records the spend of one request: on its receipt at once, in the ledger when the request commits. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { RequestFacts } from '../../contracts/wire.ts';
import type { DecidedRecord, Intent } from '../../core/ledger/records.ts';
import type { Attempt, Verdict } from '../../core/ledger/vocabulary.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';
import type { EndedExchange } from '../attempts/attempt.ts';
import { attemptOf } from '../attempts/attempt.ts';
import type { NewAttempt } from '../attempts/attempt-cost.ts';
import type { Engine } from '../engine.ts';
import type { MakeRecords } from '../state/pending-records.ts';
import type { ReceiptDraft } from '../state/receipts.ts';
import { withdrawal } from './outcomes.ts';
import { noteAnswer } from './returns.ts';
import { firstReplyOf, turnOf } from './turns.ts';

/** What a request's log needs of the engine. */
export type LogEngine = Pick<
  Engine,
  'afterReply' | 'book' | 'faulted' | 'runtime' | 'owners' | 'sessions' | 'tellUnpriced'
>;

const NOTHING: readonly never[] = [];

interface ChargedRequest {
  readonly feature: { readonly config: Pick<ResolvedFeature, 'returns' | 'silence' | 'sessionCosts'> };
  readonly judge?: unknown;
  readonly facts?: Pick<RequestFacts, 'chars'>;
  readonly begun?: unknown;
  readonly promptChars?: number | undefined;
}

export class RequestLog {
  readonly #engine: LogEngine;
  readonly #intent: Intent;
  readonly #receipt: ReceiptDraft;
  readonly #request: ChargedRequest;
  /** Number of the request within its intent. */
  readonly turn: number;
  #uncommitted: readonly NewAttempt[] = NOTHING;

  constructor(
    engine: LogEngine,
    { intent, receipt }: { readonly intent: Intent; readonly receipt: ReceiptDraft },
    request: ChargedRequest,
  ) {
    this.#engine = engine;
    this.#intent = intent;
    this.#receipt = receipt;
    this.#request = request;
    // A request that began on the fast path was its intent's first, even if more was recorded since.
    this.turn = request.begun === undefined ? turnOf(intent) : 1;
  }

  /** Prices an exchange that has ended and records it as an attempt. */
  record(ended: Omit<EndedExchange, 'requestId' | 'turn'>, verdict?: Verdict): void {
    const { kind, model, node, startedAtMs, latencyMs, result } = ended;
    const { requestId, feature, intentId } = this.#receipt;
    const { decided } = this.#intent;
    const attempt = attemptOf(
      { kind, requestId, turn: this.turn, model, node, startedAtMs, latencyMs, result },
      parts => this.#engine.tellUnpriced(parts, { model: model.name, feature, intentId }),
    );
    if (verdict !== undefined) attempt.verdict = verdict;
    const { book } = this.#engine.sessions;
    if (this.#request.feature.config.sessionCosts !== false && decided.session !== undefined && book !== undefined) {
      const firstUsage = firstReplyOf(this.#intent)?.usage;
      book.addPrefix(decided, attempt, { model, terms: result.answer ?? {}, firstUsage });
      book.attempted(decided, attempt, {
        model,
        requestChars: this.#request.facts?.chars ?? this.#request.promptChars,
      });
    }
    const { id, keys = NOTHING } = result.answer ?? {};
    if (id !== undefined) this.#engine.owners.keep([id, ...keys], model.name);
    if (isPending(attempt)) this.#engine.owners.await(keys, intentId);
    this.#uncommitted = appended(this.#uncommitted, attempt);
    this.#receipt.attempts = appended(this.#receipt.attempts, attempt);
  }

  /** Adds the verdict on the reply of the attempt that was recorded last. */
  recordVerdict(verdict: Verdict): void {
    const attempt = this.#uncommitted.at(-1);
    if (attempt !== undefined) attempt.verdict = verdict;
  }

  /** Adds the recorded attempts to the ledger. The caller does not wait until they are stored. */
  commit(): void {
    const attempts = this.#uncommitted;
    if (attempts.length === 0) return;
    this.#uncommitted = NOTHING;
    const { feature, judge } = this.#request;
    const { book, runtime } = this.#engine;
    // Withdraws an outcome that another process recorded as silence before it knew of this request. A judge's own call is
    // not a turn.
    const returning = judge === undefined ? feature.config : undefined;
    book.add(this.#intent.id, spendOf(this.#intent.decided, { attempts, atMs: runtime.nowMs(), returning }));
    noteAnswer(this.#engine, feature.config, { decided: this.#intent.decided, attempts });
  }
}

interface NewSpend {
  readonly attempts: readonly Attempt[];
  readonly atMs: number;
  /** The feature whose user has come back. */
  readonly returning: Pick<ResolvedFeature, 'silence' | 'sessionCosts'> | undefined;
}

/**
 * The records of attempts. The returned function is kept until its records are written, so it refers to nothing of the request:
 * the body, the reply and the signals can be collected as soon as the caller drops them.
 */
function spendOf(decided: DecidedRecord, { attempts, atMs, returning }: NewSpend): MakeRecords {
  const { intentId, feature } = decided;
  const records = attempts.map(
    attempt => ({ kind: 'attempted', intentId, revision: 0, feature, atMs, attempt }) as const,
  );
  return intent => {
    // The intent may have been pruned since the request began. Its decision is then recorded again: no spend may be lost.
    if (intent === undefined) return [{ ...decided }, ...records];
    const withdrawn = returning === undefined ? NOTHING : withdrawal(returning, intent, atMs);
    return withdrawn.length === 0 ? records : [...withdrawn, ...records];
  };
}

/** These lists nearly always have one item and live as long as a receipt; `push` would reserve room for 17. */
function appended<Item>(list: readonly Item[], item: Item): readonly Item[] {
  return list.length === 0 ? [item] : [...list, item];
}
