/** One HTTP exchange with a provider: the request for one model, and what its answer means. Plain and streamed alike. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { Usage } from '../core/usage.ts';
import { estimateUsage } from '../core/usage.ts';
import type { Answer, Exchange, Exchanged, OpenStream, StreamEnd } from '../engine/exchange.ts';
import { retryAfterMs } from '../engine/retry-after.ts';
import type { Runtime } from '../engine/runtime.ts';
import type { ReplyFacts, RequestFacts, RequestTransform, StreamReader, Wire } from '../wires/wire.ts';
import { observedStream } from './observed-stream.ts';
import { withStream, withText } from './reply-response.ts';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface HttpRequest {
  readonly wire: Wire;
  readonly url: string;
  readonly init: RequestInit;
  readonly body: string;
  readonly facts: RequestFacts;
  readonly fetch: Fetch;
  readonly runtime: Runtime;
  /** The transform in force for a model: configured, and learnt from 400s. */
  readonly transform: (model: ResolvedModel) => RequestTransform | undefined;
  /** Buffer streams to their end before the caller gets them. */
  readonly hold: boolean;
  /** The text of replies is needed (a verdict is configured). */
  readonly wantsText: boolean;
  /** Told of a reply in a shape that could not be read. */
  readonly faulted: (error: unknown) => void;
}

export function httpExchange(request: HttpRequest): Exchange<Response> {
  return async (model, signal) => {
    const prepared = request.wire.prepare(request.body, request.facts, model.providerModel, request.transform(model));
    const init: RequestInit = { ...request.init, body: prepared.body };
    if (signal !== undefined) init.signal = signal;
    let url = request.url;
    if (model.baseURL !== undefined) {
      url = model.baseURL + pathOf(request);
      init.headers = headersFor(model, request.init.headers);
    }
    let response: Response;
    try {
      response = await request.fetch(url, init);
    } catch (error) {
      return { status: faultStatus(request.init.signal, signal, error), error };
    }
    return answerOf({ ...request, signal, requestChars: prepared.body.length }, response, prepared.hidesUsageChunk);
  };
}

/** A request that is on its way to one model. */
interface Sent extends HttpRequest {
  /** Length of the body as it was sent. */
  readonly requestChars: number;
  /** The caller's signal and our own time limits. */
  readonly signal: AbortSignal | undefined;
}

/** The API's path and query in the client's url: what another base is put in front of. */
function pathOf({ url, wire }: HttpRequest): string {
  return url.slice(url.lastIndexOf(wire.path));
}

/** The client's credentials belong to the client's endpoint and go nowhere else. */
const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'openai-organization', 'openai-project', 'cookie'];

function headersFor(model: ResolvedModel, original: RequestInit['headers']): Headers {
  const headers = new Headers(original);
  for (const name of CREDENTIALS) headers.delete(name);
  for (const [name, value] of Object.entries(model.headers?.() ?? {})) headers.set(name, value);
  return headers;
}

/** The caller's own abort, our time limit, or the network. */
function faultStatus(
  caller: AbortSignal | null | undefined,
  signal: AbortSignal | undefined,
  error: unknown,
): 'aborted' | 'timeout' | 'connection' {
  if (caller?.aborted === true) return 'aborted';
  if (signal?.aborted === true || (error instanceof Error && error.name === 'TimeoutError')) return 'timeout';
  return 'connection';
}

async function answerOf(request: Sent, response: Response, hidesUsageChunk: boolean): Promise<Exchanged<Response>> {
  const { headers } = response;
  const providerRequestId = headers.get('x-request-id') ?? headers.get('request-id');
  const common = {
    httpStatus: response.status,
    ...(providerRequestId === null ? {} : { providerRequestId }),
  };
  if (!response.ok) return { ...common, ...(await refusalOf(request, response)) };
  const type = headers.get('content-type') ?? '';
  if (type.includes('text/event-stream') && response.body !== null) {
    const exchanged = await streamOf(
      request,
      response,
      request.wire.reader({ hidesUsageChunk, wantsText: request.wantsText }),
    );
    return { ...common, ...exchanged };
  }
  return { ...common, ...(await plainOf(request, response, type)) };
}

const PROVIDER_FAULTS: ReadonlySet<number> = new Set([408, 409, 429]);

