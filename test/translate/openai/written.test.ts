import { describe, expect, test } from 'vitest';
import type { SystemPart, TextPart } from '../../../src/translate/neutral/conversation.ts';
import { note } from '../../../src/translate/neutral/own.ts';
import {
  completed,
  documentTexts,
  fileName,
  instructionMessages,
  resultContent,
  tierOf,
} from '../../../src/translate/openai/written.ts';

const PART: TextPart = {
  kind: 'text',
  text: 'a',
  own: [{ path: 'tone', value: 'formal', mark: 'unable', reason: '' }],
};

describe('a written part', () => {
  test('a written part gets fields that only this API has, if it was read from this API', () => {
    const writing = { breakpoints: new Map() };

    expect(completed([{ text: 'a' }], PART, { ...writing, isOwn: true })).toStrictEqual([
      { text: 'a', tone: 'formal' },
    ]);
    expect(completed([{ text: 'a' }], PART, { ...writing, isOwn: false })).toStrictEqual([{ text: 'a' }]);
  });

  test('if one part is written as several, the last of them has the breakpoint', () => {
    const writing = { isOwn: false, breakpoints: new Map([[PART, {}]]) };

    expect(completed([{ text: 'lead' }, { text: 'a' }], PART, writing)).toMatchObject([
      { text: 'lead' },
      { prompt_cache_breakpoint: { mode: 'explicit' } },
    ]);
    expect(completed([], PART, writing)).toStrictEqual([]);
  });

  test('a document is written with its name and context as texts before it', () => {
    expect(documentTexts({ name: 'Tale', context: 'Old.' })).toStrictEqual(['Document: Tale', 'Old.']);
    expect(documentTexts({})).toStrictEqual([]);
  });

  test('a file is written with a name, because the vendor requires one', () => {
    const from = { kind: 'base64', mediaType: 'application/pdf', data: 'A' } as const;

    expect(fileName({ kind: 'document', from })).toBe('document.pdf');
    expect(fileName({ kind: 'document', from: { ...from, mediaType: 'text/csv' } })).toBe('document');
    expect(fileName({ kind: 'document', from, name: 'a.pdf' })).toBe('a.pdf');
    expect(fileName({ kind: 'document', from: { kind: 'url', url: 'https://a' } })).toBeUndefined();
  });
});

test('a service tier of another vendor is not reported as one of OpenAI', () => {
  expect(tierOf({ api: 'anthropic-messages', tier: 'priority' })).toBeUndefined();
  expect(tierOf({ api: 'openai-chat', tier: 'priority' })).toBe('priority');
});

test('instructions of one role are one message, unless the caller had several', () => {
  const part = (text: string, more: Partial<SystemPart> = {}): SystemPart =>
    ({ kind: 'text', text, role: 'system', ...more }) as SystemPart;
  const [a, b, c, d] = [part('a'), part('b'), part('c', { own: [note('message')] }), part('d', { role: 'developer' })];

  expect(instructionMessages([a, b, c, d])).toStrictEqual([[a, b], [c], [d]]);
  expect(instructionMessages([])).toStrictEqual([]);
});

test('the result of a tool that failed says so in its first line', () => {
  const result = { kind: 'tool-result', callId: 'c', content: [{ kind: 'text', text: 'busy' }] } as const;

  expect(resultContent({ ...result, isError: true })).toStrictEqual([
    { kind: 'text', text: '[tool error]' },
    ...result.content,
  ]);
  expect(resultContent({ ...result, isError: false })).toBe(result.content);
});
