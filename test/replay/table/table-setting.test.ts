import { describe, expect, test } from 'vitest';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';
import type { ReplayTableOptions } from '../../../src/replay/table/table-setting.ts';
import { eligibleOf, meanCosts, plansOf, settingOf } from '../../../src/replay/table/table-setting.ts';

const table = outcomeTable(
  ['1', '2', '3'].flatMap(id => [
    { id, feature: 'f', model: 'b', success: 0, costUsd: 0.002, context: 'vip' },
    ...(id === '2' ? [] : [{ id, feature: 'f', model: 'a', success: 1, costUsd: 0.001 }]),
  ]),
);
const setting = settingOf(table, { failureCostUsd: 1 });

describe('settingOf', () => {
  test('the candidates are all models by mean cost, and the prior costs are their mean costs', () => {
    expect(setting).toMatchObject({
      candidates: ['a', 'b'],
      plans: [['a'], ['b']],
      objective: 'cost-per-intent',
      poolPriors: true,
      stepMs: 10_000,
    });
    expect(setting.priorCostUsd['a']).toBeCloseTo(0.001, 12);
    expect([...setting.modelIndexes]).toEqual([
      ['a', table.models.indexOf('a')],
      ['b', table.models.indexOf('b')],
    ]);
    expect(setting).not.toHaveProperty('segments');
  });

  test('a prior is resolved for the candidates by the model names of the table', () => {
    const of = (prior: ReplayTableOptions['prior']) =>
      settingOf(table, { failureCostUsd: 1, ...(prior && { prior }) }).prior;
    expect(of(undefined)).toBeUndefined();
    expect(of({ a: { success: 0.9 } })).toEqual({ prior: { a: { success: 0.9 } } });
    const asked: unknown[] = [];
    const evidence = { expected: new Map([['a', { success: 0.9, outcomes: 4 }]]), notes: () => [] };
    expect(of({ of: models => (asked.push(...models), evidence) })).toEqual({ prior: {}, evidence });
    expect(asked).toEqual([
      { name: 'a', model: 'a' },
      { name: 'b', model: 'b' },
    ]);
  });

  test('context makes segments only with `useContext`', () => {
    expect(settingOf(table, { failureCostUsd: 1, useContext: true }).segments).toEqual(['vip', 'vip', 'vip']);
  });
});

test('plans climb only if there is a verdict', () => {
  expect(plansOf(['a', 'b'], undefined)).toEqual([['a'], ['b']]);
  expect(plansOf(['a', 'b'], { sensitivity: 1, specificity: 1 })).toEqual([['a'], ['a', 'b'], ['b']]);
});

test('a plan is eligible when all its models have an answer', () => {
  const plans = plansOf(['a', 'b'], { sensitivity: 1, specificity: 1 });
  expect(eligibleOf({ ...setting, plans }, 1)).toBe(0b100);
  expect(eligibleOf({ ...setting, plans }, 0)).toBe(0b111);
});

test('the mean cost of a model is the mean over its answers', () => {
  const cost = meanCosts(table);
  expect(cost('a')).toBeCloseTo(0.001, 12);
  expect(cost('b')).toBeCloseTo(0.002, 12);
});
