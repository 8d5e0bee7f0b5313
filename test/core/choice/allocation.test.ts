import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countShares,
  meanScores,
  raiseToFloors,
  shareExponents,
  sharpen,
  sharpness,
  valueOfFailure,
} from '../../../src/core/choice/allocation.ts';
import type { FloorOptions } from '../../../src/core/choice/constants.ts';
import {
  COST_AWARE_FLOOR,
  EVALUATION_FLOOR,
  POOLED_FLOOR,
  SHARPNESS_PER_DOUBLING,
} from '../../../src/core/choice/constants.ts';
import { DIFFICULTIES } from '../../../src/core/beliefs/difficulty.ts';
import type { Posterior } from '../../../src/core/beliefs/posterior.ts';
import { UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import { enumeratePlans, planGraph, plansWithAlarms } from '../../../src/core/beliefs/plan-graph.ts';
import { betaCdf, betaDensity } from '../../../src/core/math/distributions.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { SampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { sampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { free } from '../support/free-models.ts';
import { planSetOf } from '../../../src/core/ledger/plan-set.ts';

function tableOf(costUsd: readonly number[], fail: readonly number[]): SampleTable {
  const [meanCostUsd, meanFail] = [Float64Array.from(costUsd), Float64Array.from(fail)];
  return { rows: 1, plans: costUsd.length, costUsd: meanCostUsd, fail: meanFail, meanCostUsd, meanFail };
}

const SCORE = { valueUsd: 15, costMultiplier: 1 };

describe('shares', () => {
  test('the prefix of a session is added to the cost of its plan, and a prefix without cost changes no share', () => {
    const table = sampleTable(
      free(
        [
          [8, 2],
          [8, 2],
        ],
        0.001,
      ),
      seededRandom(1),
    );
    const eligible = 0b11;
    const weights = { valueUsd: 0.01, costMultiplier: 2 };
    const shares = (extraUsd?: readonly number[]) => [...countShares(table, { ...weights, extraUsd }, eligible)];
    expect(shares([0, 0])).toEqual(shares());
    expect(shares([1, 0])).toEqual([0, 1]);
    expect(shares([0, 1])).toEqual([1, 0]);
    const [plain, more] = [undefined, [0.25, 0.5]].map(extraUsd => meanScores(table, { ...weights, extraUsd }));
    expect((more?.[0] as number) - (plain?.[0] as number)).toBeCloseTo(0.5, 12);
    expect((more?.[1] as number) - (plain?.[1] as number)).toBeCloseTo(1, 12);
  });

  test('the best cost per success includes the cost of the prefix', () => {
    const table = tableOf([1, 2], [0.5, 0.5]);
    const options = { failureCostUsd: 0, perSuccess: true, eligible: 0b11 };
    expect(valueOfFailure(table, options)).toBe(2);
    expect(valueOfFailure(table, { ...options, extraUsd: [3, 0] })).toBe(4);
  });

  test('a share is the probability that the plan is best: P(p₂ > p₁) of two Betas, by integration', () => {
    const [first, second] = [
      [18, 6],
      [22, 4],
    ] as const;
    const steps = 20_000;
    let exact = 0;
    for (let i = 0; i < steps; i++) {
      const x = (i + 0.5) / steps;
      exact += (betaCdf(x, ...first) * betaDensity(x, ...second)) / steps;
    }
    const rows = 200_000;
    const shares = countShares(sampleTable(free([first, second]), seededRandom('best'), rows), SCORE, 0b11);
    expect(Math.abs((shares[1] as number) - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / rows));
  });

  test('law: shares sum to 1, are 0 for plans that are not eligible, and do not change when the rows are counted again', () => {
    const table = sampleTable(
      free(
        [
          [5, 5],
          [6, 4],
          [7, 3],
          [8, 2],
        ],
        0.5,
      ),
      seededRandom(1),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 15 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (eligible, valueUsd) => {
          const shares = countShares(table, { valueUsd, costMultiplier: 1 }, eligible);
          expect(Math.abs(shares.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-12);
          shares.forEach((share, k) => expect(((eligible >>> k) & 1) === 1 || share === 0).toBe(true));
          expect(countShares(table, { valueUsd, costMultiplier: 1 }, eligible)).toEqual(shares);
        },
      ),
    );
  });

  test('the cheapest plan wins nearly all rows where failures cost nothing, and the most reliable plan wins where they cost enough', () => {
    const table = sampleTable(
      free(
        [
          [60, 40],
          [99, 1],
        ],
        1,
      ),
      seededRandom(2),
    );
    expect(countShares(table, { valueUsd: 0, costMultiplier: 1 }, 0b11)[0]).toBeGreaterThan(0.9);
    expect(countShares(table, { valueUsd: 1e9, costMultiplier: 1 }, 0b11)[1]).toBe(1);
  });

  test('a row in which plans tie counts for the first of them, which is the cheapest', () => {
    expect([...countShares(tableOf([1, 1], [0.1, 0.1]), SCORE, 0b11)]).toEqual([1, 0]);
  });

  test('a higher cost multiplier favors a cheaper plan over a more reliable one', () => {
    const table = tableOf([1, 2], [0.2, 0.1]);
    expect([...countShares(table, { valueUsd: 15, costMultiplier: 1 }, 0b11)]).toEqual([0, 1]);
    expect([...countShares(table, { valueUsd: 15, costMultiplier: 2 }, 0b11)]).toEqual([1, 0]);
  });
});

describe('sharpness', () => {
  test('sharpening grows with likeness and falls with every visit, and is off without pooled priors', () => {
    const sharpnessAfter = (visits: number): number =>
      sharpness({
        ...free([
          [visits / 2, 0],
          [visits / 2, 0],
        ]),
        hasPooledPrior: true,
      });
    expect(sharpnessAfter(0)).toBe(1.75);
    expect(sharpnessAfter(200)).toBeCloseTo(1.375, 12);
    expect(sharpnessAfter(5000)).toBeLessThan(1.01);
    const { graph: flat, nodes: plain } = free([
      [0, 0],
      [0, 0],
    ]);
    const like = (...likeness: readonly number[]): number =>
      sharpness({
        graph: flat,
        nodes: plain.map((node, i) => ({ ...node, likeness: likeness[i] as number })),
        hasPooledPrior: true,
      });
    expect(like(1, 1)).toBe(2.5);
    expect(like(0, 0)).toBe(1);
    expect(like(1, 0.2)).toBeCloseTo(1.3, 12);
    expect(sharpness(free([[1, 1]]))).toBe(1);
    const climbing = planGraph(enumeratePlans(['a', 'b'], true));
    const { nodes } = free([
      [50, 0],
      [0, 0],
      [150, 0],
    ]);
    const likely = nodes.map((node, i) => ({ ...node, likeness: i === 1 ? 0 : 1 }));
    // In many features, a node after a rejection has another success rate: its likeness to them says little about the other nodes.
    expect(sharpness({ graph: climbing, nodes: likely, hasPooledPrior: true })).toBe(1.75);
    // A plan of one model that continues after an alarm also starts with that model.
    const alarming = planGraph(plansWithAlarms(['a', 'b']), { hasAlarms: true });
    const after = free([
      [50, 0],
      [0, 0],
      [0, 0],
      [150, 0],
    ]).nodes.map((node, i) => ({ ...node, likeness: i === 0 || i === 3 ? 1 : 0 }));
    expect(sharpness({ graph: alarming, nodes: after, hasPooledPrior: true })).toBe(1.75);
  });

  test('several efforts of one model sharpen the shares until the candidates can be told apart', () => {
    const sharpnessOf = (visits: number, modelsPerFamily?: number): number => {
      const { graph, nodes } = free(Array.from({ length: 8 }, () => [visits / 8, 0]));
      return sharpness({ graph: { ...graph, ...(modelsPerFamily && { modelsPerFamily }) }, nodes });
    };
    expect([sharpnessOf(0), sharpnessOf(0, 1), sharpnessOf(0, 2), sharpnessOf(0, 4)]).toEqual([1, 1, 2, 3]);
    expect(sharpnessOf(1_000, 4)).toBeCloseTo(2, 12);
    expect(sharpnessOf(20_000, 4)).toBeLessThan(1.01);
  });

  test('with more than two candidates, sharpening grows the more the feature’s own outcomes show that it is like other features', () => {
    const { graph, nodes } = free(Array.from({ length: 8 }, () => [0, 0] as const));
    const at = (likeness: number, weight: number): Posterior => {
      const mixture = { like: UNIFORM, unlike: UNIFORM, likeness, logEvidence: 0 };
      // The first node’s outcomes can only be those of a feature that is like no other, with this weight.
      const byDifficulty = DIFFICULTIES.map(({ logit }) => ({
        ...mixture,
        logEvidence: logit === undefined ? weight : 0,
      }));
      return { graph, nodes: nodes.map(node => ({ ...node, likeness, byDifficulty })), hasPooledPrior: true };
    };
    // Eight are two doublings more than two.
    expect(sharpness(at(1, 0))).toBeCloseTo(1 + 1.5 + 2 * SHARPNESS_PER_DOUBLING, 12);
    expect(sharpness(at(0.5, 0))).toBeLessThan(1 + 0.75 + SHARPNESS_PER_DOUBLING);
    expect(sharpness(at(0.5, 0))).toBeGreaterThan(1 + 0.75 + 0.7 * SHARPNESS_PER_DOUBLING);
    expect(sharpness(at(0.5, 100))).toBeCloseTo(1 + 0.75, 12);
    // No other feature has shown whether evidence from outside is right.
    expect(sharpness({ ...at(1, 0), hasPooledPrior: 'evidence' })).toBe(2.5);
    expect(sharpness({ ...at(1, 0), hasPooledPrior: false })).toBe(1);
  });

  test('after a change, the shares of plans with few outcomes are raised, and those of plans with many stay as they are', () => {
    const posterior = free([
      [2, 8],
      [500, 500],
    ]);
    expect(shareExponents(posterior)).toEqual([1, 1]);
    const [unknown = 1, known = 0] = shareExponents({ ...posterior, hasChanged: true });
    expect(unknown).toBeLessThan(0.65);
    expect(known).toBeGreaterThan(0.999);
    const shares = Float64Array.from([0.004, 0.996]);
    sharpen(shares, [unknown, known]);
    expect(shares[0]).toBeGreaterThan(0.02);
    // A plan that climbs counts as known as little as its least known node.
    const climbing = {
      graph: planGraph([['a'], ['a', 'b']]),
      nodes: free([
        [500, 500],
        [1, 0],
      ]).nodes,
      hasChanged: true,
    };
    expect(shareExponents(climbing).map(exponent => exponent > 0.99)).toEqual([true, false]);
  });

  test('sharpened shares sum to 1 and keep their order, and a share of 0 stays 0', () => {
    const shares = Float64Array.from([0.5, 0.3, 0.2, 0]);
    sharpen(shares, [2, 2, 2, 2]);
    expect([...shares].map(x => Number(x.toFixed(6)))).toEqual([0.657895, 0.236842, 0.105263, 0]);
    expect(Math.abs(shares.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-12);
  });
});

describe('floors', () => {
  const raise = (
    scores: readonly number[],
    shares: readonly number[],
    floor = COST_AWARE_FLOOR,
    eligible = 0b111,
  ): number[] => {
    const raised = Float64Array.from(shares);
    raiseToFloors(raised, { scores: Float64Array.from(scores), eligible, floor });
    return [...raised];
  };

  test('all floors together cost at most 0.3 % of the best plan’s score, so that a bad plan is tried rarely', () => {
    const scores = [4.5, 0.764, 2];
    const raised = raise(scores, [0, 1, 0]);
    const extra = scores.reduce((sum, score, k) => sum + (raised[k] as number) * (score - 0.764), 0);
    expect(raised[0]).toBeCloseTo((0.003 * 0.764) / (2 * (4.5 - 0.764)), 12);
    expect(extra).toBeLessThanOrEqual(0.003 * 0.764 + 1e-12);
    expect(raised.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
  });

  test('a floor is at most 2 %, and a share above its floor stays as it is', () => {
    expect(raise([0.7640001, 0.764, 0.9], [0, 0.9, 0.1])).toEqual([0.02, 0.88, 0.1]);
  });

  test('the floor for evaluation is 2 % for every eligible plan, at any cost', () => {
    expect(raise([100, 1, 50], [0, 1, 0], EVALUATION_FLOOR)).toEqual([0.02, 0.96, 0.02]);
    expect(raise([100, 1, 50], [0, 1, 0], EVALUATION_FLOOR, 0b011)).toEqual([0.02, 0.98, 0]);
  });

  test('with pooled priors the cost-aware floor is half as high', () => {
    const floorOf = (floor: FloorOptions): number => raise([4.5, 0.764, 2], [0, 1, 0], floor)[0] as number;
    expect(floorOf(POOLED_FLOOR)).toBeCloseTo(floorOf(COST_AWARE_FLOOR) / 2, 12);
    expect(POOLED_FLOOR.maxShare).toBe(0.02);
  });

  test('a plan as good as the best one has the highest floor, and a plan whose best rival costs nothing has none', () => {
    expect(raise([1, 1, 50], [0.999, 0, 0.001])[1]).toBe(0.02);
    expect(raise([1, 0, 50], [0, 1, 0])).toEqual([0, 1, 0]);
  });

  test('the floor for evaluation, and that of a plan equal to the best, is 2 % even if the best plan costs nothing', () => {
    expect(raise([1, 0, 50], [0, 1, 0], EVALUATION_FLOOR)).toEqual([0.02, 0.96, 0.02]);
    expect(raise([0, 0, 50], [1, 0, 0])).toEqual([0.98, 0.02, 0]);
  });

  test('when two plans tie for the largest share, the first one pays for the floors', () => {
    expect(raise([1, 1, 50], [0.5, 0.5, 0], EVALUATION_FLOOR)).toEqual([0.48, 0.5, 0.02]);
  });

  test('the plan with the largest share pays for the floors, even if it is not the best plan', () => {
    expect(raise([100, 1, 50], [0.6, 0, 0.4], EVALUATION_FLOOR)).toEqual([expect.closeTo(0.58, 12), 0.02, 0.4]);
    expect(raise([100, 1, 50], [0.4, 0, 0.6], EVALUATION_FLOOR)).toEqual([0.4, 0.02, expect.closeTo(0.58, 12)]);
  });

  test('floors depend only on the eligible plans, as if the feature had no others', () => {
    const all = raise([4.5, 0.764, 2], [0, 1, 0], COST_AWARE_FLOOR, 0b011);
    expect(all[0]).toBeCloseTo((0.003 * 0.764) / (4.5 - 0.764), 12);
    // The best of the eligible plans counts, not the best of all.
    expect(raise([4.5, 0.764, 2], [0, 0, 1], COST_AWARE_FLOOR, 0b101)[0]).toBeCloseTo((0.003 * 2) / (4.5 - 2), 12);
  });

  test('the only eligible plan keeps a share of 1', () => {
    expect(raise([3, 1, 2], [1, 0, 0], COST_AWARE_FLOOR, 0b001)).toEqual([1, 0, 0]);
  });
});

describe('what a failure is worth', () => {
  const about = (failureCostUsd: number, perSuccess: boolean, eligible = 0b11) => ({
    failureCostUsd,
    perSuccess,
    eligible,
  });

  test('a failure counts as its cost where the objective is cost per intent', () => {
    expect(valueOfFailure(tableOf([1, 2], [0.5, 0.1]), about(15, false))).toBe(15);
  });

  test('law: when cost per success is the objective, the plan with the lowest score has the lowest (c + H·f)/(1 − f)', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0.001, max: 5, noNaN: true }), fc.double({ min: 0, max: 0.95, noNaN: true })),
          {
            minLength: 2,
            maxLength: 6,
          },
        ),
        fc.constantFrom(0, 0.1, 15),
        (plans, H) => {
          const table = tableOf(
            plans.map(([c]) => c),
            plans.map(([, f]) => f),
          );
          const everyPlan = 2 ** plans.length - 1;
          const valueUsd = valueOfFailure(table, about(H, true, everyPlan));
          const scores = meanScores(table, { valueUsd, costMultiplier: 1 });
          const perSuccess = plans.map(([c, f]) => (c + H * f) / (1 - f));
          const best = perSuccess.indexOf(Math.min(...perSuccess));
          expect(scores[best]).toBeLessThanOrEqual(Math.min(...scores) * (1 + 1e-12) + 1e-12);
        },
      ),
    );
  });

  test('only eligible plans determine the cost of another success', () => {
    const table = tableOf([1, 2], [0.5, 0.1]);
    expect(valueOfFailure(table, about(0, true))).toBeCloseTo(2, 12);
    expect(valueOfFailure(table, about(0, true, 0b10))).toBeCloseTo(2 / 0.9, 12);
    expect(valueOfFailure(table, about(15, true, 0b01))).toBeCloseTo(15 + (1 + 7.5) / 0.5, 12);
    expect(valueOfFailure(table, about(15, true, 0))).toBe(15);
  });

  test('a plan that always fails still gives a failure a finite cost', () => {
    expect(valueOfFailure(tableOf([1], [1]), about(0, true, 0b1))).toBeCloseTo(1e9, 0);
  });

  test('a failure that costs nothing counts as the cost of another success, so that the cheapest plan is not always the best', () => {
    const table = tableOf([0.001, 0.002], [0.8, 0.05]);
    const valueUsd = valueOfFailure(table, about(0, false));
    const scores = meanScores(table, { valueUsd, costMultiplier: 1 });
    expect(scores[1]).toBeLessThan(scores[0] as number);
  });
});

