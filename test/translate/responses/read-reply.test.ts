import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import { readReply } from '../../../src/translate/responses/read-reply.ts';

function reply(output: readonly JsonObject[], more: JsonObject = {}) {
  return readReply({ id: 'resp_1', created_at: 7, model: 'gpt-5', status: 'completed', output, ...more });
}

const TEXT = { type: 'output_text', text: 'hello', annotations: [], logprobs: [] };
const message = (...content: readonly JsonObject[]): JsonObject => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  content,
});
const CALL = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{"a":1e400}' };

describe('a response', () => {
  test('a response has its id, model, time and tier, and its parts in their order', () => {
    const thought = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'hm' }],
      encrypted_content: 'x',
    };

    expect(reply([thought, message(TEXT)], { service_tier: 'flex' })).toMatchObject({
      id: 'resp_1',
      model: 'gpt-5',
      parts: [
        { kind: 'reasoning', text: 'hm', owner: { api: 'openai-responses', model: 'gpt-5' }, sealed: [thought] },
        { kind: 'text', text: 'hello' },
      ],
      finish: 'stop',
      tier: 'flex',
      createdAtS: 7,
    });
  });

  test('a response with a call ends as tool calls, unless it was cut off', () => {
    expect(reply([message(TEXT), CALL])).toMatchObject({
      parts: [{}, { kind: 'tool-call', id: 'call_1', input: '{"a":1e400}' }],
      finish: 'tool-calls',
    });
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(reply([CALL], cut)).toMatchObject({ finish: 'length' });
  });

  test('a response may be a refusal, or filtered', () => {
    expect(reply([message({ type: 'refusal', refusal: 'I cannot.' })])).toMatchObject({
      parts: [{ kind: 'refusal', text: 'I cannot.' }],
      finish: 'refusal',
    });
    const filtered = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    expect(reply([message(TEXT)], filtered)).toMatchObject({ finish: 'content-filter' });
  });

  test('a response keeps the log probabilities of its text', () => {
    const logprobs = [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }];

    const own = expect.arrayContaining([expect.objectContaining({ value: logprobs, mark: 'default' })]) as unknown;
    expect(reply([message({ ...TEXT, logprobs })]).parts).toMatchObject([{ own }]);
  });

  test('a response counts its tokens in disjoint meters', () => {
    const usage = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 120,
    };

    expect(reply([message(TEXT)], { usage }).usage).toStrictEqual({
      input: 30,
      cacheRead: 60,
      cacheWrite5m: 10,
      output: 20,
      reasoning: 5,
    });
  });

  test('a body without output is not a response', () => {
    expect(() => readReply({ id: 'resp_1' })).toThrow(/output/);
  });
});
