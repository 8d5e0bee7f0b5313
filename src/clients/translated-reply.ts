/** Writes a reply of another API as the client's own API would have written it: whole, streamed, or an error. */
import type { Answer, ActiveStream, Exchanged } from '../engine/attempts/exchange.ts';
import { RouterError } from '../errors.ts';
import { clientError, translatedError } from '../translate/errors.ts';
import type { Api, ContentPart, OpaquePart, Owner } from '../translate/neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../translate/neutral/json-text.ts';
import { parseJsonText } from '../translate/neutral/json-text.ts';
import { collectedReply } from '../translate/neutral/collected-reply.ts';
import { memberOf, textOf } from '../translate/neutral/json-values.ts';
import { pathOf, sharedOwn } from '../translate/neutral/own.ts';
import { ownedBy } from '../translate/neutral/ownership.ts';
import type { NeutralReply, ReplyEvent } from '../translate/neutral/reply.ts';
import { streamReader } from '../translate/neutral/stream-reader.ts';
import { statusOf } from '../translate/neutral/vendor-error.ts';
import type { Asked } from '../translate/neutral/translator.ts';
import { translatorOf } from '../translate/translate.ts';
import { bodySource } from './body-source.ts';
import type { HttpRequest } from './http-request.ts';
import { observedStream } from './observed-stream.ts';
import { withStream, withText } from './reply-response.ts';

export interface ReplyTranslation {
  /** Configured name of the model that replied. */
  readonly model: string;
  /** The API that the reply was written in, and the model as a later request names it. */
  readonly owner: Owner;
  /** The client's own request. */
  readonly request: HttpRequest;
  /** Called with the vendor's names of the parts of the reply that the client does not get. */
  readonly leftOut: (names: readonly string[]) => void;
  /** A part of a reply, renamed to the caller's tool names. */
  readonly named: (part: ContentPart) => ContentPart;
  /** Called with the parts of a whole reply, and the id that the client gets. */
  readonly wrote: (parts: readonly ContentPart[], id: string) => void;
}

const ID_PREFIX: Readonly<Record<Api, string>> = {
  'openai-chat': 'chatcmpl-or_',
  'openai-responses': 'resp_or_',
  'anthropic-messages': 'msg_or_',
};

/**
 * The exchange with its reply in the format of the client's API. The facts that the ledger records stay as the vendor reported
 * them, except for the id.
 */
export async function translatedReply(
  exchanged: Exchanged<Response>,
  translation: ReplyTranslation,
): Promise<Exchanged<Response>> {
  const { reply } = exchanged;
  if (reply === undefined) return exchanged;
  const asked = askedOf(translation);
  if (exchanged.status !== 'ok') {
    // An error whose HTTP status is a success or a redirect gets an error status here.
    const status = reply.status < 400 ? statusOf(exchanged.refusal) : reply.status;
    return { ...exchanged, reply: errorResponse(reply, status, translation) };
  }
  let translated: Exchanged<Response> & { readonly status: 'ok' };
  try {
    translated = { ...exchanged, reply: await okResponse(reply, { ...translation, asked }) };
  } catch (error) {
    // The ledger counts the reply as paid, although the client does not get it: a repeated request may get the same reply.
    const { answer } = exchanged as { readonly answer?: Answer };
    const unreadable = untranslatable(error, translation);
    return {
      ...exchanged,
      status: 'broken',
      reply: unreadableResponse(reply, unreadable, translation),
      unreadable,
      answer,
      noRetry: true,
    };
  }
  // The receipt is found by the id that the client sees.
  return withAnswers(translated, answer => ({ ...answer, id: asked.id }));
}

/** The exchange with changed facts about its reply: changed now, or when its stream has ended. */
export function withAnswers(exchanged: Exchanged<Response>, change: (answer: Answer) => Answer): Exchanged<Response> {
  if (exchanged.status !== 'ok') return exchanged;
  if ('stream' in exchanged) return { ...exchanged, stream: streamWith(exchanged.stream, change) };
  return { ...exchanged, answer: change(exchanged.answer) };
}

function askedOf({ request: { body, wire, runtime } }: ReplyTranslation): Asked {
  return {
    request: parseJsonText(body) as JsonObject,
    id: ID_PREFIX[wire.name as Api] + runtime.newId(),
    nowS: Math.floor(runtime.nowMs() / 1000),
  };
}

function streamWith(stream: ActiveStream, change: (answer: Answer) => Answer): ActiveStream {
  const changed = <End extends { readonly answer?: Answer | undefined }>(end: End): End =>
    end.answer === undefined ? end : { ...end, answer: change(end.answer) };
  return {
    onEnd: listener => stream.onEnd(end => listener(changed(end))),
    abandon: () => stream.abandon(),
  };
}

type Translating = ReplyTranslation & { readonly asked: Asked };

