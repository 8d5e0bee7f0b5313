import { describe, expect, test } from 'vitest';
import type { PriceConfig } from '../../src/contracts/price-config.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import type { AskedModel, PricedModel } from '../../src/prices/served-price.ts';
import { servedPrices } from '../../src/prices/served-price.ts';

type Asked = Omit<AskedModel, 'price' | 'configured'> & { readonly price?: PriceConfig };

function served(asked: Asked, configured: readonly PricedModel[] = []) {
  const { price: configuredPrice, servedAs, ...model } = asked;
  const price = resolvePrice({
    provider: model.provider,
    model: model.model,
    ...(model.baseURL === undefined ? {} : { baseURL: model.baseURL }),
    ...(configuredPrice === undefined ? {} : { price: configuredPrice }),
  });
  const priceOf = servedPrices({ ...model, servedAs, configured: configuredPrice, price }, () => configured);
  return (name: string) => {
    const { isSame, isKnown, price: its } = priceOf(name);
    const costNanoUsd = its.cost({ input: 1_000, output: 1_000 }, Date.UTC(2026, 10, 1));
    return { isSame, isKnown, costNanoUsd };
  };
}

const MINI = { provider: 'openai', model: 'gpt-5-mini' };
const GATEWAY = 'https://gateway.example.com/v1';

describe('the same model', () => {
  test.each<[string, Asked, string]>([
    ['in another case', MINI, 'GPT-5-Mini'],
    ['as a snapshot', MINI, 'gpt-5-mini-2025-08-07'],
    ['with its vendor', MINI, 'openai/gpt-5-mini'],
    ['as the price book’s other name for it', { provider: 'openai', model: 'gpt-5.6' }, 'gpt-5.6-sol'],
    [
      'as a snapshot with an entry at the same rates',
      { provider: 'openai', model: 'gpt-3.5-turbo' },
      'gpt-3.5-turbo-0125',
    ],
    ['as the alias of a snapshot', { provider: 'anthropic', model: 'claude-sonnet-4-5' }, 'claude-sonnet-4-5-20250929'],
    [
      'as the model whose price it is configured to have',
      { provider: 'openai', model: 'prod-mini', baseURL: GATEWAY, price: 'openai/gpt-5-mini' },
      'gpt-5-mini-2025-08-07',
    ],
    [
      'as the model whose price it has with a discount',
      { provider: 'openai', model: 'prod-mini', baseURL: GATEWAY, price: { as: 'openai/gpt-5-mini', discount: 0.1 } },
      'gpt-5-mini',
    ],
    [
      'as a snapshot of a name in `servedAs`',
      {
        provider: 'openai',
        model: 'prod',
        baseURL: GATEWAY,
        price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 },
        servedAs: ['gpt-4o'],
      },
      'gpt-4o-2024-11-20',
    ],
    [
      'as another name of the model whose price it has',
      { provider: 'openai', model: 'prod', baseURL: GATEWAY, price: 'openai/gpt-5.6' },
      'gpt-5.6-sol',
    ],
    [
      'as a snapshot of its own name, though it has another model’s price',
      { provider: 'openai', model: 'gpt-4o', baseURL: GATEWAY, price: 'openai/gpt-5' },
      'gpt-4o-2024-11-20',
    ],
    [
      'as a name in `servedAs` that has another price in the list',
      { provider: 'openai', model: 'prod', baseURL: GATEWAY, price: 'openai/gpt-5', servedAs: ['gpt-4o'] },
      'GPT-4o',
    ],
  ])('a reply may name the same model %s', (_, asked, name) => {
    const price = served(asked);
    expect(price(name)).toEqual({ ...price(asked.model), isSame: true, isKnown: true });
  });

  test('a configured price is that of every snapshot of the model', () => {
    const price = served({
      provider: 'openai',
      model: 'gpt-4o',
      price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 },
    });
    expect(price('gpt-4o-2024-05-13')).toEqual({ isSame: true, isKnown: true, costNanoUsd: 2_000_000 });
  });
});

