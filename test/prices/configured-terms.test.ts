import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PriceTerms } from '../../src/contracts/price-config.ts';
import { RouterError } from '../../src/errors.ts';
import { unitPrices } from '../../src/prices/configured-rates.ts';
import { withTerms } from '../../src/prices/configured-price.ts';
import { onTerms } from '../../src/prices/configured-terms.ts';
import { schedulePrice } from '../../src/prices/schedule.ts';
import type { Sheet } from '../../src/prices/sheet.ts';
import { refusal } from '../support/refusal.ts';

const list = (usd: number, searchUsd = 10): Sheet => ({
  standard: [
    {
      aboveTokens: -1,
      prices: unitPrices(
        { inputUsdPerMillion: usd, outputUsdPerMillion: 5 * usd, webSearchUsdPerThousand: searchUsd },
        'price',
      ),
    },
  ],
});
const priceOn = (terms: PriceTerms, usd = 1) =>
  schedulePrice('test', [{ fromMs: -Infinity, sheet: onTerms(list(usd), terms, 'price') }]);

describe('terms of service', () => {
  const price = priceOn({ tiers: { flex: 0.5, scale: 3 }, speeds: { fast: 6 }, regions: { us: 1.1 }, discount: 0.1 });
  const cost = (terms: Parameters<typeof price.cost>[2]): number =>
    price.cost({ input: 1_000, webSearch: 1 }, 0, terms);

  test('a tier, a speed and a region multiply token rates together with each other and the discount, but not fees', () => {
    const search = 9_000_000;
    expect(cost(undefined)).toBe(900_000 + search);
    expect(cost({ tier: 'scale' })).toBe(2_700_000 + search);
    expect(cost({ speed: 'fast' })).toBe(5_400_000 + search);
    expect(cost({ region: 'us' })).toBe(990_000 + search);
    expect(cost({ tier: 'flex', speed: 'fast', region: 'us' })).toBe(2_970_000 + search);
    expect(price.unpriced({ input: 1 }, 0, { tier: 'flex', speed: 'fast', region: 'us' })).toEqual([]);
  });

  test('existing terms of a list stay, and those with the same name are replaced', () => {
    const terms = { tiers: { flex: 0.5, batch: 0.5 }, speeds: { fast: 3 }, regions: { us: 2 } };
    const sheet = onTerms(onTerms(list(1), terms, 'a'), { tiers: { flex: 0.25 }, regions: { eu: 4 } }, 'b');
    const both = schedulePrice('test', [{ fromMs: 0, sheet }]);
    const costs = [{ tier: 'flex' }, { tier: 'batch' }, { speed: 'fast' }, { region: 'us' }, { region: 'eu' }].map(
      each => both.cost({ input: 8 }, 0, each),
    );
    expect(costs).toEqual([2_000, 4_000, 24_000, 16_000, 32_000]);
  });

  test('a term that is undefined counts as not set', () => {
    const terms = { tiers: { flex: undefined }, speeds: undefined } as unknown as PriceTerms;
    expect(priceOn(terms).unpriced({ input: 1 }, 0, { tier: 'flex' })).toEqual(['tier "flex"']);
  });

  test('a free tier is written as 0', () => {
    expect(priceOn({ tiers: { batch: 0 } }).cost({ input: 9 }, 0, { tier: 'batch' })).toBe(0);
  });
});

