import { expect, test } from 'vitest';
import { ledgerPrefixRates, prefixRates } from '../../src/prices/prefix-rates.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';

const AT_MS = Date.UTC(2026, 10, 1);

test('a prefix costs what its model charges for input of its length: read from the cache, written to it, or neither', () => {
  const sonnet = resolvePrice({ provider: 'anthropic', model: 'claude-sonnet-4-5' });
  const rates = prefixRates(sonnet, { ttlMs: 7 }, { tokens: 5000, atMs: AT_MS });
  expect(rates).toEqual({ readUsd: 0.3e-6, writeUsd: 3.75e-6, inputUsd: 3e-6, ttlMs: 7 });
  const long = prefixRates(sonnet, { ttlMs: 7 }, { tokens: 300_000, atMs: AT_MS });
  expect(long).toEqual({ readUsd: 0.6e-6, writeUsd: 7.5e-6, inputUsd: 6e-6, ttlMs: 7 });
});

test('a model without an extra charge for writing, or a discount for reading, uses its input price instead', () => {
  const price = resolvePrice({ provider: 'own', model: 'x', price: { inputUsdPerMillion: 2, outputUsdPerMillion: 4 } });
  expect(prefixRates(price, { ttlMs: 7 }, { tokens: 1, atMs: AT_MS })).toEqual({
    readUsd: 2e-6,
    writeUsd: 2e-6,
    inputUsd: 2e-6,
    ttlMs: 7,
  });
});

test('a price by the hour has no price per token', () => {
  const price = resolvePrice({ provider: 'own', model: 'x', price: { gpuHourUsd: 2 } });
  expect(prefixRates(price, { ttlMs: 7 }, { tokens: 1, atMs: AT_MS })).toBeUndefined();
});

test('prefix rates are the list prices of the model names in a ledger’s versions, and an unlisted model has none', () => {
  const ratesOf = ledgerPrefixRates({ mini: 'gpt-5-mini@1f0c$0.00085+v2', own: 'llama@1' }, AT_MS);
  expect(ratesOf('mini', 1000)).toEqual({ readUsd: 0.025e-6, writeUsd: 0.25e-6, inputUsd: 0.25e-6, ttlMs: 300_000 });
  expect(ratesOf('own', 1000)).toBeUndefined();
  expect(ratesOf('other', 1000)).toBeUndefined();
});
