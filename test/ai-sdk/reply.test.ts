import { describe, expect, test } from 'vitest';
import { identity, replyContent, statedReply } from '../../src/ai-sdk/reply.ts';

const message = (part: object) => ({ type: 'message', content: [part] });
const call = { type: 'function_call', id: 'fc_1', call_id: 'c', name: 't', arguments: '{"a": 1e400}' };

test('content is read in order, and the arguments of a tool keep every character', () => {
  const output = [
    { type: 'reasoning', id: 'rs_1', summary: [{ text: 'One.' }, { text: 'Two.' }], encrypted_content: 'sealed' },
    message({ type: 'output_text', text: 'Hello' }),
    { type: 'web_search_call' },
    call,
  ];
  expect(replyContent({ output })).toEqual([
    { type: 'reasoning', text: 'One.\n\nTwo.', providerMetadata: { outcomeRouter: { item: output[0] } } },
    { type: 'text', text: 'Hello' },
    { type: 'tool-call', toolCallId: 'c', toolName: 't', input: '{"a": 1e400}' },
  ]);
});

describe('a refusal', () => {
  const refusal = message({ type: 'refusal', refusal: 'No.' });

  test('a refusal becomes the text of a reply without other text, marked as a refusal', () => {
    expect(replyContent({ output: [refusal] })).toEqual([
      { type: 'text', text: 'No.', providerMetadata: { outcomeRouter: { refusal: true } } },
    ]);
    expect(statedReply({ status: 'completed', output: [refusal] }).refusal).toBe('No.');
  });

  test('a refusal does not end an answer that has begun', () => {
    const reply = { status: 'completed', output: [message({ type: 'output_text', text: 'First, mix' }), refusal] };
    expect(replyContent(reply)).toEqual([{ type: 'text', text: 'First, mix' }]);
    expect(statedReply(reply)).toMatchObject({ refusal: 'No.', finishReason: { unified: 'content-filter' } });
  });

  test('a streamed refusal need not be repeated at the end', () => {
    expect(statedReply({ status: 'completed', output: [] }, 'No.')).toMatchObject({
      refusal: 'No.',
      finishReason: { unified: 'content-filter', raw: 'refusal' },
    });
  });
});

describe('the finish reason', () => {
  test.each([
    [{ status: 'completed', output: [message({ type: 'output_text', text: '' })] }, 'stop', 'completed'],
    [{ status: 'completed', output: [call] }, 'tool-calls', 'completed'],
    [{ status: 'completed', output: [message({ type: 'refusal', refusal: 'No.' })] }, 'content-filter', 'refusal'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length', 'max_output_tokens'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'content-filter', 'content_filter'],
    [{ status: 'failed' }, 'error', 'failed'],
    [{ status: 'cancelled' }, 'other', 'cancelled'],
    [undefined, 'other', undefined],
  ])('the finish reason of the reply is read: %j', (reply, unified, raw) => {
    expect(statedReply(reply).finishReason).toEqual({ unified, raw });
  });
});

describe('usage', () => {
  test('tokens of the cache and of reasoning are part of the totals', () => {
    const usage = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 5 },
    };
    expect(statedReply({ usage }).usage).toEqual({
      inputTokens: { total: 100, noCache: 30, cacheRead: 60, cacheWrite: 10 },
      outputTokens: { total: 20, text: 15, reasoning: 5 },
      raw: usage,
    });
  });

  test('a token count that the vendor does not report is unknown', () => {
    expect(statedReply({}).usage).toEqual({
      inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, text: undefined, reasoning: undefined },
    });
  });
});

test('a reply states its id, its model and its time where the vendor gives them', () => {
  const reply = { id: 'resp_1', model: 'gpt-5', created_at: 2 };
  expect(identity(reply)).toEqual({ id: 'resp_1', modelId: 'gpt-5', timestamp: new Date(2_000) });
  expect(identity({})).toEqual({});
});
