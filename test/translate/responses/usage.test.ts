import { expect, test } from 'vitest';
import { writtenUsage } from '../../../src/translate/responses/usage.ts';
import { readUsage } from '../../../src/wires/openai-usage.ts';

test('input includes cached tokens, and written usage is read back unchanged', () => {
  const usage = { input: 10, cacheRead: 200, cacheWrite5m: 3, cacheWrite1h: 4, output: 7, reasoning: 2 };
  const written = writtenUsage(usage);
  expect(written).toMatchObject({ input_tokens: 217, output_tokens: 7, total_tokens: 224 });
  expect(readUsage(written).usage).toEqual(usage);
});

test('the lifetimes of cache writes are stated only where one of them is long', () => {
  expect(writtenUsage({ cacheWrite5m: 3 }).input_tokens_details).toEqual({ cached_tokens: 0, cache_write_tokens: 3 });
});
