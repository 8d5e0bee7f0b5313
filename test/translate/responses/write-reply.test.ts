import { describe, expect, test } from 'vitest';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import { openEnvelope } from '../../../src/translate/neutral/envelope.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import type { NeutralReply } from '../../../src/translate/neutral/reply.ts';
import { readReply } from '../../../src/translate/responses/read-reply.ts';
import { writeReply } from '../../../src/translate/responses/write-reply.ts';

function written(reply: Partial<NeutralReply>, request: JsonObject = {}): JsonObject {
  const whole: NeutralReply = {
    api: 'openai-chat',
    id: 'msg_1',
    model: 'claude',
    parts: [],
    finish: 'stop',
    ...reply,
  };
  return JSON.parse(JSON.stringify(writeReply(whole, { request, id: 'resp_or_1', nowS: 7 }))) as JsonObject;
}

const TEXT: ContentPart = { kind: 'text', text: 'hello' };
const CALL: ContentPart = { kind: 'tool-call', id: 'x', name: 'f', form: 'json', input: '{"a":1}' };

describe('a reply as a response', () => {
  test('a reply written as a response repeats its request, and has its parts as items in their order', () => {
    const request = {
      instructions: 'Be kind.',
      temperature: 0.5,
      metadata: { a: 'b' },
      tools: [{ type: 'function', name: 'f' }],
    };

    expect(written({ parts: [TEXT, CALL, TEXT], finish: 'tool-calls' }, request)).toMatchObject({
      id: 'resp_or_1',
      object: 'response',
      created_at: 7,
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'claude',
      ...request,
      top_p: 1,
      output: [
        { type: 'message', status: 'completed', content: [{ type: 'output_text', text: 'hello', annotations: [] }] },
        { type: 'function_call', call_id: 'x', name: 'f', arguments: '{"a":1}', status: 'completed' },
        { type: 'message' },
      ],
    });
  });

  test('a response that was cut off is incomplete, and of its items only the last one is', () => {
    expect(written({ parts: [TEXT, CALL], finish: 'length' })).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'completed' }, { status: 'incomplete' }],
    });
    expect(written({ finish: 'content-filter' })).toMatchObject({ incomplete_details: { reason: 'content_filter' } });
  });

  test('a reply written as a response holds another vendor’s reasoning in an envelope, which returns it unchanged', () => {
    const sealed = [{ type: 'thinking', thinking: 'hm', signature: 's' }];
    const owner = { api: 'anthropic-messages', model: 'claude' } as const;
    const { output } = written({ parts: [{ kind: 'reasoning', text: 'hm', owner, sealed }, TEXT] });
    const [item] = output as readonly { readonly encrypted_content: string; readonly summary: unknown }[];

    expect(item?.summary).toStrictEqual([{ type: 'summary_text', text: 'hm' }]);
    expect(openEnvelope(item?.encrypted_content ?? '')).toStrictEqual({ owner, sealed });
  });

  test('a reply written as a response has log probabilities in the text that they belong to', () => {
    const logprobs = [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }];
    const own = [{ path: '@logprobs', value: logprobs, mark: 'default', reason: '' } as const];

    expect(written({ parts: [{ ...TEXT, own }] }).output).toMatchObject([{ content: [{ logprobs }] }]);
  });

  test('cached tokens and cache writes are counted as a part of the input', () => {
    const usage = { input: 10, cacheRead: 60, cacheWrite5m: 20, cacheWrite1h: 5, output: 7, reasoning: 3 };

    expect(written({ usage }).usage).toStrictEqual({
      input_tokens: 95,
      input_tokens_details: {
        cached_tokens: 60,
        cache_write_tokens: 25,
        cache_write_tokens_details: { ttl_30m_tokens: 20, ttl_12h_tokens: 5 },
      },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 102,
    });
  });

  test('a response is the same after its reply was read and written again', () => {
    const parts: readonly ContentPart[] = [
      TEXT,
      CALL,
      { kind: 'tool-call', id: 'y', name: 'g', form: 'free', input: 'z' },
    ];
    const response = written({
      parts,
      finish: 'tool-calls',
      usage: { input: 10, cacheRead: 60, output: 7 },
      tier: 'default',
    });

    expect(written(readReply(response))).toStrictEqual(response);
  });
});
