import { expect, test } from 'vitest';
import type { IntentsOfTurns } from '../../../src/core/calculator/by-turns.ts';
import { setUpByTurns } from '../../../src/core/calculator/by-turns.ts';
import { costsOf } from '../../../src/core/calculator/calculator.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

const GROUPS: readonly IntentsOfTurns[] = [
  { weight: 0.6, spendUsd: 0.02, successRate: 0.95 },
  { weight: 0.3, spendUsd: 0.07, successRate: 0.8 },
  { weight: 0.1, spendUsd: 0.4, successRate: 0.4 },
];

test('the cost and failures of all intents are the weighted sums over the numbers of turns', () => {
  const costs = costsOf(setUpByTurns(GROUPS, { failureCostUsd: 15 }));
  expect(costs.tokensUsd).toBeCloseTo(0.6 * 0.02 + 0.3 * 0.07 + 0.1 * 0.4, 12);
  expect(costs.failureUsd).toBeCloseTo(15 * (0.6 * 0.05 + 0.3 * 0.2 + 0.1 * 0.6), 12);
  const counts = GROUPS.map(group => ({ ...group, weight: 250 * group.weight }));
  expect(costsOf(setUpByTurns(counts, { failureCostUsd: 15 })).costPerIntentUsd).toBeCloseTo(
    costs.costPerIntentUsd,
    12,
  );
});

test('the spread of the cost and its correlation equal those of many intents drawn one by one', () => {
  const groups = GROUPS.map((group, i) => ({ ...group, costSdUsd: 0.01 * (i + 1) }));
  const { costSdUsd = 0, correlation = 0 } = setUpByTurns(groups, { failureCostUsd: 15 });
  const random = seededRandom('by turns');
  const drawn = Array.from({ length: 40_000 }, () => {
    const at = random.next();
    const group = groups[at < 0.6 ? 0 : at < 0.9 ? 1 : 2] ?? GROUPS[0]!;
    // Uniform, with this standard deviation.
    const spend = group.spendUsd + (group.costSdUsd ?? 0) * Math.sqrt(12) * (random.next() - 0.5);
    return [spend, random.next() < group.successRate ? 0 : 1] as const;
  });
  const mean = (of: (each: readonly [number, number]) => number): number =>
    drawn.reduce((sum, each) => sum + of(each), 0) / drawn.length;
  const [c, f] = [mean(each => each[0]), mean(each => each[1])];
  const sd = [Math.sqrt(mean(each => (each[0] - c) ** 2)), Math.sqrt(mean(each => (each[1] - f) ** 2))] as const;
  expect(costSdUsd).toBeCloseTo(sd[0], 2);
  expect(Math.abs(correlation - mean(each => (each[0] - c) * (each[1] - f)) / sd[0] / sd[1])).toBeLessThan(0.02);
  expect(correlation).toBeGreaterThan(0.4);
});

test('intents that all cost the same, or all succeed, have no correlation', () => {
  const same = GROUPS.map(group => ({ ...group, spendUsd: 1 }));
  const { costSdUsd, correlation } = setUpByTurns(same, { failureCostUsd: 1 });
  expect([costSdUsd, correlation]).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
  const sure = GROUPS.map(group => ({ ...group, successRate: 1 }));
  expect(setUpByTurns(sure, { failureCostUsd: 1 }).correlation).toBe(0);
});

test('if the most expensive intents all fail, cost and failure are correlated as strongly as possible', () => {
  const sorted = [0, 1].map(i => ({ weight: i + 1, spendUsd: 0.1 + i, successRate: 1 - i }));
  const setUp = setUpByTurns(sorted, { failureCostUsd: 1 });
  expect(setUp.correlation).toBeCloseTo(1, 12);
  expect(costsOf(setUp).costPerIntentUsd).toBeCloseTo((0.1 + 2 * 1.1) / 3 + 2 / 3, 12);
});

test.each([
  [[], 'setUpByTurns.groups'],
  ['no list', 'setUpByTurns.groups'],
  [[{ weight: 0, spendUsd: 1, successRate: 1 }], 'setUpByTurns.groups[0].weight'],
  [[{ weight: 1, spendUsd: -1, successRate: 1 }], 'setUpByTurns.groups[0].spendUsd'],
  [[{ weight: 1, spendUsd: 1, successRate: 2 }], 'setUpByTurns.groups[0].successRate'],
  [[{ weight: 1, spendUsd: 1, successRate: 1, costSdUsd: '1' }], 'setUpByTurns.groups[0].costSdUsd'],
])('invalid groups are refused with their place: %j', (groups, path) => {
  const refused = expect.objectContaining({ code: 'invalid-value', path }) as Error;
  expect(() => setUpByTurns(groups as never, { failureCostUsd: 1 })).toThrow(refused);
});
