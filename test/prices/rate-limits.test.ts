import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedFactor, extremes, isRate, keepsWithin } from '../../src/prices/rate-limits.ts';
import { ONE, over, ratioOf, times } from '../../src/prices/ratio.ts';
import { refusal } from '../support/refusal.ts';

const perMillion = over(ONE, ratioOf(1_000_000));
const usd = (perMillionUsd: number) => times(ratioOf(perMillionUsd), perMillion);

describe('the limits of a rate', () => {
  test('a rate is at least half a pico-dollar and at most 9,000 USD per unit', () => {
    expect([4.9e-7, 5e-7, 9e9, 9.0000001e9].map(rate => isRate(usd(rate)))).toEqual([false, true, true, false]);
  });

  test('the smallest and largest rate are computed without rates of 0', () => {
    const rates = [2, 0, 7, 0.5].map(ratioOf);
    expect(extremes(rates)).toEqual([ratioOf(0.5), ratioOf(7)]);
    expect(extremes([ratioOf(0)])).toEqual([]);
  });
});

describe('configured numbers', () => {
  test.each([0, 5e-7, 0.15, 9e9])('the rate %d is accepted', value => {
    expect(checkedFactor(value, 'price', [perMillion])).toEqual(ratioOf(value));
  });

  test.each([4e-7, 1e-30, 5e-324, 9.1e9, 1e12, 1e300, Number.MAX_VALUE])(
    'the rate %d is refused with the smallest and the largest that is accepted',
    value => {
      const error = refusal(() => checkedFactor(value, 'price.inputUsdPerMillion', [perMillion]));
      expect(error).toMatchObject({ code: 'invalid-value', path: 'price.inputUsdPerMillion' });
      expect(error.message).toContain('accepted: 0, or a number from 5e-7 to 9000000000');
    },
  );

  test.each([Number.NaN, Infinity, -1, '2', null, undefined, [2], {}, 2n, true])('%s is refused', value => {
    const error = refusal(() => checkedFactor(value, 'price.tiers.flex', []));
    expect(error).toMatchObject({ code: 'invalid-value', path: 'price.tiers.flex', accepted: 'a number from 0' });
  });

  test('the limits that an error states are accepted themselves, for any rates', () => {
    const rate = fc.tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: -6, max: 9 }));
    const rates = fc.array(rate, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rates, rates => {
        const list = rates.map(([digits, exponent]) => usd(Number(`${digits}e-${exponent + 6}`))).filter(isRate);
        if (list.length === 0) return;
        const { message } = refusal(() => checkedFactor(1e300, 'price', list));
        const [, least = '', most = ''] = /from (\S+) to (\S+)\)$/.exec(message) ?? [];
        for (const limit of [least, most])
          expect([limit, keepsWithin(ratioOf(Number(limit)), list)]).toEqual([limit, true]);
      }),
    );
  });
});
