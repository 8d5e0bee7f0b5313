import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { epsilonGreedy } from '../../../src/policies/epsilon-greedy.ts';
import type { Policy } from '../../../src/contracts/policy.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import { thompson } from '../../../src/policies/thompson.ts';
import type { OutcomeRow } from '../../../src/replay/table/outcome-table.ts';
import { replayTable } from '../../../src/replay/table/replay-table.ts';

/** Two features: cheap is as good in one, useless in the other. */
function rows(intents: number, seed = 1): readonly OutcomeRow[] {
  const random = seededRandom(seed);
  return Array.from({ length: intents }, (_, i): OutcomeRow[] => {
    const feature = i % 2 === 0 ? 'easy' : 'hard';
    const cheap = random.next() < (feature === 'easy' ? 0.9 : 0.1) ? 1 : 0;
    const premium = random.next() < 0.9 ? 1 : 0;
    return [
      { id: `${i}`, feature, model: 'cheap', success: cheap, costUsd: 0.001 },
      { id: `${i}`, feature, model: 'premium', success: premium, costUsd: 0.01 },
    ];
  }).flat();
}

describe('replayTable', () => {
  test('a fixed policy costs the sum of its rows, to the nano-dollar', () => {
    const table = rows(400);
    const { policies, reference, intents } = replayTable(table, [fixed('premium')], { failureCostUsd: 0.1 });
    const premium = table.filter(row => row.model === 'premium');
    const spendUsd = premium.reduce((sum, row) => sum + row.costUsd, 0);
    const failures = premium.filter(row => row.success === 0).length;
    expect(intents).toBe(400);
    expect(policies[0]?.spendUsd).toBeCloseTo(spendUsd, 9);
    expect(policies[0]?.totalUsd).toBeCloseTo(spendUsd + 0.1 * failures, 9);
    expect(policies[0]?.totalUsd).toBeCloseTo(reference.always['premium']?.totalUsd ?? 0, 9);
    expect(policies[0]?.chosen).toEqual({ cheap: 0, premium: 400 });
  });

  test('the router finds the best model per feature and costs less than either model alone', () => {
    const replay = replayTable(rows(4000), [thompson(), randomMix()], { failureCostUsd: 0.1, shuffles: 4 });
    const [router, mix] = replay.policies;
    expect(replay.reference.best.plans).toEqual({ easy: 'cheap', hard: 'premium' });
    // Learning without statistics costs up to 15 % on 4,000 intents; a random mix costs ten times that.
    expect(router?.ratio).toBeLessThan(1.15);
    expect(mix?.ratio).toBeGreaterThan(1.5);
    for (const { totalUsd } of Object.values(replay.reference.always)) {
      expect(router?.totalUsd).toBeLessThan(totalUsd);
    }
  });

  test('shuffled runs produce every order of the intents', () => {
    const orders = new Set<string>();
    let order: number[] = [];
    const inner = fixed('m');
    const spy: Policy = {
      name: 'spy',
      decide(view, random) {
        order.push(view.nowMs);
        if (order.length === 3) {
          orders.add(order.join());
          order = [];
        }
        return inner.decide(view, random);
      },
    };
    const timed = [1, 2, 3].map(atMs => ({ id: `${atMs}`, feature: 'f', model: 'm', success: 1, costUsd: 1, atMs }));
    replayTable(timed, [spy], { failureCostUsd: 1, shuffles: 40 });
    expect(orders).toEqual(new Set(['1,2,3', '1,3,2', '2,1,3', '2,3,1', '3,1,2', '3,2,1']));
  });

  test('outcomes of models that were not chosen have no effect', () => {
    const changed = rows(600).map(row => (row.model === 'premium' ? { ...row, success: 0, costUsd: 5 } : row));
    const options = { failureCostUsd: 0.1, priorCostUsd: { cheap: 0.001, premium: 0.01 } };
    const one = replayTable(rows(600), [fixed('cheap')], options);
    const other = replayTable(changed, [fixed('cheap')], options);
    expect(other.policies[0]?.features).toEqual(one.policies[0]?.features);
  });

  test('the same seed gives the same figures, another seed different ones', () => {
    const run = (seed: number) =>
      replayTable(rows(500), [thompson(), epsilonGreedy()], { failureCostUsd: 0.1, shuffles: 2, seed }).policies;
    expect(run(1)).toEqual(run(1));
    expect(run(2)).not.toEqual(run(1));
  });

  test('a plan whose model has no answer cannot be chosen; a request without an answer of a candidate is skipped', () => {
    const replay = replayTable(
      [
        { id: '1', feature: 'f', model: 'cheap', success: 1, costUsd: 1 },
        { id: '2', feature: 'f', model: 'premium', success: 1, costUsd: 2 },
        { id: '3', feature: 'f', model: 'other', success: 1, costUsd: 4 },
      ],
      [fixed('premium')],
      { failureCostUsd: 1, candidates: ['cheap', 'premium'] },
    );
    expect(replay.skipped).toBe(1);
    expect(replay.intents).toBe(2);
    expect(replay.policies[0]?.chosen).toEqual({ cheap: 1, premium: 1 });
  });

  test('a cascade with a perfect verdict pays both calls if cheap fails, and fails only if both fail', () => {
    const table = rows(400);
    const byId = Map.groupBy(table, row => row.id);
    const expected = [...byId.values()].reduce(
      (sum, [cheap, premium]) => {
        const climbs = cheap?.success === 0;
        return {
          spendUsd: sum.spendUsd + 0.001 + (climbs ? 0.01 : 0),
          successes: sum.successes + (climbs ? (premium?.success ?? 0) : 1),
        };
      },
      { spendUsd: 0, successes: 0 },
    );
    const { policies, reference } = replayTable(table, [fixed(['cheap', 'premium'])], {
      failureCostUsd: 0.1,
      verdict: { sensitivity: 1, specificity: 1 },
    });
    expect(policies[0]?.spendUsd).toBeCloseTo(expected.spendUsd, 9);
    expect(policies[0]?.successRate).toBeCloseTo(expected.successes / 400, 12);
    expect(reference.always['cheap>premium']?.spendUsd).toBeCloseTo(expected.spendUsd, 9);
  });

  test('a cascade with a fallible, paid verdict costs what its formula predicts', () => {
    const verdict = { sensitivity: 0.8, specificity: 0.9, costUsd: 0.002 };
    const { policies, reference } = replayTable(rows(4000), [fixed(['cheap', 'premium'])], {
      failureCostUsd: 0.1,
      verdict,
    });
    const expected = reference.always['cheap>premium'];
    expect((policies[0]?.spendUsd ?? 0) / (expected?.spendUsd ?? 1)).toBeCloseTo(1, 1);
    expect(policies[0]?.successRate).toBeCloseTo(expected?.successRate ?? 0, 1);
    expect(expected?.spendUsd).toBeGreaterThan(4000 * (0.001 + 0.002));
  });

  test('a success between 0 and 1 counts as a probability', () => {
    const table = Array.from({ length: 2000 }, (_, i) => ({
      id: `${i}`,
      feature: 'f',
      model: 'm',
      success: 0.25,
      costUsd: 0.01,
    }));
    const { policies } = replayTable(table, [thompson()], { failureCostUsd: 1 });
    expect(policies[0]?.successRate).toBeCloseTo(0.25, 12);
  });

  test('warm-up intents are not replayed, and learning from them reduces the cost', () => {
    const table = rows(2000);
    const options = { failureCostUsd: 0.1, shuffles: 4 };
    const half = (intent: number): boolean => intent < 1000;
    const warm = replayTable(table, [thompson()], { ...options, warmUp: half });
    const cold = replayTable(rows(2000).slice(2000), [thompson()], options);
    expect(warm.intents).toBe(1000);
    expect(warm.policies[0]?.ratio).toBeLessThan(cold.policies[0]?.ratio ?? 0);
  });

  test('the curve ends at the total cost minus that of the best plan, and its fractions add up to 1', () => {
    const { policies, reference } = replayTable(rows(500), [thompson()], { failureCostUsd: 0.1, checkpoints: 7 });
    const curve = policies[0]?.curve ?? [];
    expect(curve.length).toBeLessThanOrEqual(7);
    expect(curve.at(-1)?.intents).toBe(500);
    expect(curve.at(-1)?.regretUsd).toBeCloseTo((policies[0]?.totalUsd ?? 0) - reference.best.totalUsd, 9);
    for (const { shares } of curve) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test.each([
    [{ failureCostUsd: Number.NaN }, 'replayTable.failureCostUsd: NaN is not accepted'],
    [{ failureCostUsd: 1, candidates: ['cheap', 'typo'] }, 'the table has no model "typo"'],
  ])('invalid options are reported: %#', (options, message) => {
    expect(() => replayTable(rows(10), [thompson()], options)).toThrow(message);
  });

  test('a table without an answer of a candidate is reported', () => {
    expect(() => replayTable([], [thompson()], { failureCostUsd: 1 })).toThrow('no request was answered');
  });
});
