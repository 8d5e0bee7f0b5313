import { expect, test } from 'vitest';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';
import { referenceOf } from '../../../src/replay/table/table-reference.ts';
import { plansOf } from '../../../src/replay/table/table-setting.ts';

const table = outcomeTable([
  { id: '1', feature: 'x', model: 'a', success: 1, costUsd: 1 },
  { id: '1', feature: 'x', model: 'b', success: 1, costUsd: 3 },
  { id: '2', feature: 'x', model: 'a', success: 0, costUsd: 1 },
  { id: '2', feature: 'x', model: 'b', success: 1, costUsd: 3 },
  { id: '3', feature: 'y', model: 'a', success: 1, costUsd: 1 },
  { id: '3', feature: 'y', model: 'b', success: 1, costUsd: 3 },
]);
const modelIndexes = new Map([
  ['a', 0],
  ['b', 1],
]);
const intents = Uint32Array.from([0, 1, 2]);
const base = {
  table,
  candidates: ['a', 'b'],
  modelIndexes,
  failureCostUsd: 10,
  objective: 'cost-per-intent' as const,
  priorCostUsd: {},
  stepMs: 1,
  poolPriors: false,
};

test('the totals of each fixed plan, of the best per feature and of the best per request match a calculation by hand', () => {
  const { found, curve } = referenceOf({ ...base, plans: plansOf(['a', 'b'], undefined) }, intents);
  expect(found.always['a']).toEqual({ totalUsd: 13, spendUsd: 3, successRate: 2 / 3 });
  expect(found.always['b']).toEqual({ totalUsd: 9, spendUsd: 9, successRate: 1 });
  expect(found.best).toEqual({ totalUsd: 7, spendUsd: 7, successRate: 1, plans: { x: 'b', y: 'a' } });
  expect(found.clairvoyant).toEqual({ totalUsd: 5, spendUsd: 5, successRate: 1 });
  expect(curve(Uint32Array.from([2, 0, 1]), 3)).toEqual([1, 4, 7]);
});

test('the expected cost of a cascade with a fallible verdict matches a calculation by hand', () => {
  const verdict = { sensitivity: 0.5, specificity: 0.8, costUsd: 0.1 };
  const { found } = referenceOf({ ...base, verdict, plans: plansOf(['a', 'b'], verdict) }, intents);
  // Requests 1 and 3: a succeeds, is accepted with .8, else b (paid, and successful). Request 2: a fails, climbs with .5.
  const spend = 3 * 1.1 + (0.2 + 0.5 + 0.2) * 3.1;
  expect(found.always['a>b']?.spendUsd).toBeCloseTo(spend, 12);
  expect(found.always['a>b']?.successRate).toBeCloseTo((1 + 0.5 + 1) / 3, 12);
});
