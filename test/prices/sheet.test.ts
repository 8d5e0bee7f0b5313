import { describe, expect, test } from 'vitest';
import { over, ratioOf, toPicoUsd } from '../../src/prices/ratio.ts';
import type { Modifier, Sheet } from '../../src/prices/sheet.ts';
import { bracketsOn, hasRequestFee, pricesOf, withRequestFee } from '../../src/prices/sheet.ts';

const usd = (perMillion: number) => over(ratioOf(perMillion), ratioOf(1_000_000));
const sheet: Sheet = {
  standard: [
    { aboveTokens: -1, prices: { input: usd(1), output: usd(2), webSearch: ratioOf(0.01), request: ratioOf(0.005) } },
    { aboveTokens: 100, prices: { input: usd(3), output: usd(4), webSearch: ratioOf(0.01), request: ratioOf(0.005) } },
  ],
};
const rates = (...terms: readonly Modifier[]) =>
  bracketsOn(sheet, terms).map(({ aboveTokens, prices }) => [
    aboveTokens,
    ...Object.values(prices).map(price => toPicoUsd(price)),
  ]);

describe('prices under service terms', () => {
  test('multipliers apply to tokens in every bracket, and to no search or request', () => {
    expect(rates(ratioOf(0.5), ratioOf(3))).toEqual([
      [-1, 1_500_000, 3_000_000, 10_000_000_000, 5_000_000_000],
      [100, 4_500_000, 6_000_000, 10_000_000_000, 5_000_000_000],
    ]);
  });

  test('a list of rates replaces the standard ones below the threshold, and is multiplied', () => {
    expect(rates({ prices: { output: usd(9) } }, ratioOf(2))).toEqual([
      [-1, 2_000_000, 18_000_000, 10_000_000_000, 5_000_000_000],
      [100, 6_000_000, 8_000_000, 10_000_000_000, 5_000_000_000],
    ]);
  });

  test('a list with rates for large requests has its own threshold', () => {
    const longContext = { aboveTokens: 7, prices: { input: usd(5) } };
    expect(
      rates({ prices: { output: usd(9) }, longContext }).map(([above, input, output]) => [above, input, output]),
    ).toEqual([
      [-1, 1_000_000, 9_000_000],
      [7, 5_000_000, 9_000_000],
    ]);
  });

  test('if two terms have lists of rates, the first list is used', () => {
    expect(rates({ prices: { input: usd(7) } }, { prices: { input: usd(8) } })[0]?.[1]).toBe(7_000_000);
  });
});

describe('a fee for each request', () => {
  const without: Sheet = { standard: [{ aboveTokens: -1, prices: { input: usd(1), output: usd(1) } }] };

  test('a fee is found in the standard prices and in every list of rates', () => {
    expect([sheet, without].map(hasRequestFee)).toEqual([true, false]);
    const longContext = { aboveTokens: 5, prices: { request: ratioOf(0.01) } };
    for (const kind of ['tiers', 'speeds', 'regions'])
      expect(hasRequestFee({ ...without, [kind]: { any: { prices: {}, longContext } } })).toBe(true);
    expect(hasRequestFee({ ...without, tiers: { flex: { prices: { request: ratioOf(0) } }, batch: ratioOf(2) } })).toBe(
      false,
    );
  });

  test('a fee of an unknown amount still counts as a fee, and is not set to 0', () => {
    const unknown: Sheet = { standard: [{ aboveTokens: -1, prices: { input: usd(1) } }], unknown: ['request'] };
    expect(hasRequestFee(unknown)).toBe(true);
    expect(withRequestFee(unknown)).toBe(unknown);
  });

  test('a fee is 0 in a price without one, and an existing fee does not change', () => {
    expect(pricesOf(withRequestFee(without)).map(({ request }) => request)).toEqual([ratioOf(0)]);
    expect(withRequestFee(sheet).standard.map(({ prices }) => prices.request)).toEqual([
      ratioOf(0.005),
      ratioOf(0.005),
    ]);
  });
});
