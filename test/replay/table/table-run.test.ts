import { expect, test } from 'vitest';
import { fixed } from '../../../src/policies/fixed.ts';
import type { FeatureView, Policy } from '../../../src/contracts/policy.ts';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';
import type { TableSetting } from '../../../src/replay/table/table-setting.ts';
import { plansOf } from '../../../src/replay/table/table-setting.ts';
import { runTable } from '../../../src/replay/table/table-run.ts';

const rows = ['1', '2', '3'].flatMap(id => [
  { id, feature: 'f', model: 'a', success: 1, costUsd: 0.001, atMs: 1_700_000_000_000 + Number(id) * 60_000 },
  ...(id === '2' ? [] : [{ id, feature: 'f', model: 'b', success: 0, costUsd: 0.002 }]),
]);
const setting: TableSetting = {
  table: outcomeTable(rows),
  candidates: ['a', 'b'],
  modelIndexes: new Map([
    ['a', 0],
    ['b', 1],
  ]),
  plans: plansOf(['a', 'b'], undefined),
  failureCostUsd: 1,
  objective: 'cost-per-intent',
  priorCostUsd: { a: 0.001, b: 0.002 },
  stepMs: 1000,
  poolPriors: false,
};

test('a policy sees the time of the row, the plans with answers and the earlier outcomes', () => {
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

test('intents without a time are spaced evenly, and an intent without an eligible plan is not decided', () => {
  const seen: number[] = [];
  const inner = fixed('a');
  const spy: Policy = {
    name: 'spy',
    decide(view, random) {
      seen.push(view.nowMs);
      return inner.decide(view, random);
    },
  };
  const untimed = ['1', '2', '3'].map(id => ({
    id,
    feature: 'f',
    model: id === '2' ? 'c' : 'a',
    success: 1,
    costUsd: 1,
  }));
  const table = outcomeTable(untimed);
  let intents = 0;
  const run = runTable({ ...setting, table, modelIndexes: new Map([['a', 0]]), plans: [['a']] }, spy, {
    order: Uint32Array.from([0, 1, 2]),
    seed: 's',
    onIntent: () => void intents++,
  });
  expect(seen.map(nowMs => nowMs - (seen[0] ?? 0))).toEqual([0, 2000]);
  expect(intents).toBe(3);
  expect(run.checkpoints.map(({ intents: count, totalUsd, chosen }) => [count, totalUsd, chosen])).toEqual([
    [1, 1, [1]],
    [2, 1, [1]],
    [3, 2, [2]],
  ]);
});

test('the answers to warm-up intents are learned before the first decision and not counted', () => {
  const visits: (readonly number[])[] = [];
  const inner = fixed('a');
  const spy: Policy = {
    name: 'spy',
    decide(view, random) {
      visits.push(view.learned.posterior(view.nowMs).nodes.map(({ n }) => Math.round(n)));
      return inner.decide(view, random);
    },
  };
  const run = runTable(setting, spy, { order: Uint32Array.from([2]), seed: 's', warmUp: Uint32Array.from([0, 1]) });
  // Request 1 has answers of both models, request 2 of one.
  expect(visits).toEqual([[2, 1]]);
  expect(run.tallies[0]?.[0]?.intents).toBe(1);
});