describe('another model', () => {
  test('another model has its own list price', () => {
    expect(served(MINI)('gpt-5-pro')).toEqual({ isSame: false, isKnown: true, costNanoUsd: 135_000_000 });
  });

  test('a snapshot with other list rates than its model is priced as that snapshot', () => {
    const price = served({ provider: 'openai', model: 'gpt-4o' })('gpt-4o-2024-05-13');
    expect(price).toEqual({ isSame: false, isKnown: true, costNanoUsd: 20_000_000 });
  });

  test.each([
    ['gpt-5', 'gpt-5-chat-latest'],
    ['gpt-5.1', 'gpt-5.1-codex-max'],
    ['gpt-5.1-codex', 'gpt-5.1-codex-max'],
    ['gpt-4o-mini', 'gpt-4o-mini-search-preview'],
    ['gpt-4-turbo', 'gpt-4-0125-preview'],
    ['ft:gpt-4o-mini-2024-07-18:acme::x1', 'ft:gpt-4o-mini-2024-07-18:acme::y2'],
  ])('%s is another model than %s, although the list has one price for both', (model, name) => {
    const price = served({ provider: 'openai', model });
    expect(price(name)).toEqual({ ...price(model), isSame: false, isKnown: true });
    expect(price(model)).toMatchObject({ isSame: true });
  });

  test('a snapshot is another model than a requested other snapshot', () => {
    const price = served({ provider: 'openai', model: 'gpt-4o-2024-08-06' });
    expect(price('gpt-4o-2024-11-20')).toMatchObject({ isSame: false, isKnown: true });
    expect(price('gpt-4o')).toMatchObject({ isSame: true });
  });

  test('a configured model at the same endpoint has its configured price', () => {
    const own = (baseURL?: string): PricedModel => ({
      provider: 'openai',
      providerModel: 'gpt-5-pro',
      baseURL,
      price: resolvePrice({ ...MINI, price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } }),
    });
    expect(served(MINI, [own()])('gpt-5-pro-2025-10-06').costNanoUsd).toBe(3_000_000);
    expect(served(MINI, [own(GATEWAY)])('gpt-5-pro').costNanoUsd).toBe(135_000_000);
    const behind: Asked = { ...MINI, baseURL: GATEWAY, price: { inputUsdPerMillion: 5, outputUsdPerMillion: 5 } };
    expect(served(behind, [own(`${GATEWAY}/`)])('gpt-5-pro').costNanoUsd).toBe(3_000_000);
  });

  test('a snapshot that is configured beside the model has its own price', () => {
    const configured = ['gpt-9', 'gpt-9-2027-01-01'].map(
      (providerModel, i): PricedModel => ({
        provider: 'openai',
        providerModel,
        price: resolvePrice({ ...MINI, price: { inputUsdPerMillion: i + 1, outputUsdPerMillion: 0 } }),
      }),
    );
    const price = served(MINI, configured);
    expect(['gpt-9-2027-01-01', 'gpt-9-2027-02-02'].map(name => price(name).costNanoUsd)).toEqual([
      2_000_000, 1_000_000,
    ]);
  });

  test('a model that no list has is priced as the requested model, which is reported as a guess', () => {
    expect(served(MINI)('gpt-77')).toEqual({ isSame: false, isKnown: false, costNanoUsd: 2_250_000 });
    for (const name of ['', '__proto__', 'x'.repeat(1_000_000)])
      expect(served(MINI)(name)).toMatchObject({ isSame: false, isKnown: false });
  });

  test('the list price of another model is a guess if the application has negotiated the price of the requested model', () => {
    const rates = { inputUsdPerMillion: 0.25, outputUsdPerMillion: 2 };
    expect(served({ ...MINI, price: { discount: 0.1 } })('gpt-5-pro')).toMatchObject({ isKnown: false });
    expect(served({ ...MINI, price: { ...rates, outputUsdPerMillion: 1 } })('gpt-5-pro')).toMatchObject({
      isKnown: false,
    });
    expect(served({ ...MINI, price: rates })('gpt-5-pro')).toMatchObject({ isKnown: true });
  });

  test('the price list of the model whose price is configured is used before that of the address', () => {
    const asked = { ...MINI, baseURL: 'https://api.groq.com/openai/v1', price: 'openai/gpt-5-mini' };
    expect(served(asked)('gpt-5-pro')).toEqual({ isSame: false, isKnown: true, costNanoUsd: 135_000_000 });
  });

  test('the list price of another model is known if no list has the requested model', () => {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
    expect(served({ provider: 'openai', model: 'gpt-private', price })('gpt-5-pro')).toMatchObject({ isKnown: true });
  });

  test('a configured model of another provider is another model, whatever its name', () => {
    const price = resolvePrice({ ...MINI, price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } });
    const other: PricedModel = { provider: 'other', providerModel: 'gpt-5-pro', price };
    expect(served(MINI, [other])('gpt-5-pro').costNanoUsd).toBe(135_000_000);
  });

  test('behind an unknown address, the price list is that of the model whose price is configured', () => {
    const asked = { provider: 'openai', model: 'prod', baseURL: GATEWAY, price: 'openai/gpt-5-mini' };
    expect(served(asked)('gpt-5-pro')).toEqual({ isSame: false, isKnown: true, costNanoUsd: 135_000_000 });
  });
});

test('the application’s own price list is searched first', () => {
  const priceList = {
    source: 'ours',
    asOf: '2026-11-28',
    models: [{ provider: 'openai', model: 'gpt-77', prices: [{ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }] }],
  };
  const priceOf = servedPrices({ ...MINI, price: resolvePrice(MINI), priceList }, () => []);
  expect(priceOf('gpt-77-2026-12-01')).toMatchObject({ isSame: false, isKnown: true });
  expect(priceOf('gpt-77').price.source).toBe('ours as of 2026-11-28, openai/gpt-77');
});

test('a list that has changed since it was checked fails no call: the price of the model that served is then unknown', () => {
  const prices = [{ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }];
  const priceList = { source: 'ours', asOf: '2026-11-28', models: [{ provider: 'openai', model: 'gpt-77', prices }] };
  const asked = { ...MINI, price: resolvePrice({ ...MINI, priceList }), priceList };
  const priceOf = servedPrices(asked, () => []);
  prices[0] = { inputUsdPerMillion: Number.NaN, outputUsdPerMillion: 1 };
  expect(priceOf('gpt-77')).toEqual({ isSame: false, isKnown: false, price: asked.price });
});

test('a price is cached by model name, and a gateway that invents a name for each reply does not fill the memory', () => {
  let reads = 0;
  const price = resolvePrice(MINI);
  const priceOf = servedPrices({ ...MINI, price }, () => {
    reads++;
    return [];
  });
  expect(priceOf('made-up')).toBe(priceOf('made-up'));
  expect(reads).toBe(1);
  for (let i = 0; i < 250; i++) priceOf(`made-up-${i}`);
  priceOf('made-up');
  expect(reads).toBe(252);
});
