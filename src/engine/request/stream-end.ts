/** The end of a streamed reply, which its caller has had since the first byte: verdict, ledger, receipt, observers. */
import type { Verdict } from '../../core/ledger/vocabulary.ts';
import type { EndedExchange } from '../attempts/attempt.ts';
import type { ActiveStream, Answer, StreamedExchange, StreamEnd } from '../attempts/exchange.ts';
import type { Engine } from '../engine.ts';
import type { ReceiptDraft } from '../state/receipts.ts';
import type { CallObservation } from './observation.ts';
import type { RequestLog } from './request-log.ts';

export interface StreamedAttempt extends Pick<StreamedExchange<unknown>, 'httpStatus' | 'providerRequestId'> {
  readonly attempt: Pick<EndedExchange, 'kind' | 'model' | 'node' | 'startedAtMs'>;
  /** When the request was sent, on the monotonic clock. */
  readonly startedMs: number;
  readonly firstByteMs: number;
  readonly intentId: string;
  readonly receipt: ReceiptDraft;
  readonly log: RequestLog;
  readonly observation: CallObservation | undefined;
  readonly verdictOn: (answer: Answer) => Verdict | Promise<Verdict> | undefined;
  /** Called at the end, before anything is recorded. */
  readonly ended: (end: StreamEnd) => void;
}

type EndEngine = Pick<Engine, 'runtime' | 'receipts' | 'afterReply' | 'book'>;

/** Records the attempt when the stream has ended, broken off or been cancelled, and releases the intent then. */
export function recordAtStreamEnd(
  engine: EndEngine & Pick<Engine, 'activeStreams'>,
  stream: ActiveStream,
  attempt: StreamedAttempt,
): void {
  const { activeStreams } = engine;
  activeStreams.add(stream);
  stream.onEnd(end => {
    activeStreams.delete(stream);
    recordStreamEnd(engine, attempt, end);
  });
}

/** Call when the stream has ended: its intent, which is held, is released when the attempt is recorded. */
export function recordStreamEnd(
  { afterReply, book, receipts, runtime }: EndEngine,
  streamed: StreamedAttempt,
  end: StreamEnd,
): void {
  const { attempt, startedMs, firstByteMs, httpStatus, providerRequestId, intentId, receipt, log } = streamed;

  async function record(): Promise<void> {
    const { status, answer } = end;
    const latencyMs = runtime.elapsedMs() - startedMs;
    const given = end.status === 'ok' ? streamed.verdictOn(end.answer) : undefined;
    // Without a validator to wait for, the receipt is complete when the caller learns of the end.
    const verdict = given instanceof Promise ? await given : given;
    // The reply itself is left out: a dropped stream is noticed by its garbage collection, so nothing may refer to it.
    const result = { httpStatus, providerRequestId, status, answer, firstByteMs };
    log.record({ ...attempt, latencyMs, result }, verdict);
    if (answer?.id !== undefined) receipts.keep(undefined, answer.id, receipt);
    log.commit();
    streamed.observation?.ended({ status });
  }

  streamed.ended(end);
  afterReply(
    record().finally(() => book.release(intentId)),
    intentId,
  );
}
