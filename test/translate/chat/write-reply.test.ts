import { describe, expect, test } from 'vitest';
import { readReply } from '../../../src/translate/chat/read-reply.ts';
import { writeReply } from '../../../src/translate/chat/write-reply.ts';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import type { NeutralReply } from '../../../src/translate/neutral/reply.ts';

const call = (id: string, input = '{"a":1}'): ContentPart => ({
  kind: 'tool-call',
  id,
  name: 'f',
  form: 'json',
  input,
});

function written(reply: Partial<NeutralReply>, request: JsonObject = {}): JsonObject {
  const whole: NeutralReply = {
    api: 'openai-chat',
    id: 'msg_1',
    model: 'claude',
    parts: [],
    finish: 'stop',
    ...reply,
  };
  return JSON.parse(JSON.stringify(writeReply(whole, { request, id: 'chatcmpl-or_1', nowS: 7 }))) as JsonObject;
}

function choice(reply: Partial<NeutralReply>, request: JsonObject = {}): unknown {
  return (written(reply, request).choices as readonly unknown[])[0];
}

describe('a reply as a chat completion', () => {
  test('a reply written as a chat completion has every field that the vendor fills', () => {
    expect(
      written({ parts: [{ kind: 'text', text: 'hello' }], usage: { input: 3, output: 2 }, tier: 'flex' }),
    ).toStrictEqual({
      id: 'chatcmpl-or_1',
      object: 'chat.completion',
      created: 7,
      model: 'claude',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'hello', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
      service_tier: 'flex',
    });
  });

  test('a reply written as a chat completion has its texts joined, followed by its calls', () => {
    const parts: readonly ContentPart[] = [
      { kind: 'text', text: 'a' },
      call('x'),
      { kind: 'text', text: 'b' },
      call('y', ''),
    ];

    expect(choice({ parts, finish: 'tool-calls' })).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'ab',
        tool_calls: [
          { id: 'x', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 'y', type: 'function', function: { name: 'f', arguments: '{}' } },
        ],
      },
    });
  });

  test('a reply written as a chat completion has no content where there is no text', () => {
    expect(choice({ parts: [call('x')], finish: 'tool-calls' })).toMatchObject({ message: { content: null } });
  });

  test('a reply written as a chat completion answers a request with deprecated functions by a function call', () => {
    const answer = choice({ parts: [call('x')], finish: 'tool-calls' }, { functions: [{ name: 'f' }] });

    expect(answer).toMatchObject({
      finish_reason: 'function_call',
      message: { function_call: { name: 'f', arguments: '{"a":1}' } },
    });
    expect(answer).not.toHaveProperty('message.tool_calls');
  });

  test('a reply written as a chat completion has the finish reason of chat completions for every finish', () => {
    const words = {
      stop: 'stop',
      'stop-sequence': 'stop',
      length: 'length',
      'context-full': 'length',
      'tool-calls': 'tool_calls',
      refusal: 'stop',
      'content-filter': 'content_filter',
    } as const;

    for (const [finish, word] of Object.entries(words))
      expect(choice({ finish: finish as keyof typeof words })).toMatchObject({ finish_reason: word });
  });

  test('a reply written as a chat completion is a refusal in its own field', () => {
    expect(choice({ parts: [{ kind: 'refusal', text: 'I cannot.' }], finish: 'refusal' })).toMatchObject({
      finish_reason: 'stop',
      message: { content: null, refusal: 'I cannot.' },
    });
  });

  test('a reply written as a chat completion shows no reasoning of another vendor', () => {
    const thought: ContentPart = { kind: 'reasoning', text: 'hm', owner: { api: 'anthropic-messages' }, sealed: [] };

    expect(choice({ parts: [thought, { kind: 'text', text: 'a' }] })).toMatchObject({
      message: { role: 'assistant', content: 'a', refusal: null, annotations: [] },
    });
  });

  test('cached tokens and cache writes are counted as a part of the input', () => {
    const usage = { input: 10, cacheRead: 60, cacheWrite5m: 20, cacheWrite1h: 5, output: 7, reasoning: 3 };

    expect(written({ usage }).usage).toMatchObject({
      prompt_tokens: 95,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 25 },
      completion_tokens: 7,
      completion_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 102,
    });
  });

  test('a reply written as a chat completion is unchanged after reading and writing', () => {
    const completion = written({
      parts: [
        { kind: 'text', text: 'a' },
        call('x'),
        { kind: 'tool-call', id: 'y', name: 'g', form: 'free', input: 'z' },
      ],
      finish: 'tool-calls',
      usage: { input: 10, cacheRead: 60, output: 7 },
      tier: 'default',
    });

    expect(written(readReply(completion))).toStrictEqual(completion);
  });
});
