import { expect, test } from 'vitest';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';
import { priceOfQuality } from '../../../src/replay/table/quality.ts';

/** 100 intents of a feature, with the given numbers of successes of cheap at $1 and of premium at $10. */
function feature(name: string, cheap: number, premium: number) {
  return Array.from({ length: 100 }, (_, i) => [
    { id: `${name}${i}`, feature: name, model: 'cheap', success: i < cheap ? 1 : 0, costUsd: 1 },
    { id: `${name}${i}`, feature: name, model: 'premium', success: i < premium ? 1 : 0, costUsd: 10 },
  ]).flat();
}
const table = outcomeTable([...feature('a', 85, 90), ...feature('b', 20, 90), ...feature('c', 60, 90)]);
const candidates = ['cheap', 'premium'];

test('the failure cost makes only those features use premium where it gains the most successes', () => {
  // Needed: 90 % of 270 = 243 of 300. b and c on premium: 85 + 90 + 90 = 265; b alone: 235.
  const price = priceOfQuality(table, { candidates, fraction: 0.9, keep: () => true });
  expect(price.neededRate).toBeCloseTo(0.81, 12);
  expect(price.successRate).toBeCloseTo(265 / 300, 12);
  expect(price.spendUsd).toBe(100 + 1000 + 1000);
});

test('the failure cost is well between the values at which a feature would change its model', () => {
  // c changes at 900/30 = $30 a success, a at 900/5 = $180.
  const { failureCostUsd } = priceOfQuality(table, { candidates, fraction: 0.9, keep: () => true });
  expect(failureCostUsd).toBeGreaterThan(40);
  expect(failureCostUsd).toBeLessThan(150);
});

test('only intents selected by `keep` count', () => {
  const onlyA = (intent: number): boolean => table.ids[intent]?.startsWith('a') === true;
  expect(priceOfQuality(table, { candidates, fraction: 0.9, keep: onlyA }).spendUsd).toBe(100);
});

test('a required success rate that no choice of models reaches is refused', () => {
  expect(() => priceOfQuality(table, { candidates, fraction: 1.2, keep: () => true })).toThrow('no choice of models');
});
