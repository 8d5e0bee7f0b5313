/** Each reply of the checklist, from each vendor for the clients of the others: plain, and streamed in pieces of 1 byte and 16 kB. */
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import { translatorOf } from '../../../src/translate/translate.ts';
import { APIS, askedOf, eventsIn, ROOMS, written } from '../streams/rooms.ts';
import { VIEWS } from '../streams/sdk-view.ts';
import { bytesOf } from '../streams/sent.ts';
import { streamOf } from './native-stream.ts';
import { REPLY_CASES } from './reply-cases.ts';

const ROUTES = APIS.flatMap(from => APIS.filter(to => to !== from).map(to => [from, to] as const));

/** What the SDK shows of a reply, with the field that only one API has. */
function seen(api: Api, final: unknown) {
  const { stop_sequence: stopSequence } = final as { readonly stop_sequence?: string | null };
  return { ...VIEWS[api](final), ...(api === 'anthropic-messages' && { stopSequence: stopSequence ?? null }) };
}

/** Ids of the calls: kept, or one that the client's API takes. */
function idsIn(api: Api, final: unknown): readonly string[] {
  return [...JSON.stringify(final).matchAll(/"(?:call_id|id)":"(call_[\w-]+|functions\.f:0|[abc]\d?)"/g)].map(
    ([, id = '']) => (api === 'anthropic-messages' && id.startsWith('call_') ? 'a digest' : id),
  );
}

describe.each(ROUTES)('a reply of %s for a client of %s', (from, to) => {
  const cases = REPLY_CASES.filter(({ notBy = [] }) => !notBy.includes(from));

  test.each(cases)(
    'a translated reply has $name in the format of the client’s own vendor, plain and streamed',
    async ({ words, read = {} }) => {
      const expected = await ROOMS[to].sdkReadsPlain(JSON.stringify(read[to] ?? words[to]));
      const plain = translatorOf(to).writeReply(translatorOf(from).readReply(JSON.stringify(words[from])), askedOf(to));
      const finals = [await ROOMS[to].sdkReadsPlain(plain)];
      for (const size of [1, 16_384])
        finals.push(await ROOMS[to].sdkReads(written(to, eventsIn(from, bytesOf(streamOf(from, words[from])), size))));
      for (const final of finals) {
        expect(seen(to, final)).toEqual(seen(to, expected));
        expect(new Set(idsIn(to, final))).toEqual(new Set(idsIn(to, expected)));
      }
    },
  );
});
