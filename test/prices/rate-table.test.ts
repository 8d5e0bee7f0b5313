import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Meter, Usage } from '../../src/core/ledger/usage.ts';
import { METERS } from '../../src/core/ledger/usage.ts';
import { amount } from '../../src/core/ledger/money.ts';
import type { UnitPrices } from '../../src/prices/rate-table.ts';
import { bracketsOf, compileRates, costOf, linesOf, unpricedMeters } from '../../src/prices/rate-table.ts';
import { over, ratioOf } from '../../src/prices/ratio.ts';

const perMillion = (usd: number) => over(ratioOf(usd), ratioOf(1_000_000));
const plain = compileRates([{ aboveTokens: -1, prices: { input: perMillion(0.0125), output: perMillion(2) } }]);

describe('amounts', () => {
  test.each([
    [1, 12_500, 13], // 12.5 rounds up
    [2, 12_500, 25],
    [3, 12_500, 38],
    [1, 499, 0],
    [1, 500, 1],
    [1, 1_499, 1],
    [0, 500, 0],
    [1_000_000, 600_000_000, 600_000_000_000],
    [1, 8_999_999_999_999_499, 8_999_999_999_999], // the largest that a float holds, just below a whole number
    [1, 8_999_999_999_999_500, 9_000_000_000_000],
  ])('%d × %d pico-dollars is %d nano-dollars, rounded half up', (quantity, rate, nano) => {
    expect(amount(quantity, rate)).toBe(nano);
  });

  test('an amount is the exact integer quotient, also beyond 2^53 pico-dollars', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: 50_000_000 }), fc.maxSafeNat()),
        fc.oneof(fc.integer({ min: 0, max: 2_000_000_000 }), fc.integer({ min: 0, max: 9_000_000_000_000_000 })),
        (tokens, rate) => {
          expect(amount(tokens, rate)).toBe(Number((BigInt(tokens) * BigInt(rate) + 500n) / 1000n));
        },
      ),
    );
  });
});

