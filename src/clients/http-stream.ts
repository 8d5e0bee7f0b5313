/** A streamed reply: the caller gets it as it arrives, and one attempt is recorded when it ends, however it ends. */
import type { StreamReader } from '../contracts/wire.ts';
import type { ActiveStream, Exchanged, StreamEnd } from '../engine/attempts/exchange.ts';
import type { SentRequest } from './http-request.ts';
import { faultStatus, requestIdOf } from './http-request.ts';
import { observedStream } from './observed-stream.ts';
import { answerOf, estimatedAnswer } from './reply-answer.ts';
import { withStream } from './reply-response.ts';

/** Resolves with the first chunk; when the request asks to hold streams, at the end of the stream. */
export async function streamedReply(
  sent: SentRequest,
  response: Response,
  reader: StreamReader,
): Promise<Exchanged<Response>> {
  const { request, signal } = sent;
  const httpStatus = response.status;
  const providerRequestId = requestIdOf(response);
  const source = (response.body as ReadableStream<Uint8Array>).getReader();
  const listeners: ((end: StreamEnd) => void)[] = [];
  let end: StreamEnd | undefined;
  const ended = (): StreamEnd | undefined => end;
  const finish = (status: StreamEnd['status']): void => {
    if (end !== undefined) return;
    signal?.removeEventListener('abort', stopped);
    // After the provider's own last event, the reply is complete: what happens to the connection does not matter.
    end = { status: reader.done ? 'ok' : status, answer: answerOf(sent, reader.facts(), reader.chars) };
    for (const listener of listeners) listener(end);
  };
  const failed = (error: unknown): void => {
    const status = faultStatus(sent, error);
    finish(status === 'connection' ? 'broken' : status);
  };
  const listener = {
    observe: (chunk: Uint8Array) => reader.push(chunk),
    ended: () => finish('broken'),
    failed,
    cancelled: () => finish('aborted'),
  };
  const stopped = (): void => finish(request.init.signal?.aborted === true ? 'aborted' : 'timeout');
  signal?.addEventListener('abort', stopped);
  let first: Awaited<ReturnType<typeof source.read>>;
  try {
    first = await source.read();
  } catch (error) {
    failed(error);
    const { status, answer } = ended() as StreamEnd;
    return { status: status === 'ok' ? 'broken' : status, httpStatus, providerRequestId, error, answer };
  }
  const stream = observedStream(first, source, listener);
  if (request.hold) {
    const held = await heldStream(sent, response, stream, ended);
    return { ...held, httpStatus, providerRequestId };
  }
  const active: ActiveStream = {
    onEnd(report) {
      if (end === undefined) listeners.push(report);
      else report(end);
    },
    abandon: () => finish('aborted'),
  };
  unread.register(stream, active);
  return { status: 'ok', httpStatus, providerRequestId, reply: withStream(response, stream), stream: active };
}

/** An abandoned stream is charged when it is garbage-collected. */
const unread = new FinalizationRegistry<ActiveStream>(stream => stream.abandon());

/** Reads a stream to its end. The caller then gets the chunks as they came. */
async function heldStream(
  sent: SentRequest,
  response: Response,
  stream: ReadableStream<Uint8Array>,
  ended: () => StreamEnd | undefined,
): Promise<Exchanged<Response>> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    const { status, answer } = ended() ?? { status: 'broken', answer: estimatedAnswer(sent, 0) };
    return { status: status === 'ok' ? 'broken' : status, error, answer };
  }
  const reply = withStream(response, ReadableStream.from<Uint8Array>(chunks));
  const { status, answer } = ended() as StreamEnd;
  return status === 'ok' ? { status, reply, answer } : { status, reply, answer };
}
