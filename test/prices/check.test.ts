import { expect, test } from 'vitest';
import { checkPrices, priceLists } from '../../src/prices/check.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const atMs = Date.UTC(2026, 10, 22);

test('every model is checked, including those after an unknown one', () => {
  const checks = checkPrices(
    {
      typo: { provider: 'openai', model: 'gpt-5-minni' },
      other: { provider: 'anthropic', model: 'claude-sonnet-5-7' },
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      local: { provider: 'openai', model: 'llama', price: { gpuHourUsd: 2 } },
    },
    atMs,
  );
  expect(checks.map(({ name, status }) => [name, status])).toEqual([
    ['typo', 'unknown'],
    ['other', 'unknown'],
    ['mini', 'known'],
    ['local', 'configured'],
  ]);
  expect(checks[0]?.detail).toContain('models.typo.price');
  expect(checks[1]?.detail).toContain('would take it for "claude-sonnet-5"');
  expect(checks[2]).toMatchObject({
    detail: 'genai-prices 0.1.8 openai/gpt-5-mini',
    rates: [{ rates: { input: 250_000 } }],
  });
  expect(checks[3]).toMatchObject({ rates: [], differsFromBook: false });
});

test('only a configured price that differs from the book’s is marked as different', () => {
  const checks = checkPrices(
    {
      old: { provider: 'openai', model: 'gpt-5-mini', price: { inputUsdPerMillion: 0.3, outputUsdPerMillion: 2 } },
      same: { provider: 'openai', model: 'gpt-5', price: 'openai/gpt-5' },
    },
    atMs,
  );
  expect(checks.map(check => check.differsFromBook)).toEqual([true, false]);
});

test('a configured price is compared with the book’s price of the same endpoint, if the book has one', () => {
  const price = { inputUsdPerMillion: 0.3, outputUsdPerMillion: 2 };
  const checks = checkPrices(
    {
      own: { provider: 'openai', model: 'gpt-5-mini', baseURL: 'http://localhost:8000/v1', price },
      azure: { provider: 'openai', model: 'gpt-5-mini', baseURL: 'https://example.openai.azure.com', price },
      listed: { provider: 'openai', model: 'gpt-5-mini' },
      missing: { provider: 'openai', model: 'gpt-5-minni' },
    },
    atMs,
  );
  expect(checks.map(check => check.differsFromBook)).toEqual([false, true, false, false]);
});

test('an invalid price is reported as unknown instead of thrown', () => {
  const [check] = checkPrices({ bad: { provider: 'openai', model: 'x', price: { gpuHourUsd: -1 } } }, atMs);
  expect(check).toMatchObject({ status: 'unknown', rates: [] });
  expect(check?.detail).toContain('models.bad.price.gpuHourUsd');
});

test('only a mistake in a price is reported; any other error is thrown', () => {
  const price = new Proxy({} as never, {
    has: () => {
      throw new TypeError('boom');
    },
  });
  expect(() => checkPrices({ broken: { provider: 'openai', model: 'x', price } }, atMs)).toThrow('boom');
});

test.each([null, undefined, 'openai'])('checkPrices(%j) is refused, because models are an object', models => {
  expect(refusal(() => (checkPrices as Loose)(models, 0)).path).toBe('checkPrices');
});

test('a model that is not an object is refused with its name', () => {
  expect(refusal(() => (checkPrices as Loose)({ mini: null }, 0)).path).toBe('checkPrices["mini"]');
});

const PRICE_LIST = {
  source: 'ours',
  asOf: '2026-11-28',
  models: [{ provider: 'openai', model: 'gpt-9', prices: [{ inputUsdPerMillion: 3, outputUsdPerMillion: 4 }] }],
};

test('the application’s own price list is looked up first, and its mistakes are thrown', () => {
  const models = { nine: { provider: 'openai', model: 'gpt-9' } };
  expect(checkPrices(models, atMs, { priceList: PRICE_LIST })[0]).toMatchObject({ status: 'known' });
  expect(checkPrices(models, atMs)[0]).toMatchObject({ status: 'unknown' });
  expect(refusal(() => checkPrices(models, atMs, { priceList: { ...PRICE_LIST, asOf: '' } })).path).toBe(
    'priceList.asOf',
  );
  expect(priceLists(PRICE_LIST).map(({ name }) => name)).toEqual([
    'ours',
    'additions to the price book',
    'genai-prices 0.1.8',
  ]);
});

test('missing rates of a model are named, also if the application configured its price', () => {
  const missing = checkPrices(
    {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      sonar: { provider: 'perplexity', model: 'sonar' },
      own: { provider: 'openai', model: 'own', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
      whole: {
        provider: 'openai',
        model: 'own',
        price: {
          inputUsdPerMillion: 1,
          cacheReadUsdPerMillion: 0,
          outputUsdPerMillion: 2,
          webSearchUsdPerThousand: 10,
          fileSearchUsdPerThousand: 2,
          codeSessionUsd: 0.03,
          imageGenOutputUsdPerMillion: 40,
        },
      },
      typo: { provider: 'openai', model: 'gpt-5-minni' },
    },
    atMs,
  ).map(check => check.missing);
  expect(missing).toEqual([
    ['codeSession', 'imageGenOutput'],
    ['cacheRead', 'webSearch', 'fileSearch', 'codeSession', 'imageGenOutput', 'request'],
    ['cacheRead', 'webSearch', 'fileSearch', 'codeSession', 'imageGenOutput'],
    [],
    [],
  ]);
});
