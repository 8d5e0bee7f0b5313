import { describe, expect, test } from 'vitest';
import type { TextPart } from '../../../src/translate/neutral/conversation.ts';
import { completed, documentTexts, fileName, tierOf } from '../../../src/translate/openai/written.ts';

const PART: TextPart = {
  kind: 'text',
  text: 'a',
  own: [{ path: 'tone', value: 'formal', mark: 'unable', reason: '' }],
};

describe('a written part', () => {
  test('gets what only this API knows, if it was read from it', () => {
    const writing = { api: 'openai-chat', breakpoints: new Map() } as const;

    expect(completed([{ text: 'a' }], PART, { ...writing, isOwn: true })).toStrictEqual([
      { text: 'a', tone: 'formal' },
    ]);
    expect(completed([{ text: 'a' }], PART, { ...writing, isOwn: false })).toStrictEqual([{ text: 'a' }]);
  });

  test('gets its breakpoint on the last of several', () => {
    const writing = { api: 'openai-chat', isOwn: false, breakpoints: new Map([[PART, {}]]) } as const;

    expect(completed([{ text: 'lead' }, { text: 'a' }], PART, writing)).toMatchObject([
      { text: 'lead' },
      { prompt_cache_breakpoint: { mode: 'explicit' } },
    ]);
    expect(completed([], PART, writing)).toStrictEqual([]);
  });

  test('a written part of a document has its name and context as texts before it', () => {
    expect(documentTexts({ name: 'Tale', context: 'Old.' })).toStrictEqual(['Document: Tale', 'Old.']);
    expect(documentTexts({})).toStrictEqual([]);
  });

  test('a written part of a file has a name, as the vendor wants it', () => {
    const from = { kind: 'base64', mediaType: 'application/pdf', data: 'A' } as const;

    expect(fileName({ kind: 'document', from })).toBe('document.pdf');
    expect(fileName({ kind: 'document', from: { ...from, mediaType: 'text/csv' } })).toBe('document');
    expect(fileName({ kind: 'document', from, name: 'a.pdf' })).toBe('a.pdf');
    expect(fileName({ kind: 'document', from: { kind: 'url', url: 'https://a' } })).toBeUndefined();
  });
});

test('a tier of another vendor is not told as one of OpenAI', () => {
  expect(tierOf({ api: 'anthropic-messages', tier: 'priority' })).toBeUndefined();
  expect(tierOf({ api: 'openai-chat', tier: 'priority' })).toBe('priority');
});
