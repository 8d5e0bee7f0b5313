import { expect, test } from 'vitest';
import { fixed } from '../../../src/policies/fixed.ts';
import type { FeatureView, Policy } from '../../../src/contracts/policy.ts';
import { outcomeTable } from '../../../src/replay/table/outcome-table.ts';
import type { TableSetting } from '../../../src/replay/table/table-run.ts';
import { eligibleOf, emptyTally, planSetting, runTable, tally } from '../../../src/replay/table/table-run.ts';

const rows = ['1', '2', '3'].flatMap(id => [
  { id, feature: 'f', model: 'a', success: 1, costUsd: 0.001, atMs: 1_700_000_000_000 + Number(id) * 60_000 },
  ...(id === '2' ? [] : [{ id, feature: 'f', model: 'b', success: 0, costUsd: 0.002 }]),
]);
const setting: TableSetting = {
  table: outcomeTable(rows),
  candidates: ['a', 'b'],
  plans: planSetting(['a', 'b'], undefined),
  failureCostUsd: 1,
  objective: 'cost-per-intent',
  priorCostUsd: { a: 0.001, b: 0.002 },
  stepMs: 1000,
  poolPriors: false,
};

test('a policy is shown the time of the row, the plans that were answered, and what it learnt before', () => {
  const seen: { nowMs: number; eligible: number; n: number }[] = [];
  const inner = fixed('a');
  const spy: Policy = {
    name: 'spy',
    decide(view: FeatureView, random) {
      seen.push({ nowMs: view.nowMs, eligible: view.eligible, n: view.learned.posterior(view.nowMs).nodes[0]?.n ?? 0 });
      return inner.decide(view, random);
    },
  };
  const run = runTable(setting, spy, { order: Uint32Array.from([0, 1, 2]), seed: 's' });
  expect(seen.map(({ nowMs }) => nowMs - 1_700_000_000_000)).toEqual([60_000, 120_000, 180_000]);
  expect(seen.map(({ eligible }) => eligible)).toEqual([0b11, 0b01, 0b11]);
  expect(seen.map(({ n }) => Math.round(n))).toEqual([0, 1, 2]);
  expect(run.tallies[0]?.[0]).toMatchObject({ intents: 3, successes: 3 });
});

test('plans climb only where there is a verdict', () => {
  expect(planSetting(['a', 'b'], undefined)).toEqual([['a'], ['b']]);
  expect(planSetting(['a', 'b'], { sensitivity: 1, specificity: 1 })).toEqual([['a'], ['a', 'b'], ['b']]);
});

test('a plan needs all of its models', () => {
  const plans = planSetting(['a', 'b'], { sensitivity: 1, specificity: 1 });
  const modelIndex = new Map([
    ['a', 0],
    ['b', 1],
  ]);
  expect(eligibleOf({ table: setting.table, plans }, { intent: 1, modelIndex })).toBe(0b001);
  expect(eligibleOf({ table: setting.table, plans }, { intent: 0, modelIndex })).toBe(0b111);
});

test('a tally keeps the moments of the spend', () => {
  const sums = emptyTally();
  tally(sums, 2, 1);
  tally(sums, 3, 0);
  expect(sums).toEqual({ intents: 2, spendUsd: 5, successes: 1, spend2: 13, spend3: 35, spendOfFailures: 3 });
});
