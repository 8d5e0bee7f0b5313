import { expect, test } from 'vitest';
import { countBody, counts, readCount, writtenCount } from '../../src/translate/token-count.ts';

test('only the Responses API and Anthropic’s messages have a token count by their vendor', () => {
  expect((['openai-chat', 'openai-responses', 'anthropic-messages'] as const).map(counts)).toStrictEqual([
    false,
    true,
    true,
  ]);
});

test('a request for a token count has only the fields that the endpoint accepts, each value as it was written', () => {
  const anthropic =
    '{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"1e400"}],"stream":true,"tools":[{"n":1e400}]}';
  const responses = '{"model":"m","input":[],"store":false,"max_output_tokens":9,"instructions":"x","temperature":1}';

  expect(countBody(anthropic, 'anthropic-messages')).toBe(
    '{"model":"m","messages":[{"role":"user","content":"1e400"}],"tools":[{"n":1e400}]}',
  );
  expect(countBody(responses, 'openai-responses')).toBe('{"model":"m","input":[],"instructions":"x"}');
});

test('a token count is read from every vendor, and returned in the format of the client’s', () => {
  expect(readCount('{"input_tokens":7,"object":"response.input_tokens"}')).toBe(7);
  expect(readCount('{"error":{}}')).toBeUndefined();
  expect(readCount('busy')).toBeUndefined();
  expect(writtenCount(7, 'anthropic-messages')).toBe('{"input_tokens":7}');
  expect(writtenCount(7, 'openai-responses')).toBe('{"object":"response.input_tokens","input_tokens":7}');
});
