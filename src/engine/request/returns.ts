/** A user who comes back within the feature's time is evidence about the session's last answer by this feature. */
import type { DecidedRecord, Intent } from '../../core/ledger/records.ts';
import { storedText } from '../../core/ledger/names.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { Engine } from '../engine.ts';
import type { LastAnswers } from '../state/last-answers.ts';
import { answerEndMs } from '../state/silence.ts';
import { recordEvidence } from './outcomes.ts';

type AnswersEngine = Pick<Engine, 'afterReply' | 'faulted' | 'sessions'>;
type ReturnsFeature = Pick<ResolvedFeature, 'returns'>;

/**
 * Call when an intent's request begins. The first request of an intent is evidence about the intent before, recorded in the
 * background.
 */
export function noteReturn(
  engine: AnswersEngine & Pick<Engine, 'book' | 'runtime'>,
  { returns }: ReturnsFeature,
  { id: newIntentId, decided, attempts }: Intent,
): void {
  const { session, feature } = decided;
  if (returns === undefined || session === undefined || attempts.length > 0) return;
  const nowMs = engine.runtime.nowMs();
  withAnswers(engine, newIntentId, async answers => {
    const last = await answers.last({ session, feature });
    // A user who asks again before the reply has ended has not come back because of that reply.
    if (last === undefined || last.intentId === newIntentId || nowMs < last.atMs) return;
    if (nowMs - last.atMs > returns.withinMs) return;
    // One new intent counts once, even if several of its requests begin together, or after a withdrawal.
    const key = storedText(`return:${newIntentId}`);
    await recordEvidence(engine, { feature, intentId: last.intentId }, { source: 'return', success: false, key });
  });
}

/** Call with the attempts of a request that has ended. */
export function noteAnswer(
  engine: AnswersEngine,
  { returns }: ReturnsFeature,
  { decided, attempts }: { readonly decided: DecidedRecord; readonly attempts: readonly Attempt[] },
): void {
  const { session, feature, intentId } = decided;
  if (returns === undefined || session === undefined) return;
  const endMs = answerEndMs(attempts);
  if (endMs === undefined) return;
  const answer = { intentId, atMs: Math.floor(endMs) };
  withAnswers(engine, intentId, async answers => answers.keep({ session, feature }, answer));
}

/** Runs work in the background: no call waits for it, and none fails because of it. */
function withAnswers(
  { afterReply, faulted, sessions }: AnswersEngine,
  intentId: string,
  work: (answers: LastAnswers) => Promise<void>,
): void {
  async function start(): Promise<void> {
    await sessions.ready();
    if (sessions.book !== undefined) await work(sessions.book.answers);
  }
  afterReply(start().catch((error: unknown) => faulted({ where: 'store', intentId, error })));
}
