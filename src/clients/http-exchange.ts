/** One HTTP exchange with a provider: the request for one model, and what its answer means. Plain and streamed alike. */
import type { ResolvedModel } from '../config/resolved.ts';
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import { estimateUsage } from '../core/ledger/usage.ts';
import type { Answer, Exchange, Exchanged, ActiveStream, StreamEnd } from '../engine/attempts/exchange.ts';
import { retryAfterMs } from '../engine/attempts/retry-after.ts';
import type { Runtime } from '../runtime.ts';
import type { ReplyFacts, RequestFacts, RequestTransform, StreamReader, Wire } from '../contracts/wire.ts';
import { addressAt, headersAt } from './endpoint.ts';
import { observedStream } from './observed-stream.ts';
import { withStream, withText } from './reply-response.ts';
import type { Transforms } from './transforms.ts';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface HttpRequest {
  readonly wire: Wire;
  readonly url: string;
  readonly init: RequestInit;
  readonly body: string;
  readonly facts: RequestFacts;
  readonly fetch: Fetch;
  readonly runtime: Runtime;
  /** What requests must change for a model: as configured, and as 400s teach. */
  readonly transforms: Transforms;
  /** Buffer streams to their end before the caller gets them. */
  readonly hold: boolean;
  /** The text of replies is needed (a verdict is configured). */
  readonly wantsText: boolean;
  /** Told of a reply in a shape that could not be read. */
  readonly faulted: (error: unknown) => void;
}

export function httpExchange(request: HttpRequest): Exchange<Response> {
  return async (model, signal) => {
    const transform = request.transforms.of(model);
    const prepared = request.wire.prepare(request.body, request.facts, model.providerModel, transform);
    const init: RequestInit = { ...request.init, body: prepared.body };
    if (signal !== undefined) init.signal = signal;
    const sent: SentRequest = { request, signal, requestChars: prepared.body.length, model, transform };
    let url: string;
    try {
      url = addressed(model, request, init);
    } catch (error) {
      // The application's own headers could not be made: for this model there is no asking.
      return { status: 'rejected-request', error };
    }
    let response: Response;
    try {
      response = await request.fetch(url, init);
    } catch (error) {
      return { status: faultStatus(sent, error), error };
    }
    if (!response.ok) return refusalOf(sent, response);
    const type = response.headers.get('content-type') ?? '';
    if (type.includes('text/event-stream') && response.body !== null) {
      const { hidesUsageChunk } = prepared;
      return streamOf(sent, response, request.wire.reader({ hidesUsageChunk, wantsText: request.wantsText }));
    }
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      return brokenOff(sent, response, error);
    }
    return plainOf(sent, response, { text, type });
  };
}

/** A request that is on its way to one model. */
interface SentRequest {
  readonly request: HttpRequest;
  /** The caller's signal and our own time limits. */
  readonly signal: AbortSignal | undefined;
  /** Length of the body as it was sent. */
  readonly requestChars: number;
  readonly model: ResolvedModel;
  readonly transform: RequestTransform | undefined;
}

/** The url a model answers at; where that is not the client's endpoint, `init` gets the headers for it. */
export function addressed(
  model: ResolvedModel,
  { url, wire }: Pick<HttpRequest, 'url' | 'wire'>,
  init: RequestInit,
): string {
  if (model.baseURL === undefined) return url;
  init.headers = headersAt(init.headers, model.headers?.() ?? {});
  return addressAt(model.baseURL, url, wire.path);
}

/** The caller's own abort, our time limit, or the network. */
function faultStatus({ request, signal }: SentRequest, error: unknown): 'aborted' | 'timeout' | 'connection' {
  if (request.init.signal?.aborted === true) return 'aborted';
  if (signal?.aborted === true || (error instanceof Error && error.name === 'TimeoutError')) return 'timeout';
  return 'connection';
}

/** The provider's own id of the exchange. */
function requestIdOf({ headers }: Response): string | undefined {
  return headers.get('x-request-id') ?? headers.get('request-id') ?? undefined;
}

async function refusalOf({ request, model, transform }: SentRequest, response: Response): Promise<Exchanged<Response>> {
  const httpStatus = response.status;
  const providerRequestId = requestIdOf(response);
  if (isRetryableHttpStatus(httpStatus)) {
    const wait = retryAfterMs(response.headers, request.runtime.nowMs());
    const discard = (): void => void response.body?.cancel().catch(() => {});
    return { status: 'provider-fault', httpStatus, providerRequestId, reply: response, retryAfterMs: wait, discard };
  }
  if (httpStatus !== 400) return { status: 'rejected-request', httpStatus, providerRequestId, reply: response };
  try {
    const text = await response.text();
    const parameter = request.wire.unsupportedParameter(parse(text));
    const isRewritten = parameter !== undefined && request.transforms.learn(model, parameter, transform);
    const reply = withText(response, text);
    return { status: 'rejected-request', httpStatus, providerRequestId, reply, isRewritten };
  } catch (error) {
    return { status: 'connection', httpStatus, providerRequestId, error };
  }
}

