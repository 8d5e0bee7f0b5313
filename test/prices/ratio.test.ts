import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { over, ratioOf, times, toPicoUsd } from '../../src/prices/ratio.ts';

const perMillion = (usd: number): number => toPicoUsd(over(ratioOf(usd), ratioOf(1_000_000)));

describe('exact decimals', () => {
  test.each([
    [0.15, 150_000],
    [0.075, 75_000],
    [0.1 + 0.2, 300_000], // 0.30000000000000004: beyond a pico-dollar, so rounded
    [0.0125, 12_500],
    [0.003625, 3_625],
    [10, 10_000_000],
    [1e-6, 1],
    [5e-7, 1],
    [4.9e-7, 0],
    [1e21, 1e27],
    [0, 0],
  ])('$%d per million tokens is %d pico-dollars per token', (usd, pico) => {
    expect(perMillion(usd)).toBe(pico);
  });

  test('a price with up to six decimals per million is exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), micros => {
        expect(perMillion(Number(`${micros}e-6`))).toBe(micros);
      }),
    );
  });

  test('a discount of 15 % on $0.075 gives exactly 63,750 pico-dollars', () => {
    expect(toPicoUsd(times(over(ratioOf(0.075), ratioOf(1_000_000)), ratioOf(0.85)))).toBe(63_750);
  });

  test('a number that is not finite is refused', () => {
    for (const value of [Number.NaN, Infinity])
      expect(() => ratioOf(value)).toThrow(new TypeError(`not a finite number: ${value}`));
  });
});
