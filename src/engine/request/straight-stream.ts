/**
 * A stream on the fast path: its intent and its attempt are recorded together when it has ended well. After any other end, and
 * where another caller has asked for the intent meanwhile, they are recorded the general way.
 */
import { isPending } from '../../core/ledger/vocabulary.ts';
import type { StreamedExchange, StreamEnd } from '../attempts/exchange.ts';
import type { Engine } from '../engine.ts';
import type { ReceiptDraft } from '../state/receipts.ts';
import { recordAnswered } from './answered-at-once.ts';
import { Availability } from './availability.ts';
import { decideAndStore } from './decide.ts';
import type { GivenVerdict } from './reply-verdict.ts';
import { isAccepted, noSignal, verdictOnReply } from './reply-verdict.ts';
import { RequestLog } from './request-log.ts';
import type { BegunRequest, RoutedRequest } from './routed-request.ts';
import { recordStreamEnd } from './stream-end.ts';

/**
 * A request whose caller reads its stream. It must not refer to the reply: a dropped stream is noticed by its garbage
 * collection.
 */
export interface OpenStream extends Pick<StreamedExchange<unknown>, 'stream' | 'httpStatus' | 'providerRequestId'> {
  readonly request: RoutedRequest;
  readonly begun: Pick<BegunRequest, 'decided' | 'model' | 'route'>;
  readonly startedAtMs: number;
  readonly startedMs: number;
  readonly firstByteMs: number;
  readonly receipt: ReceiptDraft;
}

/** Requires that the intent is already open in the book. */
export function recordStraightAtEnd(engine: Engine, open: OpenStream): void {
  const { activeStreams } = engine;
  const { stream } = open;
  activeStreams.add(stream);
  stream.onEnd(end => {
    activeStreams.delete(stream);
    const verdict = end.status === 'ok' ? verdictOn(engine, open, end.answer) : undefined;
    if (!recordAtOnce(engine, open, end, verdict)) recordFully(engine, open, end, verdict);
  });
}

function verdictOn(
  engine: Engine,
  { request, begun: { model, route } }: OpenStream,
  answer: Parameters<typeof verdictOnReply>[2]['answer'],
): GivenVerdict {
  return verdictOnReply(engine, request, { answer, model, node: route.start, signal: noSignal });
}

/** False where nothing was recorded. */
function recordAtOnce(engine: Engine, open: OpenStream, end: StreamEnd, verdict: GivenVerdict): boolean {
  const { breaker, receipts, runtime } = engine;
  // Reports the model's answer to a circuit that had faults recently.
  if (end.status !== 'ok' || isPending(end.answer) || breaker.anyFaults() || !isAccepted(verdict)) return false;
  const { request, begun, startedAtMs, startedMs, receipt, httpStatus, providerRequestId, firstByteMs } = open;
  const { status, answer } = end;
  const result = { httpStatus, providerRequestId, status, answer, firstByteMs };
  const latencyMs = runtime.elapsedMs() - startedMs;
  const answered = recordAnswered(engine, { request, begun, isOpen: true, startedAtMs, latencyMs, result, verdict });
  if (answered === undefined) return false;
  receipt.attempts = [answered.attempt];
  if (answer.id !== undefined) receipts.keep(undefined, answer.id, receipt);
  return true;
}

function recordFully(engine: Engine, open: OpenStream, end: StreamEnd, verdict: GivenVerdict): void {
  const { book } = engine;
  const { request, begun, receipt, ...sent } = open;
  const { model, route } = begun;
  const { feature, intentId, isNamed, requirements } = request;
  book.hold(intentId, isNamed);
  const intent = book.peek(intentId) ?? decideAndStore(engine, { ...request, begun });
  const availability = new Availability(engine, { feature: feature.config.name, intentId }, requirements.client);
  recordStreamEnd(
    engine,
    {
      ...sent,
      attempt: { kind: 'first', model, node: route.start, startedAtMs: open.startedAtMs },
      intentId,
      receipt,
      log: new RequestLog(engine, { intent, receipt }, { ...request, begun }),
      observation: undefined,
      verdictOn: () => verdict,
      ended(given) {
        availability.ended(model, { ...given, httpStatus: open.httpStatus });
        availability.tellUnreadable(given);
      },
    },
    end,
  );
}
