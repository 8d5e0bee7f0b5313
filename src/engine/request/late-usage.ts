/**
 * Books the usage of a reply, such as a background response, that its provider had not finished when the request ended.
 */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { ReplyFacts } from '../../contracts/wire.ts';
import { storedText } from '../../core/ledger/names.ts';
import type { DecidedRecord, Intent } from '../../core/ledger/records.ts';
import { CHARS_PER_TOKEN, estimateUsage, inputTokens } from '../../core/ledger/usage.ts';
import type { Attempt, AttemptStatus } from '../../core/ledger/vocabulary.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';
import { attemptOf } from '../attempts/attempt.ts';
import type { Answer } from '../attempts/exchange.ts';
import { unstatedUsage } from '../attempts/unstated-usage.ts';
import { withoutZeroUsage } from '../attempts/zero-usage.ts';
import type { Engine } from '../engine.ts';
import { noteAnswer } from './returns.ts';
import { firstReplyOf } from './turns.ts';

/** A reply that the provider has finished. */
export interface FinishedReply {
  /** The provider's id of the reply. */
  readonly id: string;
  readonly status: AttemptStatus;
  readonly facts: ReplyFacts;
  /** Characters that the model has written, for the estimate when the provider reported no usage. */
  readonly chars: number;
}

type LateEngine = Pick<
  Engine,
  'afterReply' | 'book' | 'config' | 'owners' | 'sessions' | 'receipts' | 'runtime' | 'faulted' | 'tellUnpriced'
>;

/**
 * Replaces the attempt that waits for this reply by one with its usage. Does nothing for a reply that this or another
 * process has booked before, or that no intent waits for.
 */
export async function bookLateUsage(engine: LateEngine, reply: FinishedReply): Promise<void> {
  try {
    await replaceAwaited(engine, reply);
  } catch (error) {
    engine.faulted({ where: 'store', error });
  }
}

async function replaceAwaited(engine: LateEngine, reply: FinishedReply): Promise<void> {
  const { book, config, owners, receipts, runtime } = engine;
  const intentId = await owners.intentOf(reply.id);
  if (intentId === undefined) return;
  // Another process may have sent the request, so the code for sessions is loaded here, and the intent's session is
  // read.
  const session = (await book.get(intentId))?.decided.session;
  if (session !== undefined) await engine.sessions.ready(session);
  const key = storedText(reply.id);
  const isAwaited = (attempt: Attempt): boolean => isPending(attempt) && attempt.replyKeys?.includes(key) === true;
  let before: Attempt | undefined;
  let booked: Attempt | undefined;
  const intent = await book.append(intentId, intent => {
    const replaces = intent?.attempts.findIndex(isAwaited) ?? -1;
    before = intent?.attempts[replaces];
    booked = intent === undefined || before === undefined ? undefined : finished(engine, intent, before, reply);
    if (intent === undefined || booked === undefined) return [];
    const { feature } = intent.decided;
    return [{ kind: 'attempted', intentId, feature, atMs: runtime.nowMs(), attempt: booked, replaces }];
  });
  const late = booked;
  if (late === undefined || intent === undefined) return;
  const feature = config.features.get(intent.decided.feature);
  if (feature !== undefined) {
    noteAnswer(engine, feature, { decided: intent.decided, attempts: [late] });
    noteInSession(engine, feature, intent.decided, { late, requestChars: requestCharsOf(before) });
  }
  owners.keep(late.replyKeys ?? [], late.model);
  receipts.correct(reply.id, attempt => (isAwaited(attempt) ? late : attempt));
}

/** The conversation continues from this reply, as from any other. */
function noteInSession(
  { config, sessions }: LateEngine,
  { sessionCosts }: ResolvedFeature,
  decided: DecidedRecord,
  { late, requestChars }: { readonly late: Attempt; readonly requestChars: number },
): void {
  const model = config.models.get(late.model);
  if (model === undefined || decided.session === undefined || sessionCosts === false) return;
  sessions.book?.attempted(decided, late, { model, requestChars, isLate: true });
}

/** The input estimate of the waiting attempt gives the request's length. */
function requestCharsOf(sent: Attempt | undefined): number {
  return CHARS_PER_TOKEN * inputTokens(sent?.usage ?? {});
}

/** The attempt with its reply; `undefined` for a model that is no longer configured, whose price is not known here. */
function finished(
  { config, runtime, sessions, tellUnpriced }: LateEngine,
  { id: intentId, decided, attempts }: Intent,
  attempt: Attempt,
  reply: FinishedReply,
): Attempt | undefined {
  const model = config.models.get(attempt.model);
  if (model === undefined) return undefined;
  const { kind, requestId, turn, node, startedAtMs, httpStatus, providerRequestId, firstByteMs } = attempt;
  const { status } = reply;
  // The application had no answer until it retrieved the reply.
  const latencyMs = Math.max(attempt.latencyMs, runtime.nowMs() - startedAtMs);
  const result = { status, httpStatus, providerRequestId, firstByteMs, answer: answerOf(attempt, reply) };
  const booked = attemptOf({ kind, requestId, turn, model, node, startedAtMs, latencyMs, result }, parts =>
    tellUnpriced(parts, { model: model.name, feature: decided.feature, intentId }),
  );
  if (decided.session !== undefined) {
    const first = firstReplyOf({ attempts });
    const firstUsage = first === attempt ? undefined : first?.usage;
    sessions.book?.addPrefix(decided, booked, { model, terms: result.answer ?? {}, firstUsage });
  }
  return booked;
}

/**
 * The billed usage: what the reply reports, even if it is only a part. A reply that failed or was cancelled is billed for
 * nothing else.
 */
function answerOf(sent: Attempt, { status, facts, chars }: FinishedReply): Answer | undefined {
  const { partialUsage, usage, region = sent.region, ...known } = facts;
  const requestChars = requestCharsOf(sent);
  if (usage !== undefined)
    return withoutZeroUsage({ ...known, region, usage, provenance: 'reported' }, { requestChars, replyChars: chars });
  if (status !== 'ok' && partialUsage === undefined) return undefined;
  const estimate = estimateUsage({ requestChars, replyChars: chars, partialUsage: partialUsage ?? sent.usage });
  const unpriced = [...(facts.unpriced ?? []), unstatedUsage(partialUsage)];
  return { ...known, region, usage: estimate, unpriced, provenance: 'estimated' };
}
