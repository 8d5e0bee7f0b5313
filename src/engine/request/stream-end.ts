/** The end of a streamed reply, which its caller has had since the first byte: verdict, ledger, receipt, observers. */
import type { Verdict } from '../../core/ledger/vocabulary.ts';
import type { EndedExchange } from '../attempts/attempt.ts';
import type { Answer, StreamedExchange, StreamEnd } from '../attempts/exchange.ts';
import type { Engine } from '../engine.ts';
import type { ReceiptDraft } from '../state/receipts.ts';
import type { CallObservation } from './observation.ts';
import type { RequestLog } from './request-log.ts';

export interface StreamedAttempt {
  readonly attempt: Pick<EndedExchange, 'kind' | 'model' | 'node' | 'startedAtMs'>;
  readonly firstByteMs: number;
  readonly intentId: string;
  readonly receipt: ReceiptDraft;
  readonly log: RequestLog;
  readonly observation: CallObservation | undefined;
  readonly verdictOn: (answer: Answer) => Verdict | Promise<Verdict> | undefined;
  /** Called at the end, before anything is recorded. */
  readonly ended: (end: StreamEnd) => void;
}

/** Records the attempt when the stream has ended, broken off or been cancelled, and releases the intent then. */
export function recordAtStreamEnd(
  engine: Pick<Engine, 'runtime' | 'receipts' | 'activeStreams' | 'afterReply' | 'book'>,
  { stream, httpStatus, providerRequestId }: StreamedExchange<unknown>,
  { attempt, firstByteMs, intentId, receipt, log, observation, verdictOn, ended }: StreamedAttempt,
): void {
  const { activeStreams, afterReply, book, receipts, runtime } = engine;
  const startedMs = runtime.elapsedMs() - firstByteMs;

  async function record(end: StreamEnd): Promise<void> {
    const { status, answer } = end;
    const latencyMs = runtime.elapsedMs() - startedMs;
    const given = end.status === 'ok' ? verdictOn(end.answer) : undefined;
    // Without a validator to wait for, the receipt is complete when the caller learns of the end.
    const verdict = given instanceof Promise ? await given : given;
    // The reply itself is left out: a dropped stream is noticed by its garbage collection, so nothing may refer to it.
    const result = { httpStatus, providerRequestId, status, answer, firstByteMs };
    log.record({ ...attempt, latencyMs, result }, verdict);
    if (answer?.id !== undefined) receipts.keep(undefined, answer.id, receipt);
    log.commit();
    observation?.ended({ status });
  }

  activeStreams.add(stream);
  stream.onEnd(end => {
    activeStreams.delete(stream);
    ended(end);
    afterReply(
      record(end).finally(() => book.release(intentId)),
      intentId,
    );
  });
}
