import { describe, expect, test } from 'vitest';
import type { ListedModel, PriceList } from '../../src/contracts/price-list.ts';
import { erasOfModel, modelIn, termsIn, underListedTerms, withListedTerms } from '../../src/prices/price-list.ts';
import { schedulePrice } from '../../src/prices/schedule.ts';

const rates = (usd: number) => ({ inputUsdPerMillion: usd, outputUsdPerMillion: usd });
const model = (name: string, ...prices: ListedModel['prices']): ListedModel => ({
  provider: 'openai',
  model: name,
  prices: prices.length === 0 ? [rates(1)] : prices,
});
const list: PriceList = {
  source: 'test',
  asOf: '2026-11-28',
  models: [model('gpt-7'), model('gpt-7-2027-01-01'), model('ft:gpt-7')],
  terms: [
    { provider: 'openai', models: 'all', tiers: { flex: 0.5, batch: 0.5 } },
    { provider: 'openai', models: ['gpt-7'], tiers: { flex: 0.25 }, webSearchUsdPerThousand: 5 },
    { provider: 'anthropic', models: 'all', speeds: { fast: 2 } },
  ],
};

describe('names', () => {
  test.each([
    ['gpt-7', 'gpt-7'],
    [' GPT-7 ', 'gpt-7'],
    ['gpt-7-2026-12-01', 'gpt-7'],
    ['gpt-7-latest', 'gpt-7'],
    ['gpt-7-2027-01-01', 'gpt-7-2027-01-01'],
    ['ft:gpt-7-2026-12-01:acme::x1', 'ft:gpt-7'],
    ['ft:gpt-7', 'ft:gpt-7'],
  ])('%j is the listed model %s', (name, found) => {
    expect(modelIn(list, 'openai', name)?.model).toBe(found);
  });

  test.each(['gpt-7-mini', 'gpt', 'ft:gpt-7-mini:acme::x1', 'ft:gpt-7x', ''])('%j is not a listed model', name => {
    expect(modelIn(list, 'openai', name)).toBeUndefined();
  });

  test('the name of a provider is not case-sensitive', () => {
    expect(modelIn(list, 'OpenAI', 'gpt-7')?.model).toBe('gpt-7');
    expect(modelIn({ ...list, models: [{ ...model('gpt-7'), provider: 'OpenAI' }] }, 'openai', 'gpt-7')).toBeDefined();
    expect(termsIn(list, 'ANTHROPIC', 'claude-opus-5')).toHaveLength(1);
  });

  test('a model belongs only to its provider, and a list may have no models', () => {
    expect(modelIn(list, 'azure', 'gpt-7')).toBeUndefined();
    expect(modelIn({ source: 'test', asOf: '2026-11-28' }, 'openai', 'gpt-7')).toBeUndefined();
  });
});

test('a listed model has its rates from their dates on, with long-context rates and terms of its own', () => {
  const listed = model('gpt-7', rates(1), {
    from: '2027-01-01',
    ...rates(2),
    longContext: { aboveTokens: 100, inputUsdPerMillion: 4 },
    tiers: { flex: 0.5 },
  });
  const price = schedulePrice('test', erasOfModel(listed, 'list'));
  const newYear = Date.UTC(2027, 0, 1);
  expect(price.cost({ input: 100 }, newYear - 1)).toBe(100_000);
  expect(price.cost({ input: 100 }, newYear)).toBe(200_000);
  expect(price.cost({ input: 200 }, newYear, { tier: 'flex' })).toBe(400_000);
  expect(price.unpriced({ input: 1 }, newYear - 1, { tier: 'flex' })).toEqual(['tier "flex"']);
});

test('a list price has no discount, because a discount is configured beside the application’s models', () => {
  const listed = model('gpt-7', { ...rates(1), discount: 0.5 } as never);
  expect(() => erasOfModel(listed, 'list.models[0].prices')).toThrow('list.models[0].prices[0].discount');
});

test('terms of all models and of one model are combined, and the later entry takes precedence', () => {
  const found = termsIn(list, 'openai', 'gpt-7');
  expect(found).toHaveLength(2);
  const eras = erasOfModel(model('gpt-7'), 'list').map(era => withListedTerms(era, found, 'list'));
  const price = schedulePrice('test', eras);
  const costs = ['standard', 'batch', 'flex'].map(tier => price.cost({ input: 1_000, webSearch: 1 }, 0, { tier }));
  expect(costs).toEqual([6_000_000, 5_500_000, 5_250_000]);
});

test('terms may also be added below a price, where they do not change terms that it sets itself', () => {
  const own = model('gpt-7', {
    ...rates(1),
    longContext: { aboveTokens: 100, inputUsdPerMillion: 2 },
    webSearchUsdPerThousand: 10,
    tiers: { flex: 0.5 },
    speeds: { fast: 2 },
    regions: { us: 2 },
  });
  const terms = {
    provider: 'openai',
    models: ['gpt-7'],
    tiers: { flex: 0.9, priority: 3 },
    speeds: { fast: 9, turbo: 4 },
    regions: { us: 9, eu: 5 },
    webSearchUsdPerThousand: 1,
    fileSearchUsdPerThousand: 2,
  };
  const eras = erasOfModel(own, 'list').map(era => underListedTerms(era, [terms], 'list'));
  const price = schedulePrice('test', eras);
  const nano = (...served: Parameters<typeof price.cost>[2][]) =>
    served.map(each => price.cost({ input: 10 }, 0, each));
  expect(nano({ tier: 'flex' }, { tier: 'priority' })).toEqual([5_000, 30_000]);
  expect(nano({ speed: 'fast' }, { speed: 'turbo' })).toEqual([20_000, 40_000]);
  expect(nano({ region: 'us' }, { region: 'eu' })).toEqual([20_000, 50_000]);
  expect(price.cost({ input: 1_000, webSearch: 1, fileSearch: 1 }, 0)).toBe(2_000_000 + 10_000_000 + 2_000_000);
});

test('a model without further terms keeps its prices unchanged', () => {
  const [era] = erasOfModel(model('gpt-7'), 'list');
  if (era === undefined) throw new Error('no era');
  expect(withListedTerms(era, termsIn(list, 'groq', 'gpt-7'), 'list')).toBe(era);
});

test('a meter whose rate the list declares unknown is reported until it has one', () => {
  const unknown = { provider: 'openai', models: ['gpt-7'], unknown: ['request', 'cacheRead'] } as const;
  const priced = (...terms: Parameters<typeof withListedTerms>[1]) =>
    schedulePrice(
      'test',
      erasOfModel(model('gpt-7'), 'list').map(era => withListedTerms(era, terms, 'list')),
    );
  const used = { input: 10, cacheRead: 10, request: 1 };
  expect(priced(unknown).unpriced(used, 0)).toEqual(['cacheRead', 'request']);
  expect(priced(unknown).cost(used, 0)).toBe(20_000);
  const known = priced(unknown, { provider: 'openai', models: ['gpt-7'], perRequestUsd: 0.001 });
  expect([known.unpriced(used, 0), known.cost(used, 0)]).toEqual([['cacheRead'], 1_020_000]);
  const [cacheRead, request] = [['cacheRead'], ['request']] as const;
  const entry = { provider: 'openai', models: ['gpt-7'] };
  const both = priced({ ...entry, unknown: cacheRead }, { ...entry, unknown: request });
  expect(both.unpriced(used, 0)).toEqual(['cacheRead', 'request']);
});
