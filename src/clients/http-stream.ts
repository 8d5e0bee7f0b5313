/** A streamed reply: the caller gets it as it arrives, and one attempt is recorded when it ends, however it ends. */
import type { StreamReader } from '../contracts/wire.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import type { ActiveStream, Exchanged, StreamedExchange, StreamEnd } from '../engine/attempts/exchange.ts';
import type { BodySource, Chunk } from './body-source.ts';
import { bodySource, decoded } from './body-source.ts';
import { completeStream, plainReply } from './complete-reply.ts';
import type { HttpRequest, ReplyHead, SentRequest } from './http-request.ts';
import { brokenStatus, exchangeFacts, headOf } from './http-request.ts';
import { observedStream } from './observed-stream.ts';
import { estimatedAnswer, streamAnswer, writtenChars } from './reply-answer.ts';
import { streamFailure, unreadable } from './reply-failure.ts';
import { restOf, withStream } from './reply-response.ts';

/**
 * Resolves when the stream has reached the point at which the feature releases it. Until then an error in it is treated
 * like any other error: the same request can be sent again, or to another model.
 */
export async function streamedReply(
  sent: SentRequest,
  response: Response,
  reader: StreamReader,
): Promise<Exchanged<Response>> {
  const { hold, release } = sent.request;
  const source = bodySource(response.body);
  // Only here the content type has to be trusted, because nothing of the body has been read.
  if (release === 'headers' && !hold && isEventStream(response)) return released(sent, response, { source, reader });
  let isOver = true;
  try {
    isOver = await readBeginning(sent.request, source, reader);
  } catch (error) {
    // After the provider's own last event, the reply is complete: what happens to the connection does not matter.
    if (!reader.done) {
      const answer =
        reader.phase === 'waiting'
          ? estimatedAnswer(sent, { replyChars: writtenChars(decoded(source.held)) })
          : streamAnswer(sent, reader);
      const noRetry = isPending(answer);
      return { ...exchangeFacts(response), status: brokenStatus(sent, error), error, answer, noRetry };
    }
  }
  if (isOver && reader.phase === 'waiting' && reader.error === undefined)
    return plainReply(sent, response, decoded(source.held));
  const hasFailed = reader.error !== undefined || (isOver && !reader.done);
  if (!hold && !(hasFailed && reader.phase !== 'output')) return released(sent, response, { source, reader });
  const rest = restOf(response, source);
  const result = completeStream(sent, rest.reply, reader);
  return result.status === 'ok' ? result : { ...result, ...rest };
}

function isEventStream({ headers }: Response): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
}

/** Reads until the stream may be released, and keeps what it reads. Resolves to true when the stream has ended. */
async function readBeginning(request: HttpRequest, source: BodySource, reader: StreamReader): Promise<boolean> {
  const { hold, release, runtime } = request;
  const isFarEnough = (): boolean =>
    !hold && (release === 'output' ? reader.phase === 'output' || reader.done : reader.phase !== 'waiting');
  for (;;) {
    if (reader.error !== undefined) {
      await readBehindError(request, source, reader);
      return false;
    }
    let chunk: Chunk | undefined;
    if (!isFarEnough()) chunk = await source.read();
    // What has already arrived is read as well, so that the caller never sees an error right behind the first event.
    else if (reader.phase === 'begun')
      chunk = await source.arrived(new Promise(resolve => runtime.soon(() => resolve(undefined))));
    if (chunk === undefined) return false;
    const seen = chunk.done ? reader.end() : reader.push(chunk.value);
    if (seen.length > 0) source.held.push(seen);
    if (chunk.done) return true;
  }
}

/** Longest time for which a stream is read on after it has reported an error. Most streams end there. */
const BEHIND_ERROR_MS = 250;

/**
 * Reads what follows an error before the caller gets the error: gateways report the usage after it, and a client stops
 * reading at the error.
 */
async function readBehindError({ runtime }: HttpRequest, source: BodySource, reader: StreamReader): Promise<void> {
  let stopTimer = (): void => {};
  const late = new Promise<undefined>(resolve => {
    stopTimer = runtime.after(BEHIND_ERROR_MS, () => resolve(undefined));
  });
  try {
    for (let chunk = await source.arrived(late); chunk?.done === false; chunk = await source.arrived(late))
      source.held.push(reader.push(chunk.value));
  } catch {
    // After the held chunks were passed on, the next read fails too.
  } finally {
    stopTimer();
  }
}

/** A stream that the caller may read from now on. */
function released(
  sent: SentRequest,
  response: Response,
  { source, reader }: { readonly source: BodySource; readonly reader: StreamReader },
): StreamedExchange<Response> {
  const { request, signal } = sent;
  // We keep only the head: nothing may refer to the response, because garbage collection shows us that a caller has dropped the stream.
  const head = headOf(response);
  const listeners: ((end: StreamEnd) => void)[] = [];
  const unended: Unended = { stream: undefined };
  let end: StreamEnd | undefined;
  let hasReadAhead = false;
  const finish = (status: Exclude<StreamEnd['status'], 'ok'>, failure?: StreamEnd): void => {
    if (end !== undefined) return;
    signal?.removeEventListener('abort', stopped);
    // The listener refers to the caller's signal, whose reason may refer to the stream: the stream would never be
    // collected.
    unread.unregister(unended);
    unended.stream = undefined;
    end = failure ?? endOf(sent, head, { reader, status });
    for (const listener of listeners) listener(end);
  };
  const stopped = (): void => finish(request.init.signal?.aborted === true ? 'aborted' : 'timeout');
  signal?.addEventListener('abort', stopped);
  const stream = observedStream(source, {
    observe: chunk => reader.push(chunk),
    passesAll: reader.passesAll === true,
    readAhead: () => {
      if (reader.error === undefined || hasReadAhead) return undefined;
      hasReadAhead = true;
      return readBehindError(request, source, reader);
    },
    ended: () => {
      const rest = reader.end();
      // The stream ended normally, but nothing in it was understood.
      const isUnreadable = reader.phase === 'waiting' && reader.error === undefined;
      finish('broken', isUnreadable ? unreadable(sent, head, '') : undefined);
      return rest;
    },
    failed: error => finish(brokenStatus(sent, error)),
    cancelled: () => finish('aborted'),
  });
  const active: ActiveStream = {
    onEnd(report) {
      if (end === undefined) listeners.push(report);
      else report(end);
    },
    abandon: () => finish('aborted'),
  };
  unended.stream = active;
  unread.register(stream, unended, unended);
  return { ...exchangeFacts(response), status: 'ok', reply: withStream(response, stream), stream: active };
}

/** An error that the provider reported takes precedence: a client that reads an error event cancels the stream, which is not an abort. */
function endOf(
  sent: SentRequest,
  head: ReplyHead,
  { reader, status }: { readonly reader: StreamReader; readonly status: Exclude<StreamEnd['status'], 'ok'> },
): StreamEnd {
  if (reader.error !== undefined) return streamFailure(sent, head, reader);
  const answer = streamAnswer(sent, reader);
  return reader.done ? { status: 'ok', answer } : { status, answer };
}

/**
 * What the registry holds of a stream until it has ended. V8 keeps this much longer, until it collects the old generation of its heap:
 * it must not keep anything of the stream in memory.
 */
interface Unended {
  stream: ActiveStream | undefined;
}

/** An abandoned stream is charged when it is garbage-collected. */
const unread = new FinalizationRegistry<Unended>(({ stream }) => stream?.abandon());
