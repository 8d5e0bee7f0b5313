import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Price } from '../../src/contracts/price.ts';
import type { BookPrices } from '../../src/prices/book-eras.ts';
import { bookEras, unbillable } from '../../src/prices/book-eras.ts';
import { schedulePrice } from '../../src/prices/schedule.ts';

const priceOf = (prices: BookPrices): Price => schedulePrice('book', bookEras(prices));
const timeMs = (text: string): number => Date.parse(text);

describe('size tiers', () => {
  const tiered = priceOf({
    input_mtok: {
      base: 1,
      tiers: [
        // In no order: the book does not promise one.
        { start: 200_000, price: 4 },
        { start: 0, price: 2 },
        { start: 128_000, price: 3 },
      ],
    },
    output_mtok: { base: 10, tiers: [{ start: 128_000, price: 30 }] },
  });

  test.each([
    [1, 2, 10],
    [128_000, 2, 10],
    [128_001, 3, 30],
    [200_000, 3, 30],
    [200_001, 4, 30],
    [250_000, 4, 30],
  ])('a prompt of %d tokens is priced at the highest tier it exceeds, $%d in and $%d out', (input, inUsd, outUsd) => {
    expect(tiered.cost({ input, output: 1_000 }, 0)).toBe(input * inUsd * 1_000 + outUsd * 1_000_000);
  });

  test('the rate table begins with the bracket of the smallest prompts', () => {
    expect(tiered.ratesAt(0).map(({ aboveTokens }) => aboveTokens)).toEqual([-1, 0, 128_000, 200_000]);
  });

  test('for any tiers, a prompt is priced at the last tier whose start is below the prompt’s size', () => {
    const tiers = fc.uniqueArray(fc.record({ start: fc.nat(1_000), price: fc.integer({ min: 1, max: 99 }) }), {
      selector: ({ start }) => start,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), tiers, fc.integer({ min: 1, max: 1_200 }), (base, list, input) => {
        const price = priceOf({ input_mtok: { base, tiers: list }, output_mtok: 1 });
        const reached = list.filter(({ start }) => start < input).toSorted((a, b) => b.start - a.start);
        expect(price.cost({ input }, 0)).toBe(input * (reached[0]?.price ?? base) * 1_000);
      }),
    );
  });
});

describe('dates and hours', () => {
  const constraint = (start_date: string) => ({ type: 'start_date', start_date }) as const;

  test('a call is priced by the last entry whose condition holds', () => {
    const price = priceOf([
      { prices: { input_mtok: 8, output_mtok: 8 } },
      { constraint: constraint('2026-06-01'), prices: { input_mtok: 4, output_mtok: 4 } },
      { constraint: constraint('2026-03-01'), prices: { input_mtok: 2, output_mtok: 2 } },
    ]);
    const costs = ['2026-02-28T23:59:59.999Z', '2026-03-01T00:00:00Z', '2026-12-01T00:00:00Z'].map(text =>
      price.cost({ input: 1 }, timeMs(text)),
    );
    // The entry of March is the last one, so it also holds after June.
    expect(costs).toEqual([8_000, 2_000, 2_000]);
  });

  test('eras are listed oldest first, each once, and the first one has no start', () => {
    const prices = { input_mtok: 1, output_mtok: 1 };
    const dated = ['2026-06-01', '2026-03-01', '2026-06-01'].map(date => ({ constraint: constraint(date), prices }));
    const starts = bookEras([{ prices }, ...dated]).map(({ fromMs }) => fromMs);
    expect(starts).toEqual([-Infinity, timeMs('2026-03-01T00:00:00Z'), timeMs('2026-06-01T00:00:00Z')]);
  });

  test('an entry without a condition applies at any time, whatever is listed before it', () => {
    const price = priceOf([
      { constraint: constraint('2026-06-01'), prices: { input_mtok: 4, output_mtok: 4 } },
      { prices: { input_mtok: 8, output_mtok: 8 } },
    ]);
    expect(price.cost({ input: 1 }, timeMs('2026-12-01T00:00:00Z'))).toBe(8_000);
  });

  test('an entry with hours applies inside those hours, and the entry before it applies outside', () => {
    const price = priceOf([
      { prices: { input_mtok: 8, output_mtok: 8 } },
      {
        constraint: { type: 'time_of_date', start_time: '16:30:00Z', end_time: '00:30:00Z' },
        prices: { input_mtok: 4, output_mtok: 4 },
      },
    ]);
    const costs = ['2026-05-05T16:29:59Z', '2026-05-05T16:30:00Z', '2026-05-06T00:29:59Z', '2026-05-06T00:30:00Z'];
    expect(costs.map(text => price.cost({ input: 1 }, timeMs(text)))).toEqual([8_000, 4_000, 4_000, 8_000]);
  });

  test('a call before the first date of a model without an undated entry is priced by its first entry', () => {
    const price = priceOf([
      { constraint: constraint('2026-06-01'), prices: { input_mtok: 4, output_mtok: 4 } },
      { constraint: constraint('2026-09-01'), prices: { input_mtok: 2, output_mtok: 2 } },
    ]);
    expect(price.cost({ input: 1 }, 0)).toBe(4_000);
  });
});

