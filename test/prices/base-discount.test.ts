import { describe, expect, test } from 'vitest';
import type { RatesPrice } from '../../src/contracts/price-config.ts';
import { withBaseDiscounts } from '../../src/prices/base-discount.ts';
import { sheetOfRates } from '../../src/prices/configured-price.ts';
import type { Era } from '../../src/prices/schedule.ts';
import { schedulePrice } from '../../src/prices/schedule.ts';

const era = (config: RatesPrice, fromMs = -Infinity): Era => ({ fromMs, sheet: sheetOfRates(config, 'price') });
const tuned = { inputUsdPerMillion: 0.3, outputUsdPerMillion: 1.2 };
const base = { inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6, cacheReadUsdPerMillion: 0.075 };
const price = (eras: readonly Era[], baseEras: readonly Era[]) =>
  schedulePrice('test', withBaseDiscounts(eras, baseEras));

describe('the cache prices of a fine-tuned model', () => {
  test('a fine-tuned model has the discount of its base model in proportion', () => {
    const usage = { input: 80, cacheRead: 1_920, output: 10 };
    expect(price([era(tuned)], [era(base)]).cost(usage, 0)).toBe(24_000 + 288_000 + 12_000);
  });

  test('a fee for writing is discounted in proportion too, and audio is not', () => {
    const writing = {
      ...base,
      cacheWrite5mUsdPerMillion: 0.1875,
      cacheWrite1hUsdPerMillion: 0.3,
      inputAudioUsdPerMillion: 9,
    };
    const [rates] = price([era(tuned)], [era(writing)]).ratesAt(0);
    expect(rates?.rates).toEqual({
      input: 300_000,
      output: 1_200_000,
      cacheRead: 150_000,
      cacheWrite5m: 375_000,
      cacheWrite1h: 600_000,
    });
  });

  test('a price that the fine-tuned model has stays as it is', () => {
    expect(price([era({ ...tuned, cacheReadUsdPerMillion: 0.2 })], [era(base)]).cost({ cacheRead: 10 }, 0)).toBe(2_000);
  });

  test('a base model without cache prices, or with free input, gives no discount', () => {
    for (const without of [{ ...tuned }, { ...base, inputUsdPerMillion: 0 }])
      expect(price([era(tuned)], [era(without)]).cost({ cacheRead: 10 }, 0)).toBe(3_000);
  });

  test('a large request has the discount for large requests of the base model', () => {
    const long = { ...base, longContext: { aboveTokens: 100, inputUsdPerMillion: 0.3, cacheReadUsdPerMillion: 0.03 } };
    const longTuned = { ...tuned, longContext: { aboveTokens: 150, inputUsdPerMillion: 0.6 } };
    const both = price([era(longTuned)], [era(long)]);
    expect([both.cost({ cacheRead: 120 }, 0), both.cost({ cacheRead: 200 }, 0)]).toEqual([18_000, 12_000]);
  });

  test('the discount is the base model’s at the time of the call, even if only one of the two has a new price', () => {
    const later = [era(base, 0), era({ ...base, cacheReadUsdPerMillion: 0.015 }, 1_000)];
    const changing = price([era(tuned, 500)], later);
    const doubled = { ...tuned, inputUsdPerMillion: 0.6 };
    const both = price([era(tuned, 500), era(doubled, 2_000)], later);
    expect([600, 1_000, 2_500].map(atMs => both.cost({ cacheRead: 10 }, atMs))).toEqual([1_500, 300, 600]);
    expect([0, 600, 1_000].map(atMs => changing.cost({ cacheRead: 10 }, atMs))).toEqual([1_500, 1_500, 300]);
  });

  test('prices for hours of the day have the discount too', () => {
    const windows = [{ startMs: 0, endMs: 10, sheet: sheetOfRates({ ...tuned, inputUsdPerMillion: 0.6 }, 'price') }];
    const hours = price([{ ...era(tuned), windows }], [era(base)]);
    expect([hours.cost({ cacheRead: 10 }, 5), hours.cost({ cacheRead: 10 }, 20)]).toEqual([3_000, 1_500]);
  });
});
