import { expect, test } from 'vitest';
import { resolvePrice } from '../../src/prices/price-book.ts';
import { typicalCostUsd } from '../../src/prices/typical-cost.ts';

const atMs = Date.UTC(2026, 0, 1);
const mini = resolvePrice({ provider: 'openai', model: 'gpt-5-mini' });

test('a typical request has 1,000 input and 300 output tokens', () => {
  expect(typicalCostUsd(mini, atMs)).toBe(0.00085);
});

test('a given request size replaces the typical one', () => {
  expect(typicalCostUsd(mini, atMs, { inputTokens: 100, outputTokens: 0 })).toBe(0.000025);
});

test('a model priced by its latency is assumed to take two seconds', () => {
  const local = resolvePrice({ provider: 'openai', model: 'llama', price: { gpuHourUsd: 3.6 } });
  expect(typicalCostUsd(local, atMs)).toBe(0.002);
});

test('the typical cost is 0 if each call reports its own cost', () => {
  expect(typicalCostUsd(resolvePrice({ provider: 'other', model: 'x', price: 'reported' }), atMs)).toBe(0);
});

test('a fee per request is a part of the typical cost', () => {
  const rates = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
  const price = resolvePrice({ provider: 'other', model: 'sonar', price: { ...rates, perRequestUsd: 0.005 } });
  expect(typicalCostUsd(price, 0)).toBe(0.005 + 0.0013);
});
