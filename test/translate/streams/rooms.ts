/** The three APIs as the tests of streams use them. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { anthropicEventReader } from '../../../src/translate/anthropic/event-reader.ts';
import { anthropicEventWriter } from '../../../src/translate/anthropic/event-writer.ts';
import { chatEventReader } from '../../../src/translate/chat/event-reader.ts';
import { chatEventWriter } from '../../../src/translate/chat/event-writer.ts';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import type { Asked, EventReader, EventWriter } from '../../../src/translate/neutral/translator.ts';
import { responsesEventReader } from '../../../src/translate/responses/event-reader.ts';
import { responsesEventWriter } from '../../../src/translate/responses/event-writer.ts';

export interface Room {
  readonly reader: () => EventReader;
  readonly writer: (asked: Asked) => EventWriter;
  readonly request: JsonObject;
  readonly id: string;
  /** The final object that the vendor's own SDK makes of a stream. */
  readonly sdkReads: (bytes: Uint8Array) => Promise<unknown>;
  /** What it makes of a plain reply. */
  readonly sdkReadsPlain: (text: string) => Promise<unknown>;
}

/** A `fetch` that answers with these bytes of a stream, or with this JSON. */
function serving(body: Uint8Array | string): typeof fetch {
  const headers = { 'content-type': typeof body === 'string' ? 'application/json' : 'text/event-stream' };
  return async () => new Response(Buffer.from(body), { status: 200, headers });
}

const openai = (body: Uint8Array | string): OpenAI => new OpenAI({ apiKey: 'k', fetch: serving(body), maxRetries: 0 });
const anthropic = (body: Uint8Array | string): Anthropic =>
  new Anthropic({ apiKey: 'k', fetch: serving(body), maxRetries: 0 });

const QUESTION = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'hi' }] };

export const ROOMS: Readonly<Record<Api, Room>> = {
  'openai-chat': {
    reader: chatEventReader,
    writer: chatEventWriter,
    request: { model: 'm', messages: [], stream: true, stream_options: { include_usage: true } },
    id: 'chatcmpl-or_1',
    sdkReads: bytes => openai(bytes).chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion(),
    sdkReadsPlain: text => openai(text).chat.completions.create({ model: 'm', messages: [] }),
  },
  'openai-responses': {
    reader: responsesEventReader,
    writer: responsesEventWriter,
    request: { model: 'm', input: 'hi', stream: true },
    id: 'resp_or_1',
    sdkReads: bytes => openai(bytes).responses.stream({ model: 'm', input: 'hi' }).finalResponse(),
    sdkReadsPlain: text => openai(text).responses.create({ model: 'm', input: 'hi' }),
  },
  'anthropic-messages': {
    reader: anthropicEventReader,
    writer: anthropicEventWriter,
    request: { model: 'm', max_tokens: 9, messages: [], stream: true },
    id: 'msg_or_1',
    sdkReads: bytes => anthropic(bytes).messages.stream(QUESTION).finalMessage(),
    sdkReadsPlain: text => anthropic(text).messages.create(QUESTION),
  },
};

export const APIS = Object.keys(ROOMS) as readonly Api[];

export function askedOf(api: Api): Asked {
  return { request: ROOMS[api].request, id: ROOMS[api].id, nowS: 1_767_225_600 };
}

/** The events of a stream that arrives in pieces of this many bytes. */
export function eventsIn(api: Api, bytes: Uint8Array, pieceBytes: number): readonly ReplyEvent[] {
  const reader = ROOMS[api].reader();
  const events: ReplyEvent[] = [];
  for (let start = 0; start < bytes.length; start += pieceBytes)
    events.push(...reader.push(bytes.subarray(start, start + pieceBytes)));
  return [...events, ...reader.end()];
}

/** The stream that a client of `api` gets for these events. */
export function written(api: Api, events: readonly ReplyEvent[]): Uint8Array {
  return ROOMS[api].writer(askedOf(api)).push(events);
}
