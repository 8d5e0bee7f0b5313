import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeRates, PlanRates } from '../../../src/core/beliefs/plan-graph.ts';
import {
  enumeratePlans,
  isStayAfterAlarm,
  planGraph,
  planRates,
  plansWithAlarms,
  staysAfterAlarm,
} from '../../../src/core/beliefs/plan-graph.ts';
import { nodeOf, planKey } from '../../../src/core/ledger/vocabulary.ts';

function keys(candidates: readonly string[], hasVerdict: boolean): readonly string[] {
  return enumeratePlans(candidates, hasVerdict).map(planKey);
}

describe('enumeratePlans', () => {
  test('without a verdict there are only single-model plans, because no reply can be rejected', () => {
    expect(keys(['a', 'b', 'c', 'd', 'e'], false)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('with a verdict every increasing sub-sequence of up to four candidates is a plan, cheapest start first', () => {
    expect(keys(['a', 'b'], true)).toEqual(['a', 'a>b', 'b']);
    expect(keys(['a', 'b', 'c', 'd'], true).join(' ')).toBe(
      'a a>d a>c a>b a>c>d a>b>d a>b>c a>b>c>d b b>d b>c b>c>d c c>d d',
    );
  });

  test('with more than four candidates the plans are each candidate alone and the climb from it through all more expensive ones', () => {
    expect(keys(['a', 'b', 'c', 'd', 'e'], true).join(' ')).toBe('a a>b>c>d>e b b>c>d>e c c>d>e d d>e e');
  });

  test('more plans than the 31 that a plan set can hold are refused', () => {
    const many = Array.from({ length: 32 }, (_, i) => `m${i}`);
    expect(() => enumeratePlans(many, false, { path: 'features.support.candidates' })).toThrow(
      expect.objectContaining({ code: 'invalid-config', path: 'features.support.candidates' }),
    );
    expect(enumeratePlans(many.slice(0, 16), true)).toHaveLength(31);
    expect(() => enumeratePlans(many.slice(0, 17), true)).toThrow('17 candidates make 33 plans');
    expect(enumeratePlans(many.slice(0, 31), false)).toHaveLength(31);
  });
});

describe('plans of agents that raise alarms', () => {
  const alarmed = (...candidates: readonly string[]) => plansWithAlarms(candidates).map(planKey).join(' ');

  test('each candidate is a plan, and each with the next one', () => {
    expect(alarmed('a')).toBe('a');
    expect(alarmed('a', 'b', 'c')).toBe('a a>b b b>c c');
    expect(alarmed('a', 'b', 'c', 'd', 'e')).toBe('a a>b b b>c c c>d d d>e e');
    const many = Array.from({ length: 17 }, (_, i) => `m${i}`);
    expect(() => plansWithAlarms(many)).toThrow('17 candidates make 33 plans');
  });

  test('a plan of one model continues at its own node after an alarm, where another plan moves on from that model', () => {
    const plans = plansWithAlarms(['a', 'b']);
    expect(plans.map(plan => staysAfterAlarm(plans, plan))).toEqual([true, false, false]);
    const { nodes, paths, climbs, climbsTo, keys } = planGraph(plans, { hasAlarms: true });
    expect(nodes).toEqual(['a', 'a>a', 'a>b', 'b']);
    expect(paths).toEqual([[0, 1], [0, 2], [3]]);
    expect(climbs).toEqual([true, false, false, false]);
    expect(keys).toEqual(['a', 'a>b', 'b']);
    // After an alarm the work is handed over half done, so the next node may be worse than the model from the start.
    expect(climbsTo).toEqual([]);
    expect(nodes.map(isStayAfterAlarm)).toEqual([false, true, false, false]);
    expect(isStayAfterAlarm('a>a!b')).toBe(true);
    expect(isStayAfterAlarm('a!a')).toBe(false);
  });

  test('a plan that stays costs its model until the alarm, plus the node after it times the probability of an alarm', () => {
    const graph = planGraph(plansWithAlarms(['a', 'b']), { hasAlarms: true });
    const at = (costUsd: number, climb: number, failAccepted: number, failEnded: number): NodeRates => {
      return { costUsd, climb, failAccepted, failRejected: Number.NaN, failEnded };
    };
    const nodes = [at(2, 0.25, 0.1, Number.NaN), at(8, 0, 0, 0.8), at(20, 0, 0, 0.4), at(9, 0, 0, 0.05)];
    expect(planRates(graph, 0, nodes)).toEqual({ costUsd: 2 + 0.25 * 8, fail: 0.75 * 0.1 + 0.25 * 0.8 });
    expect(planRates(graph, 1, nodes)).toEqual({ costUsd: 2 + 0.25 * 20, fail: 0.75 * 0.1 + 0.25 * 0.4 });
    expect(planRates(graph, 2, nodes)).toEqual({ costUsd: 9, fail: 0.05 });
  });
});

describe('planGraph', () => {
  test('plans that start with the same models share nodes, and `climbs` is true for a node from which any plan continues', () => {
    const graph = planGraph(enumeratePlans(['a', 'b'], true));
    expect(graph.nodes).toEqual(['a', 'a>b', 'b']);
    expect(graph.paths).toEqual([[0], [0, 1], [2]]);
    expect(graph.climbs).toEqual([true, false, false]);
    expect(graph.keys).toEqual(['a', 'a>b', 'b']);
    // Also when the plan that ends at the node comes last.
    expect(planGraph([['a', 'b'], ['b'], ['a']]).climbs).toEqual([true, false, false]);
  });

  test('every node after a rejection is listed once, with the node before it and the node at which a plan starts with the same model', () => {
    const named = (plans: readonly (readonly string[])[]): readonly string[] => {
      const { nodes, climbsTo } = planGraph(plans);
      return climbsTo
        .map(climb => [climb.before, climb.after, climb.instead].map(index => nodes[index]).join(' '))
        .sort();
    };
    expect(named(enumeratePlans(['a', 'b', 'c'], true))).toEqual(['a a>b b', 'a a>c c', 'a>b a>b>c a>c', 'b b>c c']);
    // No plan goes from a to c at once.
    expect(named([['a', 'b', 'c'], ['b', 'c'], ['c']])).toEqual(['a a>b b', 'b b>c c']);
  });
});

describe('planRates', () => {
  test('the rates of a two-step plan are those of the cascade formula', () => {
    const [p1, se, sp, p2f, p2s] = [0.7, 0.9, 0.95, 0.8333, 1];
    const [c1, c2, judge, H] = [0.0019, 0.014, 0.0005, 15];
    const climb = (1 - p1) * se + p1 * (1 - sp);
    const failedAfter = ((1 - p1) * se * (1 - p2f) + p1 * (1 - sp) * (1 - p2s)) / climb;
    const graph = planGraph(enumeratePlans(['a', 'b'], true));
    const node = (costUsd: number, failEnded: number): Parameters<typeof planRates>[2][number] => ({
      costUsd,
      climb,
      failAccepted: ((1 - p1) * (1 - se)) / (1 - climb),
      failRejected: ((1 - p1) * se) / climb,
      failEnded,
    });
    const nodes = [node(c1 + judge, Number.NaN), node(c2, failedAfter), node(c2, 0.05)];

    const climbing = planRates(graph, 1, nodes);
    const fail = (1 - p1) * (1 - se) + (1 - p1) * se * (1 - p2f) + p1 * (1 - sp) * (1 - p2s);
    expect(climbing.costUsd + H * climbing.fail).toBeCloseTo(c1 + judge + climb * c2 + H * fail, 12);
    // The cheap model alone fails at its own rate, whatever the verdict is.
    expect(planRates(graph, 0, nodes).fail).toBeCloseTo(1 - p1, 12);
    expect(planRates(graph, 2, nodes)).toEqual({ costUsd: c2, fail: 0.05 });
  });

  test('law: a plan’s rates are the means over intents that climb from node to node', () => {
    const graph = planGraph(enumeratePlans(['a', 'b', 'c'], true));
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    const node = fc.record({ costUsd: rate, climb: rate, failAccepted: rate, failRejected: rate, failEnded: rate });
    fc.assert(
      fc.property(fc.tuple(...graph.nodes.map(() => node)), nodes => {
        graph.plans.forEach((plan, k) => {
          // From the last node back.
          const expected = plan.reduceRight<PlanRates | undefined>((after, _, position) => {
            const index = graph.nodes.indexOf(nodeOf(plan, position));
            const { costUsd, climb, failAccepted, failRejected, failEnded } = nodes[index] as NodeRates;
            if (after !== undefined) {
              return {
                costUsd: costUsd + climb * after.costUsd,
                fail: (1 - climb) * failAccepted + climb * after.fail,
              };
            }
            const fail = graph.climbs[index] === true ? (1 - climb) * failAccepted + climb * failRejected : failEnded;
            return { costUsd, fail };
          }, undefined);
          const found = planRates(graph, k, nodes);
          expect(found.costUsd).toBeCloseTo(expected?.costUsd ?? Number.NaN, 12);
          expect(found.fail).toBeCloseTo(expected?.fail ?? Number.NaN, 12);
        });
      }),
    );
  });
});
