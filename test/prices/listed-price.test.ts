import { expect, test } from 'vitest';
import { hasSameRates, listedPrice, listOf } from '../../src/prices/listed-price.ts';
import { schedulePrice } from '../../src/prices/schedule.ts';

test('all names of a model have one list price, whose id is the name in the list', () => {
  expect(['gpt-5', 'gpt-5-2025-08-07', 'GPT-5'].map(name => listedPrice('openai', name)?.id)).toEqual([
    'openai/gpt-5',
    'openai/gpt-5',
    'openai/gpt-5',
  ]);
});

test('our own additions come before the price book, and a similar name has no list price', () => {
  expect(listedPrice('anthropic', 'claude-sonnet-5-5')?.source).toContain('platform.claude.com');
  expect(listedPrice('anthropic', 'claude-sonnet-5-7')).toBeUndefined();
  expect(listedPrice('other', 'gpt-5')).toBeUndefined();
});

test('the list of an endpoint is that of the provider which serves its address', () => {
  expect(listOf({ provider: 'openai' })).toBe('openai');
  expect(listOf({ provider: 'openai', baseURL: 'https://api.groq.com/openai/v1' })).toBe('groq');
  expect(listOf({ provider: 'openai', baseURL: 'http://localhost:8000/v1' })).toBeUndefined();
});

const rates = { inputUsdPerMillion: 3, outputUsdPerMillion: 4 };
const OWN = {
  source: 'our contract',
  asOf: '2026-11-28',
  models: [
    { provider: 'openai', model: 'gpt-5', prices: [rates] },
    { provider: 'openai', model: 'gpt-6.1-sol', prices: [rates], source: 'a letter', asOf: '2026-11-30' },
    { provider: 'other', model: 'llama', prices: [rates] },
  ],
  terms: [
    { provider: 'openai', models: ['gpt-5-mini'], tiers: { priority: 3, ultrafast: 5 } },
    { provider: 'anthropic', models: 'all' as const, regions: { us: 1.2 } },
  ],
};

function priceOf(provider: string, model: string) {
  const price = listedPrice(provider, model, OWN);
  if (price === undefined) throw new Error(`no price of ${model}`);
  return schedulePrice(price.source, price.eras);
}

test('the application’s own list comes before our additions and the price book, with its source and date', () => {
  expect(priceOf('openai', 'gpt-5').source).toBe('our contract as of 2026-11-28, openai/gpt-5');
  expect(priceOf('openai', 'gpt-6.1-sol').source).toBe('a letter as of 2026-11-30, openai/gpt-6.1-sol');
  expect(priceOf('openai', 'gpt-5').cost({ input: 1_000 }, 0)).toBe(3_000_000);
  expect(priceOf('other', 'llama').cost({ output: 1_000 }, 0)).toBe(4_000_000);
});

test('a model that is not in the application’s own list has its price from the other lists', () => {
  expect(priceOf('openai', 'gpt-5-mini').source).toBe('genai-prices 0.1.8 openai/gpt-5-mini');
});

test('terms of the application’s own list are added to prices of any list and replace ours; other terms of ours stay', () => {
  const mini = priceOf('openai', 'gpt-5-mini');
  const costs = ['priority', 'ultrafast', 'flex'].map(tier => mini.cost({ input: 1_000 }, 0, { tier }));
  expect(costs).toEqual([750_000, 1_250_000, 125_000]);
  const opus = priceOf('anthropic', 'claude-opus-5');
  expect(opus.cost({ input: 1_000 }, 0, { region: 'us', speed: 'fast' })).toBe(12_000_000);
  expect(priceOf('openai', 'gpt-5').cost({ input: 1_000 }, 0, { tier: 'flex' })).toBe(1_500_000);
});

