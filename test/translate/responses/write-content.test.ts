import { describe, expect, test } from 'vitest';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import { asResponses, fromAnthropic, fromChat, user } from '../openai-requests.ts';

function content(parts: readonly ContentPart[], model = {}): unknown {
  const { input } = asResponses(fromAnthropic({ turns: [user(...parts)] }), { model: 'm', ...model });
  return (input as readonly { readonly content: unknown }[])[0]?.content;
}

const PDF: ContentPart = { kind: 'document', from: { kind: 'base64', mediaType: 'application/pdf', data: 'AAAA' } };
const LINK: ContentPart = { kind: 'document', from: { kind: 'url', url: 'https://a/b.pdf' }, name: 'b.pdf' };

describe('content of a message', () => {
  test('a file has a name beside its data, and none beside its address, where the vendor refuses it', () => {
    expect(content([PDF])).toStrictEqual([
      { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'document.pdf' },
    ]);
    expect(content([LINK])).toStrictEqual([
      { type: 'input_text', text: 'Document: b.pdf' },
      { type: 'input_file', file_url: 'https://a/b.pdf' },
    ]);
  });

  test('content of a message has a document of plain text, or of parts, as its texts', () => {
    const parts = [{ kind: 'text', text: 'Once.' }] as const;

    expect(content([{ kind: 'document', from: { kind: 'text', text: 'Once.' }, context: 'A tale.' }])).toStrictEqual([
      { type: 'input_text', text: 'A tale.' },
      { type: 'input_text', text: 'Once.' },
    ]);
    expect(content([{ kind: 'document', from: { kind: 'parts', parts } }])).toBe('Once.');
  });

  test('content of a message has the detail of an image', () => {
    const { input } = asResponses(
      fromChat({
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a/b.png', detail: 'low' } }] },
        ],
      }),
    );

    expect(input).toMatchObject([{ content: [{ type: 'input_image', image_url: 'https://a/b.png', detail: 'low' }] }]);
  });

  test('content of a message has cache breakpoints only for a model that takes them', () => {
    const parts: readonly ContentPart[] = [{ kind: 'text', text: 'hello', cache: {} }];

    expect(content(parts)).toBe('hello');
    expect(content(parts, { takesCacheBreakpoints: true })).toStrictEqual([
      { type: 'input_text', text: 'hello', prompt_cache_breakpoint: { mode: 'explicit' } },
    ]);
  });
});
