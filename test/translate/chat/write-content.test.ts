import { describe, expect, test } from 'vitest';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import { asChat, fromAnthropic, user } from '../openai-requests.ts';

const PDF: ContentPart = { kind: 'document', from: { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' } };

function content(parts: readonly ContentPart[], model = {}): unknown {
  const { messages } = asChat(fromAnthropic({ turns: [user(...parts)] }), { model: 'm', ...model });
  return (messages as readonly { readonly content: unknown }[])[0]?.content;
}

describe('content of a chat message', () => {
  test('content of a chat message is a plain string where it is a single text, because every server accepts that', () => {
    expect(content([{ kind: 'text', text: 'hello' }])).toBe('hello');
  });

  test('every file is written with a name, because the vendor requires one', () => {
    expect(content([PDF])).toStrictEqual([
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'document.pdf' } },
    ]);
  });

  test('the context of a document is a text before it in the content of a chat message', () => {
    expect(content([{ ...PDF, name: 'a.pdf', context: 'From 1999.' }])).toStrictEqual([
      { type: 'text', text: 'From 1999.' },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } },
    ]);
  });

  test('content of a chat message has a document of plain text, or of parts, as its texts', () => {
    expect(content([{ kind: 'document', from: { kind: 'text', text: 'Once.' }, name: 'Tale' }])).toStrictEqual([
      { type: 'text', text: 'Document: Tale' },
      { type: 'text', text: 'Once.' },
    ]);
    expect(content([{ kind: 'document', from: { kind: 'parts', parts: [{ kind: 'text', text: 'Once.' }] } }])).toBe(
      'Once.',
    );
  });

  test('content of a chat message has cache breakpoints only for a model that takes them', () => {
    const parts: readonly ContentPart[] = [{ kind: 'text', text: 'hello', cache: { ttl: '1h' } }];

    expect(content(parts)).toBe('hello');
    expect(content(parts, { takesCacheBreakpoints: true })).toStrictEqual([
      { type: 'text', text: 'hello', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
    ]);
  });

  test('content of a chat message has no fields that only another API knows', () => {
    const own = [{ path: 'citations', value: [], mark: 'default', reason: '' } as const];

    expect(content([{ kind: 'text', text: 'hello', own }])).toBe('hello');
  });
});
