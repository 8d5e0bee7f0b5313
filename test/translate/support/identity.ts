/** Checks that reading and writing loses nothing: in one API, and there and back through another one. */
import type { SeededRandom } from '../../../src/core/math/random.ts';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import { jsonText } from '../../../src/translate/neutral/json-text.ts';
import type { Translator } from '../../../src/translate/neutral/translator.ts';
import { translatorOf, unableFor } from '../../../src/translate/translate.ts';
import { parseWithInputs } from '../../../src/translate/anthropic/tool-inputs.ts';
import { canonicalAnthropic, randomAnthropicReply, randomAnthropicRequest } from './anthropic-samples.ts';
import { canonicalRequest } from './canonical.ts';
import { randomChatRequest, randomResponsesRequest } from './openai-samples.ts';
import { randomSpokenReply, replyIn, toldIn } from './spoken-reply.ts';
import { randomSpoken, saidIn } from './spoken.ts';

export interface Source {
  readonly api: Api;
  /** A random body that the types of the vendor's SDK allow. */
  readonly request: (random: SeededRandom) => JsonObject;
}

export const SOURCES: readonly Source[] = [
  { api: 'openai-chat', request: randomChatRequest },
  { api: 'openai-responses', request: randomResponsesRequest },
  { api: 'anthropic-messages', request: randomAnthropicRequest },
];

export const PAIRS: readonly (readonly [from: Api, to: Api])[] = SOURCES.flatMap(({ api: from }) =>
  SOURCES.map(({ api: to }) => [from, to] as const),
);

/** What is different; `undefined` if nothing is. */
type Difference = { readonly was: unknown; readonly is: unknown } | undefined;

function difference(was: unknown, is: unknown): Difference {
  return JSON.stringify(was) === JSON.stringify(is) ? undefined : { was, is };
}

/** A request that is read and written in its own API. */
export function checkRequest({ api, readRequest, writeRequest }: Translator, body: JsonObject): Difference {
  const text = jsonText(body);
  const again = writeRequest(readRequest(text), { model: body.model as string });
  return difference(canonicalRequest(api, text), canonicalRequest(api, again));
}

/** A reply that is read and written in its own API: for Anthropic's any that the types allow. */
export function checkReply({ api, readReply, writeReply }: Translator, random: SeededRandom): Difference {
  const asked = { request: {}, id: 'id', nowS: 1 };
  if (api === 'anthropic-messages') {
    const body = { ...randomAnthropicReply(random), id: asked.id };
    const text = jsonText(body);
    const again = writeReply(readReply(text), asked);
    const [was, is] = [text, again].map(each => canonicalAnthropic(parseWithInputs(each, ['content'])));
    return difference(was, is);
  }
  const spoken = randomSpokenReply(random);
  const again = writeReply(readReply(jsonText(replyIn(api, spoken))), asked);
  return difference(spoken, toldIn(api, again));
}

/** One conversation in the formats of two APIs: the translation of the first equals the second, and the reverse. */
export function checkConversation(from: Api, to: Api, random: SeededRandom): Difference {
  const [source, target] = [translatorOf(from), translatorOf(to)];
  const spoken = randomSpoken(random, from !== 'openai-responses' && to !== 'openai-responses');
  const text = jsonText(saidIn(from, spoken));
  const conversation = source.readRequest(text);
  const model = { model: 'm' };
  const unable = from === to ? [] : unableFor(conversation, { api: to, model });
  if (unable.length > 0) return { was: [], is: unable };
  const there = target.writeRequest(conversation, model);
  const back = source.writeRequest(target.readRequest(there), model);
  return (
    difference(canonicalRequest(to, jsonText(saidIn(to, spoken))), canonicalRequest(to, there)) ??
    difference(canonicalRequest(from, text), canonicalRequest(from, back))
  );
}

/** One reply in the format of two APIs. */
export function checkAnswer(from: Api, to: Api, random: SeededRandom): Difference {
  const spoken = randomSpokenReply(random);
  const reply = translatorOf(from).readReply(jsonText(replyIn(from, spoken)));
  const written = translatorOf(to).writeReply(reply, { request: {}, id: 'id', nowS: 1 });
  return difference(spoken, toldIn(to, jsonText(replyIn(to, spoken)))) ?? difference(spoken, toldIn(to, written));
}
