import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { replyEvents } from '../../../src/translate/neutral/reply-events.ts';
import { translatorOf } from '../../../src/translate/translate.ts';
import { randomEvents, randomReply } from './random-reply.ts';
import { APIS, askedOf, eventsIn, ROOMS, written } from './rooms.ts';
import { bytesOf, chunks } from './sent.ts';
import { checkOrder, toldBy } from './told.ts';

const REPLIES = 30;
const ROUTES = APIS.flatMap(from => APIS.filter(to => to !== from).map(to => ({ from, to })));

/** Members that a parsing helper adds, or that only a plain reply has room for. */
const LEFT_OUT = new Set([
  'parsed',
  'parsed_output',
  'output_parsed',
  'parsed_arguments',
  '_request_id',
  'cache_creation',
]);

/** The value without empty members: SDKs add `null` and empty lists, but not the same ones for streams and for replies. */
function essential(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essential);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, member]) => {
    const isEmpty = member === null || member === undefined || (Array.isArray(member) && member.length === 0);
    return !isEmpty && !LEFT_OUT.has(name);
  });
  return Object.fromEntries(kept.map(([name, member]) => [name, essential(member)]));
}

describe.each(ROUTES)('random replies of $from for a client of $to', ({ from, to }) => {
  test('the SDK returns the same reply from a stream as from a plain reply', async () => {
    const random = seededRandom(`${from} ${to}`);
    for (let count = 0; count < REPLIES; count++) {
      const reply = randomReply(from, random);
      const streamed = await ROOMS[to].sdkReads(written(to, randomEvents(reply, random)));
      const plain = await ROOMS[to].sdkReadsPlain(translatorOf(to).writeReply(reply, askedOf(to)));
      expect([count, essential(streamed)]).toEqual([count, essential(plain)]);
    }
  });
});

describe.each(APIS)('random streams of %s', api => {
  test('a written stream is read back unchanged, whatever the sizes of its chunks', () => {
    const random = seededRandom(api);
    for (let count = 0; count < REPLIES; count++) {
      const bytes = written(api, randomEvents(randomReply(api, random), random));
      const events = eventsIn(api, bytes, bytes.length);
      checkOrder(events);
      expect(eventsIn(api, bytes, 1 + Math.floor(random.next() * 40))).toEqual(events);
    }
  });

  test('a stream has the same content as the plain reply', () => {
    const random = seededRandom(`${api} plain`);
    for (let count = 0; count < REPLIES; count++) {
      const reply = randomReply(api, random);
      const plain = translatorOf(api).readReply(translatorOf(api).writeReply(reply, askedOf(api)));
      const streamed = eventsIn(api, written(api, randomEvents(reply, random)), 16_384);
      expect(toldBy(streamed)).toEqual(toldBy(replyEvents(plain)));
    }
  });

  test('an event that differs from the one before only in its text is read as if it were parsed', () => {
    const random = seededRandom(`${api} parsed`);
    for (let count = 0; count < REPLIES; count++) {
      const bytes = written(api, randomEvents(randomReply(api, random), random));
      // A field of another length before the data makes it another event.
      let id = '';
      const unlike = new TextDecoder()
        .decode(bytes)
        .replaceAll(/^data:/gm, () => `id: ${(id = id.length > 9 ? '' : `${id}i`)}\ndata:`);
      expect(eventsIn(api, new TextEncoder().encode(unlike), 16_384)).toEqual(eventsIn(api, bytes, 16_384));
    }
  });
});

test('log probabilities of a stream reach a client of the other API of OpenAI', async () => {
  const token = (text: string) => ({ token: text, bytes: null, logprob: -0.5, top_logprobs: [] });
  const choice = (text: string) => ({
    index: 0,
    delta: { content: text },
    logprobs: { content: [token(text)] },
    finish_reason: null,
  });
  const sent = chunks(
    { choices: [choice('a')] },
    { choices: [choice('a')] },
    { choices: [choice('b')] },
    { finish_reason: 'stop' },
  );
  const told = [token('a'), token('a'), token('b')];
  const streamed = written('openai-responses', eventsIn('openai-chat', bytesOf(sent), 16_384));
  expect(await ROOMS['openai-responses'].sdkReads(streamed)).toMatchObject({
    output: [{ content: [{ logprobs: told }] }],
  });
  const back = written('openai-chat', eventsIn('openai-responses', streamed, 16_384));
  expect(await ROOMS['openai-chat'].sdkReads(back)).toMatchObject({ choices: [{ logprobs: { content: told } }] });
});
