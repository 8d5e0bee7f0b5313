import { expect, test } from 'vitest';
import { writtenUsage } from '../../../src/translate/anthropic/usage.ts';
import { anthropicReply } from '../../../src/wires/anthropic-reply.ts';

test('input excludes cached tokens, and written usage is read back unchanged', () => {
  const usage = { input: 10, cacheRead: 200, cacheWrite5m: 3, cacheWrite1h: 4, output: 7, reasoning: 2 };
  const written = writtenUsage(usage);
  expect(written).toMatchObject({ input_tokens: 10, cache_read_input_tokens: 200, cache_creation_input_tokens: 7 });
  expect(anthropicReply({ content: [], usage: written }).usage).toEqual(usage);
});

test('unknown usage is written as 0 tokens', () => {
  expect(writtenUsage()).toMatchObject({ input_tokens: 0, output_tokens: 0, output_tokens_details: null });
});
