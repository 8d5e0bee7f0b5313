import { describe, expect, test } from 'vitest';
import { readContent } from '../../../src/translate/chat/read-content.ts';
import { asChat, fromChat } from '../openai-requests.ts';

describe('content of a chat message', () => {
  test('content of a chat message is unchanged after reading and writing', () => {
    const content = [
      { type: 'text', text: 'look', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'high' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } },
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'text', text: 'and tell', tone: 'formal' },
      { type: 'hologram', hologram: {} },
    ];

    expect(asChat(fromChat({ messages: [{ role: 'user', content }] })).messages).toStrictEqual([
      { role: 'user', content },
    ]);
  });

  test('content of a chat message is a list of parts, or a text', () => {
    expect(readContent('hello')).toStrictEqual([{ kind: 'text', text: 'hello' }]);
    expect(readContent([{ type: 'text', text: 'hello' }])).toStrictEqual([{ kind: 'text', text: 'hello' }]);
  });

  test('empty texts in the content of a chat message are left out', () => {
    expect(readContent('')).toStrictEqual([]);
    expect(readContent([{ type: 'text', text: '' }])).toStrictEqual([]);
    expect(readContent(null)).toStrictEqual([]);
    expect(readContent(undefined)).toStrictEqual([]);
  });

  test('content of a chat message may give images by their address alone, as some clients do', () => {
    expect(readContent([{ type: 'image_url', image_url: 'https://example.com/a.png' }])).toMatchObject([
      { kind: 'image', from: { kind: 'url', url: 'https://example.com/a.png' } },
    ]);
  });

  test('content of a chat message that is not understood is kept for its own API only', () => {
    const parts = [
      { type: 'text' },
      { type: 'file', file: {} },
      // Which of two sources counts is not known.
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', file_id: 'file-1' } },
      { type: 'input_audio', input_audio: { data: 'A' } },
      { type: 'image_url', image_url: { url: 'https://a/b.png', crop: 1 } },
      'bare',
    ];

    expect(readContent(parts)).toMatchObject(parts.map(value => ({ kind: 'opaque', mark: 'unable', value })));
  });
});
