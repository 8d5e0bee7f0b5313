import { describe, expect, test } from 'vitest';
import type { SampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { COST_AWARE_FLOOR } from '../../../src/core/choice/constants.ts';
import { settledPlan } from '../../../src/core/math/confidence-sequence.ts';
import type { CostSample } from '../../../src/core/math/interval.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { ForecastOptions } from '../../../src/core/report/forecast.ts';
import { forecast } from '../../../src/core/report/forecast.ts';

const SPENDS_USD = [0.002, 0.014];

function sampleOf(plan: number, [labelled, successes]: readonly [number, number]): CostSample {
  const meanUsd = SPENDS_USD[plan] as number;
  const costs = { n: labelled, meanUsd, variance: meanUsd ** 2, skewness: 2 };
  return { ...costs, labelled, successes, correlation: 0, failureCostUsd: 15 };
}

/** Beliefs that are certain: one success rate per plan in every row, or the given ones in turn. */
function tableOf(...rows: readonly (readonly [number, number])[]): SampleTable {
  const many = Array.from({ length: 60 }, (_, row) => rows[row % rows.length] as readonly [number, number]);
  return {
    rows: many.length,
    plans: 2,
    costUsd: Float64Array.from(many.flatMap(() => SPENDS_USD)),
    fail: Float64Array.from(many.flatMap(rates => rates.map(rate => 1 - rate))),
    meanCostUsd: Float64Array.from(SPENDS_USD),
    meanFail: new Float64Array(2),
  };
}

const HALVES = { shares: [0.5, 0.5] };

function predict(
  counts: readonly [readonly [number, number], readonly [number, number]],
  table: SampleTable,
  options: Partial<ForecastOptions> = {},
) {
  const samples = counts.map((each, plan) => sampleOf(plan, each));
  const random = seededRandom('forecast test');
  return forecast(samples, {
    table,
    columns: [0, 1],
    random,
    perSuccess: false,
    limit: 1e6,
    traffic: HALVES,
    ...options,
  });
}

describe('forecast', () => {
  test('a comparison is settled now if its bounds are apart, and never below the published 100 outcomes', () => {
    expect(
      predict(
        [
          [100, 70],
          [400, 380],
        ],
        tableOf([0.7, 0.95]),
      ),
    ).toEqual({ kind: 'settled' });
    const few = predict(
      [
        [40, 1],
        [50, 50],
      ],
      tableOf([0.02, 0.99]),
    );
    expect(few).toMatchObject({ kind: 'outcomes' });
    expect(few.kind === 'outcomes' && few.moreOutcomes).toBeGreaterThanOrEqual(10);
    expect(few.kind === 'outcomes' && few.moreOutcomes).toBeLessThan(20);
  });

  test.each<[number, number]>([
    [0.8, 0.95],
    [0.9, 0.95],
  ])(
    'plans that succeed in %d and %d are settled after about as many outcomes as simulated intents take',
    (cheap, premium) => {
      const start = [
        [40, 40 * cheap],
        [40, 40 * premium],
      ] as const;
      const took = Array.from({ length: 31 }, (_, run) => {
        const random = seededRandom(`run ${run}`);
        const counts = start.map(([n, s]) => [n, s] as [number, number]);
        for (let outcomes = 1; outcomes < 50_000; outcomes++) {
          const plan = outcomes % 2;
          const own = counts[plan] as [number, number];
          own[0]++;
          if (random.next() < (plan === 0 ? cheap : premium)) own[1]++;
          if (outcomes % 20 === 0 && settledPlan(counts.map((each, k) => sampleOf(k, each))) >= 0) return outcomes;
        }
        return Number.POSITIVE_INFINITY;
      }).sort((a, b) => a - b);
      const found = predict(start, tableOf([cheap, premium]));
      expect(found.kind).toBe('outcomes');
      const ratio = (found.kind === 'outcomes' ? found.moreOutcomes : Number.NaN) / (took[15] as number);
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.7);
    },
  );

  test('if samples disagree on how much two plans differ, the forecast is at least the outcomes of the samples that differ most clearly', () => {
    const found = predict(
      [
        [20, 17],
        [20, 19],
      ],
      tableOf([0.6, 0.97], [0.9, 0.92], [0.75, 0.95]),
    );
    expect(found.kind).toBe('at least');
    const clear = predict(
      [
        [20, 17],
        [20, 19],
      ],
      tableOf([0.6, 0.97]),
    );
    const outcomes = (each: typeof found): number => ('moreOutcomes' in each ? each.moreOutcomes : Number.NaN);
    expect(outcomes(found)).toBeLessThan(2 * outcomes(clear));
  });

  test('plans that cost the same are not settled within the limit', () => {
    const costUsd = (SPENDS_USD[1] as number) - (SPENDS_USD[0] as number);
    const tie = tableOf([0.95 - costUsd / 15, 0.95]);
    expect(
      predict(
        [
          [50, 47],
          [50, 47],
        ],
        tie,
        { limit: 5000 },
      ),
    ).toEqual({ kind: 'beyond' });
  });

  test('a policy that follows the evidence takes more outcomes than one that shares the traffic equally', () => {
    const counts = [
      [15, 10],
      [60, 57],
    ] as const;
    const outcomes = (options: Partial<ForecastOptions>): number => {
      const found = predict(counts, tableOf([0.7, 0.95]), options);
      return 'moreOutcomes' in found ? found.moreOutcomes : Number.NaN;
    };
    const equally = outcomes({});
    expect(outcomes({ traffic: { floor: COST_AWARE_FLOOR } })).toBeGreaterThan(3 * equally);
    expect(outcomes({ traffic: { floor: { maxShare: 0.5, budgetFraction: Number.POSITIVE_INFINITY } } })).toBeLessThan(
      2 * equally,
    );
  });

  test('the same evidence gives the same forecast', () => {
    const once = predict(
      [
        [30, 20],
        [50, 48],
      ],
      tableOf([0.7, 0.95]),
    );
    expect(
      predict(
        [
          [30, 20],
          [50, 48],
        ],
        tableOf([0.7, 0.95]),
      ),
    ).toEqual(once);
  });
});
