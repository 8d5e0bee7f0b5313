import { describe, expect, test } from 'vitest';
import { enumeratePlans, planGraph } from '../../src/core/beliefs/plan-graph.ts';
import * as helpers from '../../src/contracts/policy-helpers.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const loose = helpers as unknown as Readonly<Record<string, Loose>>;
const rates = { costUsd: 1, climb: 0.5, failAccepted: 0.1, failRejected: 0.2, failEnded: 0.3 };
const graph = planGraph(enumeratePlans(['mini', 'premium'], true));

describe('arguments', () => {
  test.each<[string, readonly unknown[], string]>([
    ['allPlans', [32], 'allPlans.count'],
    ['allPlans', [-1], 'allPlans.count'],
    ['hasPlan', [1, 31], 'hasPlan.index'],
    ['planIndexes', [2 ** 31], 'planIndexes.set'],
    ['planIndexes', [-1], 'planIndexes.set'],
    ['planSetOf', [[0, 'mini']], 'planSetOf.indexes[1]'],
    ['planKey', ['mini'], 'planKey.plan'],
    ['planOfKey', [undefined], 'planOfKey.key'],
    ['nodeOf', [['mini'], 1], 'nodeOf.index'],
    ['betaMean', [{ a: 0, b: 1 }], 'betaMean.shape.a'],
    ['planRates', [graph, 3, graph.nodes.map(() => rates)], 'planRates.plan'],
    ['planRates', [graph, 0, []], 'planRates.plan'],
    ['planRates', [graph, 0, [{ ...rates, climb: Number.NaN }]], 'planRates.nodes[0].climb'],
  ])('%s(%j) is refused', (name, given, path) => {
    expect(refusal(() => loose[name]?.(...given))).toMatchObject({ code: 'invalid-value', path });
  });

  test('a set of plans can hold all plans of the largest feature', () => {
    expect(helpers.planIndexes(helpers.allPlans(31))).toHaveLength(31);
    expect(helpers.planIndexes(helpers.withoutPlans(helpers.allPlans(31), helpers.planSetOf([30])))).toHaveLength(30);
  });

  test('the rates of a plan are calculated from those of its nodes', () => {
    expect(
      helpers.planRates(
        graph,
        0,
        graph.nodes.map(() => rates),
      ).costUsd,
    ).toBe(1);
  });
});
