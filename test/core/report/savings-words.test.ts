import { describe, expect, test } from 'vitest';
import { printSaving, printTotals, savingCells, totalWords } from '../../../src/core/report/savings-words.ts';

const around = (value: number) => ({ value, low: value / 2, high: 2 * value });

/** The amount that a printed figure begins with. */
const amount = (text: string): number => Number(text.split(' ')[0]?.replaceAll(/[$,]/g, '').replace('−', '-'));

describe('printSaving', () => {
  test('the printed difference is that of the printed amounts, however they are rounded', () => {
    for (const [other, logged] of [
      [0.7649, 0.3351],
      [4.50123, 4.49787],
      [1234.565, 3.444],
      [0.014, 0.0019],
      [0.3351, 0.7649],
    ] as const) {
      const printed = printSaving({ other: around(other), logged, difference: around(other - logged) });
      expect(amount(printed.other) - amount(printed.logged)).toBeCloseTo(amount(printed.difference), 12);
      const opposite = printSaving({ other: around(other), logged, difference: around(logged - other) });
      expect(amount(opposite.logged) - amount(opposite.other)).toBeCloseTo(amount(opposite.difference), 12);
    }
  });

  test('a small difference has two digits, and the amounts have as many decimals', () => {
    expect(printSaving({ other: around(4.50123), logged: 4.49787, difference: around(0.00336) })).toEqual({
      other: '$4.5012 (2.2506–9.0025)',
      logged: '$4.4979',
      difference: '$0.0033 (0.0017–0.0067)',
    });
  });

  test('a difference that is only rounding is 0, and adds no decimals', () => {
    const difference = { value: -3.5e-17, low: -1.11e-7, high: 1.11e-7 };
    expect(
      printSaving({ other: { value: 0.027647323, low: 0.0255, high: 0.0304 }, logged: 0.027647323, difference }),
    ).toEqual({ other: '$0.028 (0.026–0.030)', logged: '$0.028', difference: '$0.000 (0.000–0.000)' });
    const saved = { ...saving('a', -1e-12), costPerIntentUsd: 0.027647323 };
    const total = { intents: 100, savedUsd: { value: -1e-12, low: -1e-5, high: 1e-5 } };
    expect(printTotals({ baseline: 'premium', features: [saved], total })).toEqual({
      features: ['$0.00 (0.00–0.00)'],
      total: '$0.00 (0.00–0.00)',
    });
  });

  test('a loss has a minus sign, and limits on both sides of 0 are separated by a word', () => {
    const difference = { value: -1.5, low: -4, high: 1 };
    expect(printSaving({ other: { value: 1, low: -1, high: 3 }, logged: 2.5, difference })).toEqual({
      other: '$1.00 (−1.00 to 3.00)',
      logged: '$2.50',
      difference: '−$1.50 (−4.00 to 1.00)',
    });
  });
});

const saving = (feature: string, inAll: number) => ({
  feature,
  intents: 100,
  kind: 'estimate' as const,
  baselineCostPerIntentUsd: around(3),
  costPerIntentUsd: 1,
  perIntentUsd: around(2),
  inAllUsd: around(inAll),
});

test('the printed total is the sum of the printed features', () => {
  const features = [
    saving('a', 10.004),
    saving('b', 20.004),
    { feature: 'c', intents: 1, kind: 'refused' as const, reason: 'r' },
  ];
  const total = { intents: 200, savedUsd: around(30.008) };
  expect(printTotals({ baseline: 'premium', features, total })).toEqual({
    features: ['$10.00 (5.00–20.01)', '$20.00 (10.00–40.01)', '–'],
    total: '$30.00 (15.00–60.02)',
  });
  expect(printTotals({ baseline: 'premium', features })).not.toHaveProperty('total');
});

test('a total says which features and intents it covers, and how many features have no estimate', () => {
  const refused = { feature: 'c', intents: 900, kind: 'refused' as const, reason: 'r' };
  const words = (features: readonly (typeof refused | ReturnType<typeof saving>)[], intents: number, of: number) =>
    totalWords({ baseline: 'premium', features, total: { intents, savedUsd: around(10) } }, of);
  expect(words([saving('a', 10), refused, refused], 100, 1_900)).toBe(
    'On a alone (100 intents of 1,900): $10.00 (5.00–20.00); 2 features have no estimate.',
  );
  expect(words([saving('a', 5), saving('b', 5), refused], 200, 1_100)).toBe(
    'On 2 features (200 intents of 1,100): $10.00 (5.00–20.00); 1 feature has no estimate.',
  );
  expect(words([saving('a', 5), saving('b', 5)], 200, 200)).toBe('In total (200 intents): $10.00 (5.00–20.00).');
  expect(totalWords({ baseline: 'premium', features: [refused] }, 900)).toBeUndefined();
});

test('the row of a refused saving has no amounts', () => {
  const refused = { feature: 'c', intents: 1, kind: 'refused' as const, reason: 'r' };
  expect(savingCells(refused)).toEqual(['no estimate', '–', '–']);
  expect(savingCells(refused, 'r')).toEqual(['r', '–', '–']);
  expect(savingCells(saving('a', 5))).toEqual(['$3.00 (1.50–6.00)', '$1.00', '$2.00 (1.00–4.00)']);
});
