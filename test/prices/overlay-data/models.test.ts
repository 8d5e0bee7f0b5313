import { describe, expect, test } from 'vitest';
import { lookUp } from '../../../src/prices/book.ts';
import { MODELS } from '../../../src/prices/overlay-data/models.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import { schedulePrice } from '../../../src/prices/schedule.ts';

const noon = Date.UTC(2026, 2, 1, 12);

describe('every model of the overlay', () => {
  test.each(MODELS)('$model has a public source of its vendor, and a date', ({ source, asOf }) => {
    expect(source).toMatch(/^https:\/\/(developers\.openai|platform\.claude|api-docs\.deepseek)\.com\//);
    expect(Date.parse(asOf)).toBeGreaterThan(Date.parse('2026-01-01'));
  });

  test.each(MODELS.filter(({ provider, model }) => provider !== 'deepseek' && !model.startsWith('ft:')))(
    'the book still lacks $model or confuses it with another',
    ({ provider, model }) => {
      expect(['unknown-model', 'other-model']).toContain(lookUp(provider, model).kind);
    },
  );
});

describe('models whose price in the book is out of date', () => {
  const stale = MODELS.filter(({ provider }) => provider === 'deepseek');

  test.each(stale)('the book still has an older price of $model', ({ provider, model }) => {
    const found = lookUp(provider, model);
    const book = schedulePrice('book', found.kind === 'found' ? found.eras : []);
    const usage = { input: 1_000, output: 1_000 };
    expect(book.idAt(Date.UTC(2026, 5, 1))).toBe(book.idAt(0));
    expect(book.cost(usage, noon)).not.toBe(resolvePrice({ provider, model }).cost(usage, noon));
  });

  test.each(['deepseek-chat', 'deepseek-reasoner'])('%s has the prices of its vendor by date, day and night', model => {
    const price = resolvePrice({ provider: 'deepseek', model });
    const usage = { input: 1_000, cacheRead: 1_000, output: 1_000 };
    const costs = [
      '2025-09-05T16:00:00Z',
      '2025-09-28T20:00:00Z',
      '2025-09-30T12:00:00Z',
      '2026-03-01T20:00:00Z',
      '2026-04-25',
      '2026-07-01',
    ];
    expect(costs.map(moment => price.cost(usage, Date.parse(moment)))).toEqual([
      2_310_000, 2_310_000, 728_000, 728_000, 448_000, 422_800,
    ]);
  });
});

test('a price that its vendor announces for a later day is used from that day on', () => {
  const price = resolvePrice({ provider: 'openai', model: 'gpt-6.2-sol' });
  const costs = ['2027-02-28', '2027-03-01'].map(day =>
    price.cost({ output: 100 }, Date.parse(day), { tier: 'ultrafast' }),
  );
  expect(costs).toEqual([3_000_000, 6_000_000]);
});

describe('fine-tuned models', () => {
  const fineTuned = MODELS.filter(({ model }) => model.startsWith('ft:'));

  test('there is an entry for every fine-tuned model that the vendor lists with a discount for cached input', () => {
    expect(fineTuned.map(({ model }) => model.slice(3))).toEqual([
      'gpt-4o',
      'gpt-4o-mini',
      'gpt-4.1',
      'gpt-4.1-mini',
      'gpt-4.1-nano',
      'o4-mini',
    ]);
  });

  test.each(fineTuned)('the discount for cached input of $model is that of its base model', ({ provider, model }) => {
    const discounts = [model, model.slice(3)].map(name => {
      const [bracket] = resolvePrice({ provider, model: name }).ratesAt(Date.UTC(2026, 10, 1));
      return (bracket?.rates.cacheRead ?? 0) / (bracket?.rates.input ?? 0);
    });
    expect(discounts[0]).toBe(discounts[1]);
  });

  test('a call of a fine-tuned model costs what the vendor lists: 24 + 288 + 12 millionths of a dollar', () => {
    for (const request of [
      { provider: 'openai', model: 'ft:gpt-4o-mini-2024-07-18:acme::x1' },
      { provider: 'openai', model: 'ft:gpt-4o-mini-2024-07-18:acme::x1', price: 'openai/ft:gpt-4o-mini' },
    ]) {
      const usage = { input: 80, cacheRead: 1_920, output: 10 };
      expect(resolvePrice(request).cost(usage, 0)).toBe(24_000 + 288_000 + 12_000);
    }
  });
});
