import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import { annotationsOwn, flatAnnotations, nestedPages, pagesOf } from '../../../src/translate/openai/citations.ts';
import { translatorOf } from '../../../src/translate/translate.ts';
import { askedOf, eventsIn, ROOMS, written } from '../streams/rooms.ts';
import { bytesOf, chunks, numbered } from '../streams/sent.ts';

const AT = { start_index: 4, end_index: 7, title: 'A page', url: 'https://a.example' };
const FLAT = { type: 'url_citation', ...AT };
const NESTED = { type: 'url_citation', url_citation: AT };
const FILE = { type: 'file_citation', file_id: 'f', filename: 'a', index: 1 };

test('citations of pages are kept for both APIs of OpenAI, and other citations only for the API of the reply', () => {
  expect(annotationsOwn([])).toStrictEqual([]);
  expect(annotationsOwn([FLAT, FILE])).toMatchObject([
    { path: 'annotations', value: [FLAT], vendor: 'openai' },
    { path: 'annotations', value: [FILE], mark: 'preference' },
  ]);
  expect(pagesOf({ own: annotationsOwn([FILE, FLAT]) })).toStrictEqual([FLAT]);
});

test('the position of a citation is converted between its part and the whole text', () => {
  const moved = { ...AT, start_index: 14, end_index: 17 };
  expect(nestedPages([FLAT], 10)).toStrictEqual([{ type: 'url_citation', url_citation: moved }]);
  expect(flatAnnotations([{ type: 'url_citation', url_citation: moved }, FILE], 10)).toStrictEqual([FLAT, FILE]);
});

const TEXT = 'See abc.';
const COMPLETION = {
  id: 'a',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT, annotations: [NESTED] }, finish_reason: 'stop' }],
};
const OUTPUT = {
  id: 'msg',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: TEXT, annotations: [FLAT] }],
};
const RESPONSE = { id: 'a', model: 'm', status: 'completed', output: [OUTPUT] };
const TOLD = {
  'openai-chat': {
    plain: COMPLETION,
    streamed: chunks({ content: 'See ' }, { content: 'abc.' }, { annotations: [NESTED] }, { finish_reason: 'stop' }),
  },
  'openai-responses': {
    plain: RESPONSE,
    streamed: numbered(
      { type: 'response.created', response: { ...RESPONSE, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...OUTPUT, content: [] } },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'msg', delta: TEXT },
      { type: 'response.output_text.annotation.added', output_index: 0, content_index: 0, annotation: FLAT },
      { type: 'response.output_item.done', output_index: 0, item: OUTPUT },
      { type: 'response.completed', response: RESPONSE },
    ),
  },
} as const;

function citedIn(api: Api, final: unknown): unknown {
  if (api === 'openai-chat')
    return (final as { choices: [{ message: { annotations: unknown } }] }).choices[0].message.annotations;
  const { output } = final as { output: [{ content: [{ annotations: unknown }] }] };
  return output[0].content[0].annotations;
}

const ROUTES = [
  ['openai-chat', 'openai-responses', FLAT],
  ['openai-responses', 'openai-chat', NESTED],
] as const;

describe.each(ROUTES)('a citation of %s, read by a client of %s', (from, to, cited) => {
  test('a plain translated reply cites a page as the client’s API does', async () => {
    const reply = translatorOf(from).readReply(JSON.stringify(TOLD[from].plain));
    const plain = translatorOf(to).writeReply(reply, askedOf(to));
    expect(citedIn(to, await ROOMS[to].sdkReadsPlain(plain))).toStrictEqual([cited]);
  });

  test.each([1, 16_384])(
    'a translated stream in pieces of %d bytes cites a page as the client’s API does',
    async size => {
      const events = eventsIn(from, bytesOf(TOLD[from].streamed), size);
      expect(events.filter(({ on }) => on === 'left-out')).toStrictEqual([]);
      const text = new TextDecoder().decode(written(to, events));
      const told = text
        .split('\n')
        .flatMap(line => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as object] : []));
      const annotations =
        to === 'openai-chat'
          ? told.flatMap(
              chunk =>
                (chunk as { choices: { delta: { annotations?: unknown[] } }[] }).choices[0]?.delta.annotations ?? [],
            )
          : citedIn(to, (told.at(-1) as { response: unknown }).response);
      expect(annotations).toStrictEqual([cited]);
      if (to === 'openai-responses')
        expect(told).toContainEqual(
          expect.objectContaining({
            type: 'response.output_text.annotation.added',
            annotation: cited,
            annotation_index: 0,
          }),
        );
    },
  );
});
