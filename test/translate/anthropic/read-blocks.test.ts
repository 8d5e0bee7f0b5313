import { describe, expect, test } from 'vitest';
import { readBlock, readReplyBlock } from '../../../src/translate/anthropic/read-blocks.ts';
import { envelopeOf } from '../../../src/translate/neutral/envelope.ts';
import type { JsonValue } from '../../../src/translate/neutral/json-text.ts';

describe('a block of Anthropic’s API', () => {
  test.each<[JsonValue, string]>([
    [{ type: 'web_search_tool_result', content: [] }, 'bound'],
    [{ type: 'server_tool_use', id: 'x' }, 'unable'],
    [{ type: 'of_the_future' }, 'unable'],
    [{ type: 'text' }, 'unable'],
    [{ type: 'image', source: { type: 'of_the_future' } }, 'unable'],
    ['text', 'unable'],
  ])('%j, which no other API has, is kept as it is', (block, mark) => {
    expect(readBlock(block)).toMatchObject({ kind: 'opaque', value: block, mark });
  });

  test('fields that no other API has are kept, each with its mark', () => {
    const block = {
      type: 'tool_use',
      id: 'c',
      name: 'f',
      input: '{}',
      caller: { type: 'code_execution_20250825', tool_id: 't' },
    };
    const direct = { ...block, caller: { type: 'direct' } };

    expect(readBlock(block).own).toMatchObject([{ path: 'caller', mark: 'unable' }]);
    expect(readBlock(direct).own).toMatchObject([{ path: 'caller', mark: 'default' }]);
    expect(readBlock({ type: 'text', text: 'x', citations: [{ type: 'char_location' }] }).own).toMatchObject([
      { path: 'citations', mark: 'preference' },
    ]);
    expect(readBlock({ type: 'text', text: 'x', tone: 'kind' }).own).toMatchObject([{ path: 'tone', mark: 'unable' }]);
  });

  test('a thinking block is kept byte for byte, with the model of the reply where it is read from one', () => {
    const block = { type: 'thinking', thinking: 'hm', signature: 'sig==' };
    const redacted = { type: 'redacted_thinking', data: 'xyz' };

    expect(readBlock(block)).toStrictEqual({
      kind: 'reasoning',
      text: 'hm',
      owner: { api: 'anthropic-messages' },
      sealed: [block],
    });
    expect(readReplyBlock(redacted, 'claude')).toStrictEqual({
      kind: 'reasoning',
      text: '',
      owner: { api: 'anthropic-messages', model: 'claude' },
      sealed: [redacted],
    });
  });

  test('thinking in an envelope belongs to the model that wrote it', () => {
    const owner = { api: 'openai-responses', model: 'gpt-5' } as const;
    const sealed = [{ type: 'reasoning', encrypted_content: 'abc' }];
    const signature = envelopeOf({ kind: 'reasoning', text: 'hm', owner, sealed });

    expect(readBlock({ type: 'thinking', thinking: 'hm', signature })).toStrictEqual({
      kind: 'reasoning',
      text: 'hm',
      owner,
      sealed,
    });
  });
});
