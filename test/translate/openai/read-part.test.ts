import { expect, test } from 'vitest';
import { contentReader } from '../../../src/translate/openai/read-part.ts';

const read = contentReader({
  api: 'openai-chat',
  fields: { words: { read: ['type', 'says', 'prompt_cache_breakpoint'], own: {} } },
  known: ({ says }) => (typeof says === 'string' ? { kind: 'text', text: says } : undefined),
});

test('content is a text or a list of parts, and an empty text gives no part', () => {
  expect(read('hello')).toStrictEqual([{ kind: 'text', text: 'hello' }]);
  expect(read([{ type: 'words', says: 'hello' }])).toStrictEqual([{ kind: 'text', text: 'hello' }]);
  expect(read('')).toStrictEqual([]);
  expect(read([{ type: 'words', says: '' }])).toStrictEqual([]);
  expect([7, null, undefined].map(read)).toStrictEqual([undefined, undefined, undefined]);
});

test('a part keeps its cache breakpoint and its unknown fields', () => {
  const prompt_cache_breakpoint = { mode: 'explicit', ttl: '30m' };

  expect(read([{ type: 'words', says: 'hello', prompt_cache_breakpoint, tone: 'formal' }])).toMatchObject([
    { kind: 'text', text: 'hello', cache: { ttl: '30m' }, own: [{ path: 'tone', mark: 'unable' }] },
  ]);
});

test('a part of an unknown type, or without the fields of its type, is kept for its own API only', () => {
  const parts = [{ type: 'words' }, { type: 'signs', says: 'hello' }, { says: 'hello' }, 'bare'];

  expect(read(parts)).toStrictEqual(
    parts.map(value => ({
      kind: 'opaque',
      api: 'openai-chat',
      value,
      mark: 'unable',
      reason: 'a part of this kind is not known',
    })),
  );
});