describe('terms that would leave a rate inexact', () => {
  test.each<[string, PriceTerms]>([
    ['price.tiers.flex', { tiers: { flex: 1e-30 } }],
    ['price.tiers.flex', { tiers: { flex: 1e30 } }],
    ['price.tiers.flex', { tiers: { flex: -1 } }],
    ['price.tiers.flex', { tiers: { flex: Number.NaN } }],
    ['price.tiers.flex', { tiers: { flex: '0.5' as never } }],
    ['price.tiers.flex.inputUsdPerMillion', { tiers: { flex: { inputUsdPerMillion: 1e-9 } } }],
    ['price.tiers.flex.longContext.input', { tiers: { flex: { longContext: { aboveTokens: 5, input: 2 } as never } } }],
    ['price.speeds.fast', { speeds: { fast: 1e300 } }],
    ['price.regions.us', { regions: { us: 5e-324 } }],
    ['price.regions.us', { tiers: { flex: 0.001 }, speeds: { fast: 0.001 }, regions: { us: 0.1 } }],
    ['price.regions.us', { tiers: { flex: 1_000 }, speeds: { fast: 1_000 }, regions: { us: 10_000 } }],
    ['price.discount', { discount: 0.9999999 }],
    ['price.discount', { discount: 1 }],
    ['price.discount', { tiers: { flex: 0.001 }, discount: 0.9999 }],
  ])('terms are refused: %s in %j', (path, terms) => {
    expect(refusal(() => priceOn(terms, 1))).toMatchObject({ code: 'invalid-value', path });
  });

  test('the limits that an error states are accepted themselves', () => {
    const { message } = refusal(() => priceOn({ tiers: { flex: 1e-30 } }, 3));
    const [, least = '', most = ''] = /from (\S+) to (\S+)\)$/.exec(message) ?? [];
    for (const limit of [least, most]) priceOn({ tiers: { flex: Number(limit) } }, 3);
    const { message: tooMuch } = refusal(() => priceOn({ discount: 0.99999999 }, 3));
    const discount = Number(/from 0 to (\S+),/.exec(tooMuch)?.[1]);
    expect(discount).toBeGreaterThan(0.999999);
    priceOn({ discount }, 3);
    for (const whole of [1, 15])
      expect(refusal(() => priceOn({ discount: whole })).accepted).toBe('a number from 0 to below 1: 0.15 is 15 % off');
    expect(refusal(() => priceOn({ discount: 0.9 }, 1e-6)).accepted).toContain('from 0 to 0,');
  });

  test('a rate is refused that a multiplier of the list would round to 0', () => {
    const halved = onTerms(list(1), { tiers: { flex: 0.5 }, regions: { us: 1.1 } }, 'list');
    const add = (cacheReadUsdPerMillion: number) => withTerms(halved, { cacheReadUsdPerMillion }, 'price');
    expect(refusal(() => add(9e-7))).toMatchObject({ code: 'invalid-value', path: 'price' });
    add(1e-6);
    const tier = { scale: { inputUsdPerMillion: 8.9e9 } };
    expect(refusal(() => onTerms(halved, { tiers: tier }, 'price'))).toMatchObject({
      code: 'invalid-value',
      path: 'price',
    });
  });

  test('the fee of a search has no tier, so that only a discount can make it too small', () => {
    const tiny = list(1, 1e-9);
    onTerms(tiny, { tiers: { flex: 0.1 } }, 'price');
    expect(refusal(() => onTerms(tiny, { discount: 0.9 }, 'price')).path).toBe('price.discount');
  });

  test('with accepted terms, no rate above 0 rounds to 0 in any combination of them', () => {
    const factor = fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 6 }))
      .map(([n, e]) => Number(`${n}e-${e}`));
    const terms = fc.record({
      tiers: fc.record({ flex: factor, scale: factor }),
      speeds: fc.record({ fast: fc.oneof(factor, fc.record({ inputUsdPerMillion: factor })) }),
      regions: fc.record({ us: factor }),
      discount: fc.constantFrom(0, 0.5, 0.999),
    });
    fc.assert(
      fc.property(terms, factor, (terms, usd) => {
        let price: ReturnType<typeof priceOn>;
        try {
          price = priceOn(terms, usd);
        } catch (error) {
          if (RouterError.isInstance(error)) return;
          throw error;
        }
        for (const tier of [undefined, 'flex', 'scale'])
          for (const speed of [undefined, 'fast'])
            for (const region of [undefined, 'us'])
              for (const { rates } of price.ratesAt(0, { tier, speed, region }))
                expect(Math.min(...Object.values(rates))).toBeGreaterThan(0);
      }),
    );
  });
});