function brokenOff(sent: SentRequest, response: Response, error: unknown): Exchanged<Response> {
  const status = faultStatus(sent, error);
  return {
    status: status === 'connection' ? 'broken' : status,
    httpStatus: response.status,
    providerRequestId: requestIdOf(response),
    error,
    answer: estimated(sent, Number(response.headers.get('content-length') ?? 0)),
  };
}

function plainOf(
  sent: SentRequest,
  response: Response,
  { text, type }: { readonly text: string; readonly type: string },
): Exchanged<Response> {
  const httpStatus = response.status;
  const providerRequestId = requestIdOf(response);
  const reply = withText(response, text);
  // A page that is not the API's (a proxy's HTML): the client must see it as it is, and nobody bills it.
  if (!type.includes('json')) return { status: 'ok', httpStatus, providerRequestId, reply, answer: NOTHING };
  const json = parse(text);
  if (json === undefined)
    return { status: 'broken', httpStatus, providerRequestId, reply, answer: estimated(sent, text.length) };
  const facts = sent.request.wire.reply(json);
  return { status: 'ok', httpStatus, providerRequestId, reply, answer: answerOf(sent, facts, facts.text.length) };
}

async function streamOf(sent: SentRequest, response: Response, reader: StreamReader): Promise<Exchanged<Response>> {
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
    // The provider's own last event has come: what happens to the connection after it costs nothing.
    end = { status: reader.done ? 'ok' : status, answer: answerOf(sent, reader.facts(), reader.chars) };
    for (const listener of listeners) listener(end);
  };
  const failed = (error: unknown): void => {
    const status = faultStatus(sent, error);
    finish(status === 'connection' ? 'broken' : status);
  };
  const observation = {
    observe: (chunk: Uint8Array) => reader.push(chunk),
    ended: () => finish('broken'),
    failed,
    cancelled: () => finish('aborted'),
  };
  const stopped = (): void => finish(request.init.signal?.aborted === true ? 'aborted' : 'timeout');
  signal?.addEventListener('abort', stopped, { once: true });
  let first: Awaited<ReturnType<typeof source.read>>;
  try {
    first = await source.read();
  } catch (error) {
    failed(error);
    const { status, answer } = ended() as StreamEnd;
    return { status: status === 'ok' ? 'broken' : status, httpStatus, providerRequestId, error, answer };
  }
  const stream = observedStream(first, source, observation);
  if (request.hold) {
    const held = await heldStream(sent, response, stream, ended);
    return { ...held, httpStatus, providerRequestId };
  }
  const open: ActiveStream = {
    onEnd(told) {
      if (end === undefined) listeners.push(told);
      else told(end);
    },
    abandon: () => finish('aborted'),
  };
  unread.register(stream, open);
  return { status: 'ok', httpStatus, providerRequestId, reply: withStream(response, stream), stream: open };
}

/** A stream that its caller has dropped without reading it to its end is charged when nobody can read it any more. */
const unread = new FinalizationRegistry<ActiveStream>(stream => stream.abandon());

/** Reads a stream to its end; the caller gets it afterwards, chunk by chunk as it came. */
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
    const { status, answer } = ended() ?? { status: 'broken', answer: estimated(sent, 0) };
    return { status: status === 'ok' ? 'broken' : status, error, answer };
  }
  const reply = withStream(response, ReadableStream.from<Uint8Array>(chunks));
  const { status, answer } = ended() as StreamEnd;
  return status === 'ok' ? { status, reply, answer } : { status, reply, answer };
}

const NOTHING: Answer = Object.freeze({
  usage: {},
  provenance: 'none',
  finish: 'other',
  text: '',
  hasToolCalls: false,
});

/** @param replyChars what the model has written, for the estimate where its provider did not say what it used */
function answerOf(sent: SentRequest, facts: ReplyFacts, replyChars: number): Answer {
  if (facts.usage === undefined) return estimated(sent, replyChars, facts);
  const { id, model, usage, tier, finish, text, hasToolCalls } = facts;
  return { id, model, usage, provenance: 'reported', tier, finish, text, hasToolCalls };
}

/** What was spent on a reply whose provider did not say: counted characters, and whatever it did report. */
function estimated({ requestChars }: SentRequest, replyChars: number, facts?: ReplyFacts): Answer {
  const usage = estimateUsage({ requestChars, replyChars, inputUsage: facts?.inputUsage });
  const { id, model, tier, finish, text, hasToolCalls } = facts ?? NOTHING;
  return { id, model, usage, provenance: 'estimated', tier, finish, text, hasToolCalls };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