describe('price lines', () => {
  const usage = fc.record(
    Object.fromEntries(METERS.map(meter => [meter, fc.integer({ min: 0, max: 3_000_000 })])) as Record<
      (typeof METERS)[number],
      fc.Arbitrary<number>
    >,
    { requiredKeys: [] },
  );

  test('the cost is the sum of the lines', () => {
    fc.assert(
      fc.property(usage, usage => {
        const total = linesOf(plain, usage).reduce((sum, line) => sum + line.costNanoUsd, 0);
        expect(costOf(plain, usage)).toBe(total);
      }),
    );
  });

  test('each price line is rounded separately: 3 × 12.5 is 38 in one line, and 25 + 13 in two', () => {
    expect(costOf(plain, { input: 3 })).toBe(38);
    expect(costOf(plain, { input: 2, cacheRead: 1 })).toBe(38);
    expect(costOf(plain, { input: 1, cacheRead: 1, cacheWrite5m: 1 })).toBe(39);
  });

  test('reasoning tokens are part of the output tokens and have no price of their own', () => {
    expect(costOf(plain, { output: 10, reasoning: 9 })).toBe(costOf(plain, { output: 10 }));
  });

  test('counts that are not positive numbers have no price line, and all but 0 are named as unpriced', () => {
    const broken = { input: Number.NaN, output: -3, cacheRead: Infinity, cacheWrite5m: 0 };
    expect(costOf(plain, broken)).toBe(0);
    expect(linesOf(plain, broken)).toEqual([]);
    const names = ['input (not a count)', 'cacheRead (not a count)', 'output (not a count)'];
    expect(unpricedMeters(plain, broken)).toEqual(names);
  });

  test('a count that is a fraction, or not a number, is not billed but reported', () => {
    for (const count of [0.5, 7.25, '5', true, 5n, [5], {}, Symbol('5'), { valueOf: () => 5 }]) {
      const usage = { input: count, output: 1 } as unknown as Usage;
      expect([costOf(plain, usage), unpricedMeters(plain, usage)]).toEqual([2_000, ['input (not a count)']]);
    }
  });

  test('a meter that would make the cost exceed the limit of one ledger amount is not billed, and reported', () => {
    const usd = compileRates([
      { aboveTokens: -1, prices: { input: ratioOf(1), output: ratioOf(2), request: ratioOf(3) } },
    ]);
    const usage = { input: 8_000_000, output: 600_000, request: 100_000 };
    expect(linesOf(usd, usage).map(({ meter }) => meter)).toEqual(['input', 'request']);
    expect(costOf(usd, usage)).toBe(8_300_000 * 1e9);
    expect(unpricedMeters(usd, usage)).toEqual(['output (too much)']);
    const most = { input: 9_000_000 };
    expect([costOf(usd, most), linesOf(usd, most).length, unpricedMeters(usd, most)]).toEqual([9_000_000 * 1e9, 1, []]);
    expect([costOf(usd, { input: 9_000_001 }), unpricedMeters(usd, { input: 9_000_001 })]).toEqual([
      0,
      ['input (too much)'],
    ]);
    expect(unpricedMeters(usd, { input: Number.MAX_SAFE_INTEGER })).toEqual(['input (too much)']);
  });

  test('the size of a request counts only billable tokens', () => {
    const long = compileRates([
      { aboveTokens: -1, prices: { input: perMillion(1), output: perMillion(2) } },
      { aboveTokens: 100, prices: { input: perMillion(10), output: perMillion(20) } },
    ]);
    for (const broken of [Number.NaN, -500, 1e300, '200'])
      expect(costOf(long, { input: broken as number, cacheRead: 90, output: 1 })).toBe(92_000);
    expect(costOf(long, { input: Number.NaN, cacheRead: 101 })).toBe(1_010_000);
  });

  test('a rate for large requests only is not used as a guess for other requests', () => {
    const long = compileRates([
      { aboveTokens: -1, prices: { input: perMillion(1), output: perMillion(2) } },
      { aboveTokens: 100, prices: { input: perMillion(1), output: perMillion(2), outputAudio: perMillion(9) } },
    ]);
    expect(unpricedMeters(long, { input: 100, outputAudio: 1 })).toEqual(['outputAudio']);
    expect(unpricedMeters(long, { input: 101, outputAudio: 1 })).toEqual([]);
  });

  test('an image given to an image model is priced as text given to it, and reported', () => {
    const table = compileRates([
      { aboveTokens: -1, prices: { input: perMillion(1), output: perMillion(2), imageGenInput: perMillion(5) } },
    ]);
    const usage = { imageGenInput: 10, imageGenInputImage: 10, imageGenOutput: 10 };
    expect([costOf(table, usage), unpricedMeters(table, usage)]).toEqual([
      100_000,
      ['imageGenInputImage', 'imageGenOutput'],
    ]);
  });

  test('images that the model draws are priced as its text where they have no rate, and reported', () => {
    expect([costOf(plain, { outputImage: 10 }), unpricedMeters(plain, { outputImage: 10 })]).toEqual([
      20_000,
      ['outputImage'],
    ]);
  });

  test('a count with an unknown meter name costs nothing', () => {
    expect(unpricedMeters(plain, { input: 1, reasoning: -5, words: 7 } as Usage)).toEqual([]);
  });

  test('a web search without a price is named as unpriced', () => {
    expect(unpricedMeters(plain, { webSearch: 1, input: 5 })).toEqual(['webSearch']);
    expect(linesOf(plain, { webSearch: 1 })).toEqual([]);
  });

  test('audio without a price of its own is priced as text and reported as unpriced', () => {
    expect(costOf(plain, { outputAudio: 100 })).toBe(200_000);
    expect(unpricedMeters(plain, { inputAudio: 1, cacheReadAudio: 2, outputAudio: 3 })).toEqual([
      'inputAudio',
      'cacheReadAudio',
      'outputAudio',
    ]);
  });

  test('cached input is reported if the list does not state its rate', () => {
    const named = (prices: UnitPrices) =>
      unpricedMeters(compileRates([{ aboveTokens: -1, prices }], undefined, ['cacheRead']), { input: 5, cacheRead: 5 });
    const prices = { input: ratioOf(1), output: ratioOf(1) };
    expect(named(prices)).toEqual(['cacheRead']);
    expect(named({ ...prices, cacheRead: ratioOf(0.1) })).toEqual([]);
  });

  test('cached audio is priced as audio where only audio has a price', () => {
    const audio = compileRates([
      { aboveTokens: -1, prices: { input: perMillion(1), inputAudio: perMillion(40), output: perMillion(2) } },
    ]);
    expect(costOf(audio, { cacheReadAudio: 10 })).toBe(400_000);
    expect(unpricedMeters(audio, { cacheReadAudio: 10 })).toEqual([]);
    expect(unpricedMeters(audio, { outputAudio: 10 })).toEqual(['outputAudio']);
  });

  test('a meter without a rate is priced at the rate of the first of its fallback meters that has one', () => {
    const rates = (own: readonly Meter[]) =>
      compileRates([
        {
          aboveTokens: -1,
          prices: Object.fromEntries([...own, 'input', 'output'].map((meter, i) => [meter, perMillion(i + 1)])),
        },
      ]);
    const cases: readonly (readonly [Meter, readonly Meter[], Meter])[] = [
      ['cacheRead', [], 'input'],
      ['cacheWrite5m', ['cacheRead'], 'input'],
      ['cacheWrite1h', ['cacheRead', 'cacheWrite5m'], 'cacheWrite5m'],
      ['cacheWrite1h', ['cacheRead'], 'input'],
      ['inputAudio', ['cacheRead'], 'input'],
      ['cacheReadAudio', ['cacheRead', 'inputAudio'], 'inputAudio'],
      ['cacheReadAudio', ['cacheRead'], 'cacheRead'],
      ['cacheReadAudio', [], 'input'],
      ['outputAudio', ['inputAudio'], 'output'],
    ];
    for (const [meter, own, plainer] of cases) {
      const table = rates(own);
      expect([meter, own, costOf(table, { [meter]: 7 })]).toEqual([meter, own, costOf(table, { [plainer]: 7 })]);
    }
  });

  test('a discounted price line has the list rate as well as the discounted rate', () => {
    const discounted = compileRates(
      [{ aboveTokens: -1, prices: { input: perMillion(2), output: perMillion(8) } }],
      ratioOf(0.85),
    );
    expect(linesOf(discounted, { input: 1_000 })).toEqual([
      { meter: 'input', quantity: 1_000, rate: 1_700_000, listRate: 2_000_000, costNanoUsd: 1_700_000 },
    ]);
  });

  test('a long prompt puts the whole request in a higher price bracket, and cached and audio tokens count towards its length', () => {
    const long = compileRates([
      { aboveTokens: -1, prices: { input: perMillion(1), output: perMillion(2) } },
      { aboveTokens: 100, prices: { input: perMillion(10), output: perMillion(20) } },
    ]);
    expect(costOf(long, { input: 100, output: 1 })).toBe(102_000);
    expect(costOf(long, { input: 101, output: 1 })).toBe(1_030_000);
    expect(costOf(long, { cacheRead: 50, cacheWrite1h: 30, inputAudio: 10, cacheReadAudio: 10, input: 1 })).toBe(
      1_010_000,
    );
    expect(costOf(long, { input: 100, output: 1_000 })).toBe(2_100_000);
  });

  test('the displayed rate table has only rates that the price list has', () => {
    expect(bracketsOf(plain)).toEqual([{ aboveTokens: -1, rates: { input: 12_500, output: 2_000_000 } }]);
  });
});
