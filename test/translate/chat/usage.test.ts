import { expect, test } from 'vitest';
import { writtenUsage } from '../../../src/translate/chat/usage.ts';
import { readUsage } from '../../../src/wires/openai-usage.ts';

test('input includes cached tokens, and written usage is read back unchanged', () => {
  const usage = { input: 10, cacheRead: 200, cacheWrite5m: 3, output: 7, reasoning: 2 };
  const written = writtenUsage(usage);
  expect(written).toMatchObject({ prompt_tokens: 213, completion_tokens: 7, total_tokens: 220 });
  expect(readUsage(written).usage).toEqual(usage);
});

test('cache writes of all lifetimes are written as one count', () => {
  expect(writtenUsage({ cacheWrite5m: 3, cacheWrite1h: 4 }).prompt_tokens_details.cache_write_tokens).toBe(7);
});
