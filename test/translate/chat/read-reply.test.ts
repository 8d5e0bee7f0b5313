import { describe, expect, test } from 'vitest';
import { readReply } from '../../../src/translate/chat/read-reply.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';

function reply(message: JsonObject, more: JsonObject = {}, choice: JsonObject = {}) {
  return readReply({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-5',
    choices: [
      { index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', ...message }, ...choice },
    ],
    ...more,
  });
}

const CALL = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1e400}' } };

describe('a chat completion', () => {
  test('a chat completion has its id, model, time and tier, and its text', () => {
    expect(reply({ content: 'hello' }, { service_tier: 'flex' })).toMatchObject({
      id: 'chatcmpl-1',
      model: 'gpt-5',
      parts: [{ kind: 'text', text: 'hello' }],
      finish: 'stop',
      tier: 'flex',
      createdAtS: 1_700_000_000,
    });
  });

  test('a chat completion finishes as tool calls when it has one, whatever finish reason the vendor states', () => {
    expect(reply({ content: 'a', tool_calls: [CALL] })).toMatchObject({
      parts: [{ kind: 'text' }, { kind: 'tool-call', id: 'call_1', name: 'f', input: '{"a":1e400}' }],
      finish: 'tool-calls',
    });
  });

  test('two calls with the same id get different ids', () => {
    const { parts } = reply({ tool_calls: [CALL, CALL] });
    expect(parts).toMatchObject([{ id: 'call_1' }, { id: expect.stringMatching(/^call_.{24}$/) }]);
  });

  test('a chat completion that was cut off within a call does not finish as tool calls, and keeps its parts', () => {
    const cut = { ...CALL, function: { name: 'f', arguments: '{"a":' } };

    expect(reply({ tool_calls: [cut] }, {}, { finish_reason: 'length' })).toMatchObject({
      parts: [{ input: '{"a":' }],
      finish: 'length',
    });
  });

  test('a call without an id in a chat completion gets the same id each time it is read', () => {
    const nameless = { type: 'function', function: { name: 'f', arguments: '{}' } };
    const ids = () =>
      reply({ tool_calls: [nameless, nameless] }).parts.map(part => part.kind === 'tool-call' && part.id);

    expect(ids()).toStrictEqual(ids());
    expect(new Set(ids()).size).toBe(2);
  });

  test('a chat completion may have a call of a deprecated function', () => {
    const call = { name: 'f', arguments: '{}' };

    expect(reply({ content: null, function_call: call }, {}, { finish_reason: 'function_call' })).toMatchObject({
      parts: [{ kind: 'tool-call', name: 'f', input: '{}' }],
      finish: 'tool-calls',
    });
  });

  test('a chat completion may be a refusal, or filtered', () => {
    expect(reply({ content: null, refusal: 'I cannot.' })).toMatchObject({
      parts: [{ kind: 'refusal', text: 'I cannot.' }],
      finish: 'refusal',
    });
    expect(reply({ content: 'He' }, {}, { finish_reason: 'content_filter' })).toMatchObject({
      finish: 'content-filter',
    });
  });

  test('a chat completion may name the stop sequence that ended it, as some servers do', () => {
    expect(reply({ content: 'a' }, {}, { stop_reason: 'END' })).toMatchObject({
      finish: 'stop-sequence',
      stopSequence: 'END',
    });
  });

  test('a chat completion may have reasoning, in the fields of any known server', () => {
    const thought = { kind: 'reasoning', text: 'hm', owner: { api: 'openai-chat', model: 'gpt-5' } };
    const mistral = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'a' },
    ];

    expect(reply({ content: 'a', reasoning_content: 'hm' }).parts).toMatchObject([thought, { text: 'a' }]);
    expect(reply({ content: 'a', reasoning: 'hm' }).parts).toMatchObject([thought, { text: 'a' }]);
    const details = [{ type: 'reasoning.text', text: 'hm', signature: 's', index: 0 }];
    expect(reply({ content: 'a', reasoning: 'hm', reasoning_details: details }).parts).toMatchObject([
      { ...thought, sealed: [{ reasoning: 'hm', reasoning_details: details }] },
      { text: 'a' },
    ]);
    const hidden = [{ type: 'reasoning.encrypted', data: 'x', index: 0 }];
    expect(reply({ content: 'a', reasoning_details: hidden }).parts).toMatchObject([
      { kind: 'reasoning', text: '', sealed: [{ reasoning_details: hidden }] },
      { text: 'a' },
    ]);
    expect(reply({ content: mistral }).parts).toMatchObject([thought, { text: 'a' }]);
  });

  test('a chat completion keeps the log probabilities of its text', () => {
    const content = [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }];

    expect(reply({ content: 'a' }, {}, { logprobs: { content, refusal: null } }).parts).toMatchObject([
      { own: [{ value: content, mark: 'default' }] },
    ]);
  });

  test('a chat completion counts its tokens in disjoint meters', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 5 },
    };

    expect(reply({ content: 'a' }, { usage }).usage).toStrictEqual({
      input: 30,
      cacheRead: 60,
      cacheWrite5m: 10,
      output: 20,
      reasoning: 5,
    });
    expect(reply({ content: 'a' }).usage).toBeUndefined();
  });

  test('a body without a message is not a chat completion', () => {
    expect(() => readReply({ choices: [] })).toThrow(/choices\[0\]\.message/);
    expect(() => readReply('busy')).toThrow(/chat completion/);
  });
});
