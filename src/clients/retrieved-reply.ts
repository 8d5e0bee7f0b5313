/**
 * A reply on its way to the application that retrieves it: it passes unchanged, and its usage is booked when it has ended. It
 * is retrieved from the endpoint of the model that wrote it.
 */
import type { ResolvedModel } from '../config/resolved.ts';
import type { ReplyError, StreamReader, Wire } from '../contracts/wire.ts';
import type { AttemptStatus } from '../core/ledger/vocabulary.ts';
import type { Engine } from '../engine/engine.ts';
import type { FinishedReply } from '../engine/request/late-usage.ts';
import { bookLateUsage } from '../engine/request/late-usage.ts';
import { parseJson, stringField } from '../wires/json-fields.ts';
import type { Retrieval } from './awaited-reply.ts';
import { isAwaited } from './awaited-reply.ts';
import { bodySource, decoded } from './body-source.ts';
import type { Fetch } from './http-request.ts';
import { addressed } from './http-request.ts';
import { passedWithoutSecrets, secretsIn } from './endpoint-secrets.ts';
import { observedStream } from './observed-stream.ts';
import { withStream } from './reply-response.ts';

export interface RetrievalCall {
  readonly inner: Fetch;
  readonly input: string | URL | Request;
  readonly url: string;
  readonly init: RequestInit | undefined;
}

export async function retrieved(engine: Engine, retrieval: Retrieval, call: RetrievalCall): Promise<Response> {
  const { config, owners } = engine;
  const { inner, input, init } = call;
  const hasOwn = [...config.models.values()].some(({ baseURL }) => baseURL !== undefined);
  const owner = hasOwn ? config.models.get((await owners.of([retrieval.id])) ?? '') : undefined;
  const response = await (owner?.baseURL === undefined
    ? inner(input, init)
    : retrievedFrom(owner, retrieval.wire, call));
  return isAwaited(engine, retrieval.id) ? observed(engine, retrieval, response) : response;
}

/** Retrieves the reply from the endpoint of the model that wrote it. */
async function retrievedFrom(
  model: ResolvedModel,
  wire: Wire,
  { inner, input, url, init }: RetrievalCall,
): Promise<Response> {
  const request = input instanceof Request ? input : undefined;
  const own: RequestInit =
    request === undefined ? { ...init } : { method: request.method, headers: request.headers, signal: request.signal };
  const given = own.headers;
  const response = await inner(await addressed(model, { url, wire }, own), own);
  const isStream = /[?&]stream=true\b/.test(url);
  return passedWithoutSecrets(response, secretsIn(own.headers, given), isStream);
}

/** The same response, of which the router reads a copy while the caller reads it. */
function observed(engine: Engine, { id, wire }: Retrieval, response: Response): Response {
  if (!response.ok || response.body === null || response.bodyUsed || response.body.locked) return response;
  const reader = wire.reader({ hidesUsageChunk: false, wantsText: false });
  const unread: Uint8Array[] = [];
  const ended = (): Uint8Array => {
    reader.end();
    const reply = reader.phase === 'waiting' ? plain(wire, decoded(unread)) : streamed(reader);
    if (reply !== undefined) engine.afterReply(bookLateUsage(engine, { id, ...reply }));
    return NO_BYTES;
  };
  const stream = observedStream(bodySource(response.body), {
    observe(chunk) {
      reader.push(chunk);
      if (reader.phase === 'waiting') unread.push(chunk);
      return chunk;
    },
    ended,
    failed: ended,
    cancelled: ended,
  });
  return withStream(response, stream);
}

const NO_BYTES = new Uint8Array();

type Finished = Omit<FinishedReply, 'id'>;

/** `undefined` where the reply is not finished, or the text is not a reply. */
function plain(wire: Wire, text: string): Finished | undefined {
  const json = parseJson(text);
  const facts = wire.reply(json);
  if (facts === undefined || facts.finish === 'pending') return undefined;
  const isCancelled = stringField(json, 'status') === 'cancelled';
  const status = isCancelled ? 'aborted' : statusOf(wire.readError(json, 200));
  return { facts, chars: wire.replyChars?.(json) ?? facts.text.length, status };
}

function streamed(reader: StreamReader): Finished | undefined {
  const { done, error, chars } = reader;
  // A stream that broke off says nothing about the reply, which goes on and can be retrieved again.
  if (!done && (error === undefined || error.isUnreadable === true)) return undefined;
  return { facts: reader.facts(), chars, status: statusOf(error) };
}

function statusOf(error: ReplyError | undefined): AttemptStatus {
  if (error === undefined) return 'ok';
  if (error.about === 'fault') return 'provider-fault';
  return error.about === 'request' ? 'rejected-request' : 'refused';
}
