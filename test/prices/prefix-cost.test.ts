import { expect, test } from 'vitest';
import { prefixCost } from '../../src/prices/prefix-cost.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';

const AT_MS = Date.UTC(2026, 9, 1);
const sonnet = resolvePrice({ provider: 'anthropic', model: 'claude-sonnet-4-5' });
const lines = sonnet.lines({ cacheRead: 8000, cacheWrite5m: 3000, input: 500, output: 200 }, AT_MS);

test.each([
  [0, 0],
  // $0.30 a million read, $3.75 written, $3 for other input.
  [5000, 1_500_000],
  [8000, 2_400_000],
  [9000, 2_400_000 + 3_750_000],
  [11_000, 2_400_000 + 11_250_000],
  [11_200, 2_400_000 + 11_250_000 + 600_000],
  [999_999, 2_400_000 + 11_250_000 + 1_500_000],
])(
  'a prefix of %i tokens is read tokens first, then written ones, then other input: %i nano-dollars',
  (tokens, cost) => {
    expect(prefixCost(lines, tokens)).toBe(cost);
  },
);

test('a prefix is priced at the rates for the size of the whole call, and never includes output', () => {
  const price = resolvePrice({ provider: 'openai', model: 'gpt-6.2-sol' });
  const long = price.lines({ cacheRead: 300_000, output: 1000 }, Date.UTC(2026, 10, 25));
  expect(prefixCost(long, 100_000)).toBe(20_000_000);
  expect(prefixCost(price.lines({ output: 1000 }, AT_MS), 100_000)).toBe(0);
});