test('shares equal those of a plain count over the eligible plans, bit for bit, with and without the cost of a prefix', () => {
  const usd = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }).chain(plans =>
        fc.record({
          plans: fc.constant(plans),
          costUsd: fc.array(usd, { minLength: 8 * plans, maxLength: 8 * plans }),
          fail: fc.array(usd, { minLength: 8 * plans, maxLength: 8 * plans }),
          eligible: fc.subarray(
            Array.from({ length: plans }, (_, k) => k),
            { minLength: 1 },
          ),
          extraUsd: fc.option(fc.array(usd, { minLength: plans, maxLength: plans }), { nil: undefined }),
          valueUsd: usd,
          costMultiplier: usd,
        }),
      ),
      ({ plans, costUsd, fail, eligible, extraUsd, valueUsd, costMultiplier }) => {
        const none = new Float64Array(plans);
        const sampled = { costUsd: Float64Array.from(costUsd), fail: Float64Array.from(fail) };
        const table = { rows: 8, plans, ...sampled, meanCostUsd: none, meanFail: none };
        const wins = new Float64Array(plans);
        for (let row = 0; row < 8; row++) {
          const scores = eligible.map(k => {
            const at = row * plans + k;
            const score = costMultiplier * (costUsd[at] as number) + valueUsd * (fail[at] as number);
            return extraUsd === undefined ? score : score + costMultiplier * (extraUsd[k] as number);
          });
          const winner = eligible[scores.indexOf(Math.min(...scores))] as number;
          wins[winner] = (wins[winner] as number) + 1;
        }
        const shares = countShares(table, { valueUsd, costMultiplier, extraUsd }, planSetOf(eligible));
        expect(shares).toEqual(wins.map(count => count / 8));
      },
    ),
  );
});
