import { describe, expect, test } from 'vitest';
import type { BlockContext } from '../../../src/translate/anthropic/write-blocks.ts';
import { writeBlocks, writeContent } from '../../../src/translate/anthropic/write-blocks.ts';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import { jsonText } from '../../../src/translate/neutral/json-text.ts';
import { call, result } from '../support/conversations.ts';

const OTHERS: BlockContext = { isOwn: false, target: { model: 'claude' }, cacheControl: () => ({ type: 'ephemeral' }) };

describe('parts of another API, as blocks', () => {
  test.each([
    ['{"a":1e400,"b":12345678901234567890,"a":2, "9":1}', '{"a":1e400,"b":12345678901234567890,"a":2, "9":1}'],
    ['', '{}'],
    ['  ', '{}'],
    ['[1]', '{"invalid_json":"[1]"}'],
    ['{"cut', String.raw`{"invalid_json":"{\"cut"}`],
    ['"text"', String.raw`{"invalid_json":"\"text\""}`],
  ])('the arguments %s are sent as %s', (input, written) => {
    expect(jsonText(writeBlocks([call('c', input)], OTHERS))).toBe(
      `[{"type":"tool_use","id":"c","name":"f","input":${written}}]`,
    );
  });

  test('a translated image has the media type of its bytes and base64 without line breaks; an Anthropic request keeps both as they were', () => {
    const from = { kind: 'base64', mediaType: 'image/jpeg', data: 'iVBORw0KGgo\nAAAA' } as const;
    const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgoAAAA' };

    expect(writeBlocks([{ kind: 'image', from }], OTHERS)).toEqual([{ type: 'image', source }]);
    expect(writeBlocks([{ kind: 'image', from }], { ...OTHERS, isOwn: true })).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: from.data } },
    ]);
  });

  test('an id that the vendor refuses is replaced in a call and in its result by the same new id', () => {
    const [written, answer] = writeBlocks([call('functions.f:0'), result('functions.f:0')], OTHERS) as readonly Record<
      string,
      string
    >[];

    expect(written?.id).toMatch(/^call_/);
    expect(answer?.tool_use_id).toBe(written?.id);
  });

  test('a tool result has its error flag, a single text as a string, and images as blocks', () => {
    const image: ContentPart = { kind: 'image', from: { kind: 'url', url: 'https://x/y.png' } };
    const failed: ContentPart = { kind: 'tool-result', callId: 'b', content: [image], isError: true };

    expect(writeBlocks([result('a', 'fine'), failed, { ...failed, content: [] }], OTHERS)).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: 'fine' },
      {
        type: 'tool_result',
        tool_use_id: 'b',
        content: [{ type: 'image', source: { type: 'url', url: 'https://x/y.png' } }],
        is_error: true,
      },
      { type: 'tool_result', tool_use_id: 'b', is_error: true },
    ]);
  });

  test('an empty text, or one of white space alone, is left out, because the vendor refuses it', () => {
    expect(writeContent([{ kind: 'text', text: '' }], OTHERS)).toEqual([]);
    expect(writeContent([{ kind: 'text', text: ' \n' }], OTHERS)).toEqual([]);
    expect(writeContent([{ kind: 'text', text: ' ' }], { ...OTHERS, isOwn: true })).toBe(' ');
    expect(
      writeContent(
        [
          { kind: 'text', text: '' },
          { kind: 'text', text: 'x' },
        ],
        OTHERS,
      ),
    ).toEqual([{ type: 'text', text: 'x' }]);
    expect(writeContent([{ kind: 'text', text: 'x' }], OTHERS)).toBe('x');
    expect(writeContent([{ kind: 'text', text: 'x', cache: {} }], OTHERS)).toEqual([
      { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } },
    ]);
  });

  test('a plain text file becomes a text, and a document keeps its name and its context', () => {
    const from = { kind: 'base64', mediaType: 'text/plain', data: Buffer.from('héllo').toString('base64') } as const;

    expect(writeBlocks([{ kind: 'document', from, name: 'a.txt', context: 'about' }], OTHERS)).toEqual([
      {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'héllo' },
        context: 'about',
        title: 'a.txt',
      },
    ]);
  });

  test('sealed reasoning is sent only to the model that wrote it, byte for byte', () => {
    const sealed = [{ type: 'thinking', thinking: 'hm', signature: 's' }];
    const by = (owner: Extract<ContentPart, { kind: 'reasoning' }>['owner']): unknown =>
      writeBlocks([{ kind: 'reasoning', text: 'hm', owner, sealed }], OTHERS);

    expect(by({ api: 'anthropic-messages', model: 'claude' })).toEqual(sealed);
    expect(by({ api: 'anthropic-messages' })).toEqual(sealed);
    expect(by({ api: 'anthropic-messages', model: 'other' })).toEqual([]);
    expect(by({ api: 'openai-responses' })).toEqual([]);
  });
});
