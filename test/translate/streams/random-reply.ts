/** Random replies of a vendor, and the same reply cut into a random stream. */
import type { SeededRandom } from '../../../src/core/math/random.ts';
import type { Api, ContentPart } from '../../../src/translate/neutral/conversation.ts';
import type { JsonValue } from '../../../src/translate/neutral/json-text.ts';
import type { NeutralReply, ReplyEvent, ReplyFinish } from '../../../src/translate/neutral/reply.ts';
import { replyEvents } from '../../../src/translate/neutral/reply-events.ts';
import { oddJson, pick, randomText } from '../../support/random-values.ts';

/** A reply of `api` that ended by itself. A call that was cut off reads differently by each SDK. */
export function randomReply(api: Api, random: SeededRandom): NeutralReply {
  const isRefusal = random.next() < 0.15;
  const parts: ContentPart[] = [];
  if (random.next() < 0.4) parts.push(reasoning(api, text(random)));
  if (random.next() < 0.8) parts.push({ kind: 'text', text: text(random) });
  if (isRefusal) parts.push({ kind: 'refusal', text: text(random) });
  const calls = isRefusal ? 0 : Math.floor(random.next() * 4);
  for (let index = 0; index < calls; index++) {
    const input = oddJson(random).text;
    parts.push({
      kind: 'tool-call',
      id: api === 'openai-chat' && random.next() < 0.2 ? `functions.f:${index}` : `call_${index}`,
      name: pick(random, ['f', 'get_weather']),
      form: 'json',
      input,
    });
  }
  return {
    api,
    id: 'r',
    model: 'a-model',
    parts,
    finish: finishOf(random, { isRefusal, calls }),
    usage: usage(random),
  };
}

function finishOf(random: SeededRandom, { isRefusal, calls }: { isRefusal: boolean; calls: number }): ReplyFinish {
  if (isRefusal) return 'refusal';
  return calls > 0 ? 'tool-calls' : pick(random, ['stop', 'length', 'content-filter']);
}

function text(random: SeededRandom): string {
  let all = '';
  for (let more = 0; more < 1 + random.next() * 4; more++) all += randomText(random);
  return all;
}

/** The vendor's block or item with this content. */
const SEALED: Readonly<Record<Api, (said: string) => JsonValue>> = {
  'openai-chat': said => ({ reasoning_content: said }),
  'openai-responses': said => ({
    id: 'rs_or_1_0',
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: said }],
    encrypted_content: 'ENCRYPTED',
  }),
  'anthropic-messages': said => ({ type: 'thinking', thinking: said, signature: 'SIGNED' }),
};

function reasoning(api: Api, said: string): ContentPart {
  return { kind: 'reasoning', text: said, owner: { api, model: 'a-model' }, sealed: [SEALED[api](said)] };
}

function usage(random: SeededRandom): NeutralReply['usage'] {
  const count = (): number => 1 + Math.floor(random.next() * 500);
  return {
    input: count(),
    output: 500 + count(),
    ...(random.next() < 0.5 && { cacheRead: count(), cacheWrite5m: count(), reasoning: count() }),
  };
}

/** The events of the reply, with its texts and inputs cut anywhere, within surrogate pairs too. */
export function randomEvents(reply: NeutralReply, random: SeededRandom): readonly ReplyEvent[] {
  return replyEvents(reply).flatMap((event): readonly ReplyEvent[] => {
    if (event.on !== 'piece') return random.next() < 0.05 ? [{ on: 'ping' }, event] : [event];
    const pieces: ReplyEvent[] = [];
    for (let at = 0; at < event.piece.length; ) {
      const length = 1 + Math.floor(random.next() * 12);
      pieces.push({ ...event, piece: event.piece.slice(at, at + length) });
      at += length;
    }
    return pieces;
  });
}
