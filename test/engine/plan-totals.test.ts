import { expect, test } from 'vitest';
import type { ResolvedFeature } from '../../src/config/resolved.ts';
import type { Cell, Sums } from '../../src/core/statistics.ts';
import { planTotals } from '../../src/engine/plan-totals.ts';

const config = {
  name: 'f',
  plans: [['mini'], ['premium']],
  failureCostNanoUsd: 15_000_000_000,
  objective: 'cost-per-intent',
} as unknown as ResolvedFeature;

function cell(at: string, sums: Sums, bucket = 0): Cell {
  return { key: { scope: 'plan', feature: 'f', segment: '', at, version: '', bucket }, sums };
}

test('what is read and what is added since make one figure per plan', () => {
  const totals = planTotals();
  totals.replace('f', [
    cell('mini', { n: 2n, cost: 4_000_000n, labelled: 2n, successes: 1n }),
    cell('mini', { n: 1n, cost: 2_000_000n }, 7),
  ]);
  totals.apply('f', [cell('mini', { n: 1n, cost: 2_000_000n, labelled: 1n, successes: 1n })]);
  const mini = totals.estimates(config).find(estimate => estimate.plan === 'mini');
  expect(mini).toMatchObject({ n: 4, labelled: 3, successes: 2 });
  expect(mini?.spendUsd.value).toBeCloseTo(0.002, 12);
});

test('reading again starts from what was read', () => {
  const totals = planTotals();
  totals.apply('f', [cell('mini', { n: 5n })]);
  totals.replace('f', [cell('premium', { n: 1n, cost: 9n })]);
  expect(
    totals
      .estimates(config)
      .filter(({ n }) => n > 0)
      .map(({ plan }) => plan),
  ).toEqual(['premium']);
});
