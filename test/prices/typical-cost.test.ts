import { expect, test } from 'vitest';
import { resolvePrice } from '../../src/prices/price-book.ts';
import { typicalCostUsd } from '../../src/prices/typical-cost.ts';

const at = Date.UTC(2026, 0, 1);
const mini = resolvePrice({ provider: 'openai', model: 'gpt-5-mini' });

test('a typical request is 1,000 tokens in and 300 out: $0.25 and $2 per million make $0.00085', () => {
  expect(typicalCostUsd(mini, at)).toBe(0.00085);
});

test('the size can be another', () => {
  expect(typicalCostUsd(mini, at, { inputTokens: 100, outputTokens: 0 })).toBe(0.000025);
});

test('a model priced by its latency is asked for two seconds', () => {
  const local = resolvePrice({ provider: 'openai', model: 'llama', price: { gpuHourUsd: 3.6 } });
  expect(typicalCostUsd(local, at)).toBe(0.002);
});

test('a price that only the calls report says 0', () => {
  expect(typicalCostUsd(resolvePrice({ provider: 'other', model: 'x', price: 'reported' }), at)).toBe(0);
});