test('a price that is undefined counts as absent', () => {
  const price = priceOf({ input_mtok: 1, output_mtok: 2, cache_read_mtok: undefined });
  expect(price.ratesAt(0)).toEqual([{ aboveTokens: -1, rates: { input: 1_000_000, output: 2_000_000 } }]);
});

test('web searches are priced per thousand, tokens per million', () => {
  const price = priceOf({ input_mtok: 1, output_mtok: 2, web_searches_kcount: 10 });
  expect(price.lines({ input: 1, webSearch: 1 }, 0).map(({ costNanoUsd }) => costNanoUsd)).toEqual([1_000, 10_000_000]);
});

test.each<[string, BookPrices, string | undefined]>([
  ['tokens', { input_mtok: 1, output_mtok: 2, cache_read_mtok: 0.1 }, undefined],
  ['file storage beside tokens', { input_mtok: 1, output_mtok: 2, storage_searches_kcount: 1 }, undefined],
  ['pictures', { input_mtok: 1, output_mtok: 2, images_kcount: 1 }, 'a price per images_kcount'],
  ['only output', { output_mtok: 2 }, 'no price of input tokens'],
  ['only input', { input_mtok: 1 }, 'no price of output tokens'],
  [
    'pictures from a later date on',
    [
      { prices: { input_mtok: 1, output_mtok: 2 } },
      { constraint: { type: 'start_date', start_date: '2026-06-01' }, prices: { images_kcount: 1 } },
    ],
    'a price per images_kcount',
  ],
])(
  '`unbillable` returns the reason why replies do not suffice to bill a model by %s, or undefined',
  (_, prices, because) => {
    expect(unbillable(prices)).toBe(because);
  },
);

describe('prices that the book leaves open', () => {
  const tokens = { input_mtok: 1, output_mtok: 2 };

  test('cached input without a price is priced as input and reported, because the book may only lack its discount', () => {
    const open = priceOf(tokens);
    expect([open.cost({ cacheRead: 1_000 }, 0), open.unpriced({ cacheRead: 1 }, 0)]).toEqual([
      1_000_000,
      ['cacheRead'],
    ]);
    expect(priceOf({ ...tokens, cache_read_mtok: 0.1 }).unpriced({ cacheRead: 1 }, 0)).toEqual([]);
  });

  test('the use of a fee per request is reported as unpriced, because its amount depends on facts that no reply states', () => {
    const price = priceOf({ ...tokens, requests_kcount: 12 });
    expect(price.hasRequestFee).toBe(true);
    expect([price.cost({ request: 1 }, 0), price.unpriced({ request: 1 }, 0)]).toEqual([0, ['request']]);
  });

  test('file searches and images that a model draws have the book’s price', () => {
    const price = priceOf({ ...tokens, storage_searches_kcount: 2.5, output_image_mtok: 30 });
    expect(price.cost({ fileSearch: 2, outputImage: 1_000 }, 0)).toBe(5_000_000 + 30_000_000);
    expect(price.unpriced({ fileSearch: 2, outputImage: 1_000 }, 0)).toEqual([]);
  });
});