test('terms and rates of a listed model take precedence over those that we add to its provider’s models', () => {
  const own = {
    ...OWN,
    models: [
      {
        provider: 'openai',
        model: 'gpt-5',
        prices: [{ ...rates, tiers: { flex: 0.25, priority: 9 }, regions: { us: 2 } }],
      },
    ],
    terms: [{ provider: 'openai', models: ['gpt-5'], tiers: { priority: 10 } }],
  };
  const price = schedulePrice('own', listedPrice('openai', 'gpt-5', own)?.eras ?? []);
  const costs = ['flex', 'priority', 'batch'].map(tier => price.cost({ input: 1_000 }, 0, { tier }));
  expect(costs).toEqual([750_000, 30_000_000, 1_500_000]);
  expect(['us', 'eu'].map(region => price.cost({ input: 1_000 }, 0, { region }))).toEqual([6_000_000, 3_000_000]);
});

test('a fine-tuned model without a price of cached input has the discount of the model that it is made from', () => {
  const own = { ...OWN, models: [{ provider: 'openai', model: 'ft:gpt-5-mini', prices: [rates] }], terms: [] };
  const price = listedPrice('openai', 'ft:gpt-5-mini-2025-08-07:acme::x', own);
  const [bracket] = schedulePrice('own', price?.eras ?? []).ratesAt(Infinity);
  expect(bracket?.rates).toMatchObject({ input: 3_000_000, cacheRead: 300_000 });
});

test('a listed model without a cached-input rate is billed at the input rate, and that is reported', () => {
  const used = { input: 1, cacheRead: 1_000 };
  expect(priceOf('other', 'llama').unpriced(used, 0)).toEqual(['cacheRead']);
  const known = { provider: 'other', model: 'llama', prices: [{ ...rates, cacheReadUsdPerMillion: 3 }] };
  const price = listedPrice('other', 'llama', { ...OWN, models: [known], terms: [] });
  expect(schedulePrice('own', price?.eras ?? []).unpriced(used, 0)).toEqual([]);
});

test('two prices have the same rates when both their input and their output cost the same', () => {
  const priced = (inputUsdPerMillion: number, outputUsdPerMillion: number) => {
    const entry = { provider: 'own', model: 'm', prices: [{ ...rates, inputUsdPerMillion, outputUsdPerMillion }] };
    return schedulePrice('own', listedPrice('own', 'm', { ...OWN, models: [entry], terms: [] })?.eras ?? []);
  };
  const same = [
    [3, 4],
    [2, 4],
    [3, 5],
  ].map(([input = 0, output = 0]) => hasSameRates(priced(3, 4), priced(input, output)));
  expect(same).toEqual([true, false, false]);
});

test('a snapshot with its own rates in the price book keeps them beside the application’s entry for the undated model', () => {
  const own = { ...OWN, models: [{ provider: 'openai', model: 'gpt-4o', prices: [rates] }], terms: [] };
  const ids = ['gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-2024-05-13'].map(
    name => listedPrice('openai', name, own)?.source,
  );
  expect(ids).toEqual([
    'our contract as of 2026-11-28, openai/gpt-4o',
    'our contract as of 2026-11-28, openai/gpt-4o',
    'genai-prices 0.1.8 openai/gpt-4o-2024-05-13',
  ]);
  const both = { ...own, models: [...own.models, { provider: 'openai', model: 'gpt-4o-2024-05-13', prices: [rates] }] };
  expect(listedPrice('openai', 'gpt-4o-2024-05-13', both)?.source).toContain('our contract');
});

test('terms of all models never replace those that the same list has for one model, in whichever order they are listed', () => {
  const named = { provider: 'openai', models: ['gpt-5'], tiers: { flex: 0.25 } };
  const all = { provider: 'openai', models: 'all', tiers: { flex: 0.75, batch: 0.25 } };
  for (const terms of [
    [named, all],
    [all, named],
  ]) {
    const price = schedulePrice('own', listedPrice('openai', 'gpt-5', { ...OWN, terms })?.eras ?? []);
    const costs = ['flex', 'batch'].map(tier => price.cost({ input: 1_000 }, 0, { tier }));
    expect(costs).toEqual([750_000, 750_000]);
  }
});
