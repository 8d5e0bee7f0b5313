import { expect, test } from 'vitest';
import { prefixPart } from '../../../src/engine/attempts/prefix-part.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import { attempt } from '../../core/support/intents.ts';

const [haiku, sonnet] = ['claude-haiku-4-5', 'claude-sonnet-4-5'].map(model =>
  resolvePrice({ provider: 'anthropic', model }),
) as [ReturnType<typeof resolvePrice>, ReturnType<typeof resolvePrice>];
const model = {
  price: haiku,
  priceOf: (name: string) => ({ isSame: name.includes('haiku'), price: sonnet, isKnown: true }),
};
const AT_MS = Date.UTC(2026, 9, 1);
const usage = { cacheRead: 5000, cacheWrite5m: 1000, output: 100 };
const sent = attempt('mini', 10_000_000, { usage, startedAtMs: AT_MS });

test('the prefix of an attempt is priced as the model that served it', () => {
  expect(prefixPart(sent, 6000, { terms: {}, model })).toBe(500_000 + 1_250_000);
  expect(prefixPart({ ...sent, responseModel: 'haiku-x' }, 6000, { terms: {}, model })).toBe(500_000 + 1_250_000);
  expect(prefixPart({ ...sent, responseModel: 'other' }, 6000, { terms: {}, model })).toBe(1_500_000 + 3_750_000);
});

test('the prefix is a part of the first of several calls in a reply', () => {
  const calls = [{ usage: { cacheRead: 5000 } }, { usage: { input: 90_000 } }];
  expect(prefixPart({ ...sent, calls }, 50_000, { terms: {}, model })).toBe(500_000);
});

test('a prefix never costs more than its attempt, whatever the provider billed', () => {
  expect(prefixPart({ ...sent, costNanoUsd: 1000 }, 6000, { terms: {}, model })).toBe(1000);
});
