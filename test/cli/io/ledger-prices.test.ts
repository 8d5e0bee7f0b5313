import { describe, expect, test } from 'vitest';
import { ledgerPrices } from '../../../src/cli/io/ledger-prices.ts';
import type { RouterConfig } from '../../../src/config/router-config.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { thompson } from '../../../src/policies/thompson.ts';

const NOW = Date.UTC(2026, 10, 20);
const models: RouterConfig['models'] = {
  mini: { provider: 'openai', model: 'gpt-5-mini', price: { inputUsdPerMillion: 7, outputUsdPerMillion: 8 } },
  opus: { provider: 'anthropic', model: 'claude-opus-4-5' },
  local: { provider: 'openai', model: 'llama', baseURL: 'http://gpu.internal:8000/v1', price: { gpuHourUsd: 2 } },
  groq: { provider: 'openai', model: 'x', baseURL: 'https://api.groq.com/openai/v1', price: 'openai/gpt-5-mini' },
  near: {
    provider: 'openai',
    model: 'y',
    baseURL: 'https://models.example/v1?key=key',
    price: 'openai/gpt-5-mini',
  },
  tuned: { provider: 'openai', model: 'ft:private', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } },
  tool: { provider: 'other', model: 'translate', price: 'reported' },
};
const application = resolveConfig({ models, features: {} }, { policy: thompson() });

const attempt = (providerModel: string, costNanoUsd = 5): Attempt => ({
  kind: 'first',
  requestId: 'r',
  turn: 1,
  model: 'mini',
  node: 'mini',
  providerModel,
  startedAtMs: NOW,
  latencyMs: 1,
  status: 'ok',
  usage: { input: 1 },
  costNanoUsd,
  provenance: 'reported',
});

test('the cache terms of a model are those in its configuration, else those known for the vendor’s model name', () => {
  const kept = { ...models, mini: { provider: 'openai', model: 'gpt-5-mini', cache: { ttlMs: 7 } } } as const;
  const { cacheOf } = ledgerPrices({
    application: resolveConfig({ models: kept, features: {} }, { policy: thompson() }),
  });
  expect(cacheOf(attempt('gpt-5-mini'))).toEqual({ ttlMs: 7, minTokens: 1024 });
  expect(cacheOf(attempt('claude-haiku-4-5'))).toEqual({ ttlMs: 300_000, minTokens: 4096 });
});

describe('prices', () => {
  const costOf = (prices: ReturnType<typeof ledgerPrices>, model: string, providerModel: string) =>
    prices.priceOf(model, NOW, attempt(providerModel))?.lines({ input: 1_000 }, NOW)[0]?.costNanoUsd;

  test('attempts of the currently configured provider model have the configured price', () => {
    expect(costOf(ledgerPrices({ application }), 'mini', 'gpt-5-mini')).toBe(7_000_000);
  });

  test('attempts of an earlier provider model have its list price', () => {
    expect(costOf(ledgerPrices({ application }), 'mini', 'gpt-4o-mini')).toBe(150_000);
  });

  test('without a configuration the ledger’s provider models have their list prices', () => {
    const prices = ledgerPrices({ application: undefined });
    expect(costOf(prices, 'mini', 'gpt-5-mini')).toBe(250_000);
    expect(costOf(prices, 'anything', 'claude-opus-4-5')).toBe(5_000_000);
  });

  test('a call that another model answered has the price of that model, configured or listed; if it has none, the price of the model asked', () => {
    const costOf = (prices: ReturnType<typeof ledgerPrices>, served: string) =>
      prices.priceOf('opus', NOW, attempt('claude-opus-4-5'), served)?.lines({ input: 1_000 }, NOW)[0]?.costNanoUsd;
    for (const prices of [ledgerPrices({ application }), ledgerPrices({ application: undefined })]) {
      expect(costOf(prices, 'claude-haiku-4-5')).toBe(1_000_000);
      expect(costOf(prices, 'claude-of-tomorrow')).toBe(5_000_000);
    }
  });

  test('a model that neither the configuration nor the price book has is without a price', () => {
    expect(ledgerPrices({ application: undefined }).priceOf('local', NOW, attempt('llama'))).toBeUndefined();
    expect(ledgerPrices({ application }).priceOf('gone', NOW, attempt('llama'))).toBeUndefined();
  });

  test('an earlier provider model is looked up only in the price list of the configured provider', () => {
    expect(ledgerPrices({ application }).priceOf('mini', NOW, attempt('claude-opus-4-5'))).toBeUndefined();
  });
});

describe('vendors', () => {
  const vendor = (model: string, providerModel: string, accounts?: string[]) =>
    ledgerPrices({ application, accounts }).vendorOf(model, providerModel);

  test.each([
    ['mini', 'gpt-5-mini', 'openai', 'OpenAI', 'OpenAI API'],
    ['opus', 'claude-opus-4-5', 'anthropic', 'Anthropic', 'Anthropic API'],
    ['local', 'llama', 'self-hosted', 'Self-hosted', 'Self-hosted models'],
    ['groq', 'x', 'groq', 'Groq', 'Groq API'],
    ['near', 'y', 'models.example', 'models.example', 'models.example API'],
    ['tuned', 'ft:private', 'openai', 'OpenAI', 'OpenAI API'],
    ['tool', 'translate', 'other', 'Other', 'Other API'],
  ])(
    'the vendor of the model %s is taken from its configuration',
    (model, providerModel, billingAccountId, serviceProviderName, serviceName) => {
      expect(vendor(model, providerModel)).toEqual({ billingAccountId, serviceProviderName, serviceName });
    },
  );

  test('without a configuration the vendor is taken from the price book', () => {
    const { vendorOf } = ledgerPrices({ application: undefined });
    expect(vendorOf('any', 'claude-opus-4-5')).toMatchObject({ serviceProviderName: 'Anthropic' });
    expect(vendorOf('any', 'llama')).toMatchObject({ serviceProviderName: 'Other' });
  });

  test.each(['', 'openai=', '=org-1', 'opneai=org-1'])('%j is refused as a billing account', account => {
    expect(() => ledgerPrices({ application, accounts: [account] })).toThrow(
      `--account: "${account}" is not a billing`,
    );
  });

  test('a billing account can be given for a provider, for a host, and for self-hosted models', () => {
    const accounts = ['openai=a', 'models.example=b', 'localhost:8080=c', 'self-hosted=d'];
    expect(vendor('near', 'y', accounts).billingAccountId).toBe('b');
    expect(vendor('local', 'llama', accounts).billingAccountId).toBe('d');
  });

  test('a vendor’s own account takes precedence over the account for all vendors', () => {
    expect(vendor('opus', 'claude-opus-4-5', ['anthropic=a', 'b']).billingAccountId).toBe('a');
    expect(vendor('mini', 'gpt-5-mini', ['anthropic=a', 'b']).billingAccountId).toBe('b');
  });
});
