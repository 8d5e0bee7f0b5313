import { expect, test } from 'vitest';
import { COUNTED, TOOL_USAGE, USAGE } from '../../src/wires/openai-usage-fields.ts';

test.each([
  'video_tokens',
  'tokens',
  'cachedContentTokens',
  'thoughts_token_count',
  'x_search_calls',
  'web_search_requests',
  'num_search_queries',
  'prompt_audio_seconds',
])('`%s` is the name of a count that may be billed', name => {
  expect(COUNTED.test(name)).toBe(true);
});

test.each([
  'queue_time',
  'total_latency',
  'completion_tokens_per_sec',
  'tokens_per_second',
  'input_tokens_cost',
  'neurons',
  'tool_calls_executed',
  'num_sources_used',
])('`%s` is the name of a rate, a duration, a cost or a figure that no vendor bills', name => {
  expect(COUNTED.test(name)).toBe(false);
});

test('the names of a table are its own, and not those that every object has', () => {
  expect(['toString', 'constructor', '__proto__'].map(name => USAGE.get(name) ?? TOOL_USAGE.get(name))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