async function refusalOf(request: Sent, response: Response): Promise<Exchanged<Response>> {
  const { status } = response;
  if (status >= 500 || PROVIDER_FAULTS.has(status)) {
    const wait = retryAfterMs(response.headers, request.runtime.nowMs());
    return { status: 'provider-fault', reply: response, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  if (status !== 400) return { status: 'rejected-request', reply: response };
  try {
    const text = await response.text();
    const reply = withText(response, text);
    const parameter = request.wire.unsupportedParameter(parse(text));
    return {
      status: 'rejected-request',
      reply,
      ...(parameter === undefined ? {} : { unsupportedParameter: parameter }),
    };
  } catch (error) {
    return { status: 'connection', error };
  }
}

async function plainOf(request: Sent, response: Response, type: string): Promise<Exchanged<Response>> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    const status = faultStatus(request.init.signal, request.signal, error);
    const replyChars = Number(response.headers.get('content-length') ?? 0);
    return { status: status === 'connection' ? 'broken' : status, error, answer: estimated(request, { replyChars }) };
  }
  const reply = withText(response, text);
  // A page that is not the API's (a proxy's HTML): the client must see it as it is, and nobody bills it.
  if (!type.includes('json')) return { status: 'ok', reply, answer: NOTHING };
  const json = parse(text);
  if (json === undefined) return { status: 'broken', reply, answer: estimated(request, { replyChars: text.length }) };
  const facts = request.wire.reply(json);
  if (facts.usage === undefined)
    return { status: 'ok', reply, answer: estimated(request, { replyChars: facts.text.length, facts }) };
  return { status: 'ok', reply, answer: reported(facts, facts.usage) };
}

async function streamOf(request: Sent, response: Response, reader: StreamReader): Promise<Exchanged<Response>> {
  const source = (response.body as ReadableStream<Uint8Array>).getReader();
  let listener: ((end: StreamEnd) => void) | undefined;
  let end: StreamEnd | undefined;
  const finish = (status: StreamEnd['status']): void => {
    if (end !== undefined) return;
    // The provider's own last event has come: what happens to the connection after it costs nothing.
    end = { status: reader.done ? 'ok' : status, answer: streamAnswer(request, reader) };
    listener?.(end);
  };
  const failed = (error: unknown): void => {
    const status = faultStatus(request.init.signal, request.signal, error);
    finish(status === 'connection' ? 'broken' : status);
  };
  const observation = {
    observe: (chunk: Uint8Array) => reader.push(chunk),
    ended: () => finish('broken'),
    failed,
    cancelled: () => finish('aborted'),
  };
  request.signal?.addEventListener(
    'abort',
    () => finish(request.init.signal?.aborted === true ? 'aborted' : 'timeout'),
    {
      once: true,
    },
  );
  let first: Awaited<ReturnType<typeof source.read>>;
  try {
    first = await source.read();
  } catch (error) {
    failed(error);
    return { status: 'broken', error, answer: streamAnswer(request, reader) };
  }
  const stream = observedStream(first, source, observation);
  if (request.hold) return heldStream(request, response, stream, () => end);
  const open: OpenStream = {
    onEnd(told) {
      if (end === undefined) listener = told;
      else told(end);
    },
  };
  return { status: 'ok', reply: withStream(response, stream), stream: open };
}

/** Reads a stream to its end; the caller gets it afterwards, chunk by chunk as it came. */
async function heldStream(
  request: Sent,
  response: Response,
  stream: ReadableStream<Uint8Array>,
  ended: () => StreamEnd | undefined,
): Promise<Exchanged<Response>> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    const { status, answer } = ended() ?? { status: 'broken', answer: estimated(request, { replyChars: 0 }) };
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

function reported(facts: ReplyFacts, usage: Usage): Answer {
  return { ...common(facts), usage, provenance: 'reported' };
}

/** What was spent on a reply whose provider did not say: counted characters, and whatever it did report. */
function estimated(
  request: Sent,
  { replyChars, facts }: { readonly replyChars: number; readonly facts?: ReplyFacts },
): Answer {
  const { requestChars } = request;
  const base = facts === undefined ? NOTHING : common(facts);
  return {
    ...base,
    usage: estimateUsage({ requestChars, replyChars, inputUsage: facts?.inputUsage }),
    provenance: 'estimated',
  };
}

function streamAnswer(request: Sent, reader: StreamReader): Answer {
  const facts = reader.facts();
  return facts.usage === undefined
    ? estimated(request, { replyChars: reader.chars, facts })
    : reported(facts, facts.usage);
}

function common(facts: ReplyFacts): Omit<Answer, 'usage' | 'provenance'> {
  const { id, model, tier, finish, text, hasToolCalls } = facts;
  return {
    finish,
    text,
    hasToolCalls,
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { model }),
    ...(tier === undefined ? {} : { tier }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