async function okResponse(reply: Response, translating: Translating): Promise<Response> {
  const { request, owner, asked, leftOut, named, wrote } = translating;
  const to = translatorOf(request.wire.name as Api);
  if (request.facts.stream)
    return responseOf(reply, translatedStream(reply, translating), { contentType: 'text/event-stream; charset=utf-8' });
  const neutral = replyOf(await reply.text(), owner.api);
  const parts = neutral.parts.filter(({ kind }) => kind !== 'opaque').map(part => ownedBy(named(part), owner));
  const written = to.writeReply({ ...neutral, parts }, asked);
  wrote(parts, asked.id);
  const names = [...(neutral.leftOut ?? []), ...neutral.parts.flatMap(part => leftOutOf(part, to.api))];
  if (names.length > 0) leftOut(names);
  return responseOf(reply, written);
}

/** The reply from JSON, or from the stream with which some servers answer a plain request. */
function replyOf(text: string, from: Api): NeutralReply {
  const translator = translatorOf(from);
  if (text.trimStart().startsWith('{')) return translator.readReply(text);
  const events = translator.eventReader();
  return collectedReply(from, [...events.push(new TextEncoder().encode(text)), ...events.end()]);
}

/** The fields of a part that the client's API does not have. */
function leftOutOf({ kind, own = [], ...part }: ContentPart, api: Api): readonly string[] {
  if (kind === 'opaque') return [nameOf((part as OpaquePart).value)];
  const shared = sharedOwn(own, api);
  return own.flatMap(each => (each.mark === 'default' || shared.includes(each) ? [] : [pathOf(each)]));
}

function nameOf(value: JsonValue): string {
  return textOf(memberOf(value, 'type')) ?? '';
}

function translatedStream(reply: Response, translating: Translating): ReadableStream<Uint8Array> {
  const { owner, request, asked, leftOut, named, wrote } = translating;
  const writer = translatorOf(request.wire.name as Api).eventWriter(asked);
  const reader = streamReader(translatorOf(owner.api));
  const parts: ContentPart[] = [];
  const tell = (event: ReplyEvent): ReplyEvent => {
    if (event.on === 'left-out') leftOut([event.name]);
    else if (event.on === 'finish') wrote(parts, asked.id);
    if (event.on !== 'open' && event.on !== 'close') return event;
    const part = ownedBy(named(event.part), owner);
    if (event.on === 'open') return { ...event, part };
    parts.push(part);
    if (part.kind === 'opaque' || part.own !== undefined) leftOut(leftOutOf(part, request.wire.name as Api));
    return { ...event, part };
  };
  const told = (events: readonly ReplyEvent[]): readonly ReplyEvent[] => events.map(tell);
  return observedStream(bodySource(reply.body), {
    observe: chunk => writer.push(told(reader.push(chunk))),
    ended: () => writer.push(told(reader.end())),
    failed: () => {},
    cancelled: () => {},
  });
}

/** An error's body is translated when the client reads it: the router has decided by then what to do about it. */
function errorResponse(reply: Response, status: number, { owner: { api: from }, request }: ReplyTranslation): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = translatedError(await reply.text(), {
          status: reply.status,
          from,
          to: request.wire.name as Api,
          requestId: requestIdOf(reply) ?? undefined,
        });
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
      async cancel(reason) {
        await reply.body?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return responseOf(reply, body, { status });
}

/** The error for a reply that cannot be translated: it names the field, without its value. */
function untranslatable(error: unknown, { owner: { api: from }, model, request }: ReplyTranslation): RouterError {
  const { path = 'body', accepted = 'a reply of this API' } = RouterError.isInstance(error) ? error : {};
  const message = `"${model}" answered with a reply of ${from} that ${request.wire.name} has no field for: ${path}`;
  return new RouterError('invalid-data', message, { path: `models.${model}`, accepted, cause: error });
}

function unreadableResponse(
  reply: Response,
  { message }: RouterError,
  { owner: { api: from }, request }: ReplyTranslation,
): Response {
  const to = request.wire.name as Api;
  const type = to === 'anthropic-messages' ? 'api_error' : 'server_error';
  const upstream = { api: from, status: reply.status, body: null };
  const requestId = requestIdOf(reply) ?? undefined;
  const text = clientError(to, { type, message, code: 'untranslatable_reply', upstream, requestId });
  return responseOf(reply, text, { status: 502 });
}

/** The client's response, with the URL of the endpoint that answered. */
function responseOf(
  reply: Response,
  body: string | ReadableStream<Uint8Array>,
  { status = reply.status, contentType = 'application/json' } = {},
): Response {
  const statusText = status === reply.status ? reply.statusText : '';
  const response = new Response(null, { status, statusText, headers: headersOf(reply, contentType) });
  Object.defineProperties(response, { url: { value: reply.url }, type: { value: reply.type } });
  return typeof body === 'string' ? withText(response, body) : withStream(response, body);
}

function requestIdOf({ headers }: Pick<Response, 'headers'>): string | null {
  return headers.get('x-request-id') ?? headers.get('request-id');
}

/** Headers that the clients of both vendors read. */
const PASSED = ['retry-after', 'retry-after-ms', 'x-should-retry'];

function headersOf({ headers }: Response, contentType: string): Headers {
  const passed = new Headers({ 'content-type': contentType });
  for (const name of PASSED) {
    const value = headers.get(name);
    if (value !== null) passed.set(name, value);
  }
  // Each vendor's client reads the header under its own name.
  const id = requestIdOf({ headers });
  if (id !== null) for (const name of ['x-request-id', 'request-id']) passed.set(name, id);
  return passed;
}
