import { describe, expect, test } from 'vitest';
import { readContent } from '../../../src/translate/responses/read-content.ts';
import { asResponses, fromResponses } from '../openai-requests.ts';

describe('content of a message', () => {
  test('content of a message is unchanged after reading and writing', () => {
    const content = [
      { type: 'input_text', text: 'look', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
      { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'high' },
      { type: 'input_image', file_id: 'file-1', detail: 'auto' },
      { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf', detail: 'low' },
      { type: 'input_file', file_url: 'https://example.com/a.pdf' },
      { type: 'input_file', file_id: 'file-2' },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    ];

    expect(asResponses(fromResponses({ input: [{ role: 'user', content }] })).input).toStrictEqual([
      { role: 'user', content },
    ]);
  });

  test('content of a message is a list of parts, or a text, and anything else is not understood', () => {
    expect(readContent('hello')).toStrictEqual([{ kind: 'text', text: 'hello' }]);
    expect(readContent('')).toStrictEqual([]);
    expect(readContent(7)).toBeUndefined();
  });

  test('content of a message that is not understood is kept for its own API only', () => {
    const parts = [
      { type: 'input_text' },
      { type: 'input_file' },
      { type: 'input_audio', input_audio: {} },
      'bare',
      // Which of two sources counts is not known.
      { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', file_url: 'https://example.com/a.pdf' },
      { type: 'input_image', image_url: 'https://example.com/a.png', file_id: 'file-1' },
    ];

    expect(readContent(parts)).toMatchObject(parts.map(value => ({ kind: 'opaque', mark: 'unable', value })));
  });

  test('sources in the content of a message are not sent to other APIs', () => {
    const annotations = [{ type: 'url_citation', url: 'https://a' }];

    expect(readContent([{ type: 'output_text', text: 'a', annotations }])).toMatchObject([
      { own: [{ path: 'annotations', mark: 'preference' }] },
    ]);
  });
});
