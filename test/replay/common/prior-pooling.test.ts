import { describe, expect, test } from 'vitest';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { betaMean } from '../../../src/core/beliefs/posterior.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { thompson } from '../../../src/policies/thompson.ts';
import type { OutcomeRow } from '../../../src/replay/table/outcome-table.ts';
import { priorPooling } from '../../../src/replay/common/prior-pooling.ts';
import { replayTable } from '../../../src/replay/table/replay-table.ts';

const feature = (name: string) =>
  createLearnedFeature({ feature: name, plans: [['mini'], ['premium']], priorCostUsd: { mini: 0.001, premium: 0.01 } });

function outcome(of: string, subject: string, success: boolean): readonly Cell[] {
  return [
    {
      key: { scope: 'node', feature: of, segment: '', subject, version: '', bucket: 0 },
      sums: {
        n: 1n,
        cost: 2_000_000n,
        cost2: 4_000_000_000_000n,
        ended: 1n,
        labelled: 1n,
        successes: success ? 1n : 0n,
      },
    },
  ];
}

test('the success rate and cost of one feature become the prior of another', () => {
  const features = new Map([
    ['known', feature('known')],
    ['new', feature('new')],
  ]);
  const pooling = priorPooling(features);
  const posterior = () => features.get('new')?.segment('').posterior(0);
  const before = posterior();
  for (let i = 0; i < 100; i++) pooling.add(outcome('known', 'mini', i % 10 === 0));
  const after = posterior();
  const mini = (of: typeof before) => of?.nodes.find(({ node }) => node === 'mini');
  expect(betaMean(mini(after)?.ended ?? { a: 1, b: 1 })).toBeLessThan(betaMean(mini(before)?.ended ?? { a: 0, b: 1 }));
  expect(mini(after)?.costUsd).toBeGreaterThan(mini(before)?.costUsd ?? 1);
  expect(mini(after)?.costUsd).toBeCloseTo(0.002, 3);
});

test('the more expensive candidate has the higher prior success rate before any outcome', () => {
  const features = new Map([
    ['new', feature('new')],
    ['other', feature('other')],
  ]);
  priorPooling(features);
  const [mini, premium] = features.get('new')?.segment('').posterior(0).nodes ?? [];
  expect(betaMean(premium?.ended ?? { a: 0, b: 1 })).toBeGreaterThan(betaMean(mini?.ended ?? { a: 1, b: 0 }));
});

test('a single feature keeps its own priors', () => {
  const features = new Map([['only', feature('only')]]);
  const pooling = priorPooling(features);
  pooling.add(outcome('only', 'mini', true));
  expect(features.get('only')?.segment('').posterior(0).hasPooledPrior).toBe(false);
});

test('a single feature with external evidence has a prior from it', () => {
  const plans = [['mini'], ['premium']];
  const expected = new Map([['mini', { success: 0.95, outcomes: 10 }]]);
  const only = createLearnedFeature({ feature: 'only', plans, priorCostUsd: {}, expected });
  priorPooling(new Map([['only', only]]));
  const { nodes, hasPooledPrior } = only.segment('').posterior(0);
  expect(hasPooledPrior).toBe('evidence');
  const [mini, premium] = nodes.map(({ ended }) => betaMean(ended));
  expect(mini).toBeGreaterThan(premium ?? 1);
});

describe('features that differ', () => {
  test('a feature with short texts uses a model that is expensive only for long texts', () => {
    let sum = 0;
    const seeds = 16;
    for (let seed = 0; seed < seeds; seed++) {
      const random = seededRandom(`sizes ${seed}`);
      const rows = [1, 0.05].flatMap((size, f) =>
        Array.from({ length: 1000 }, (_, i) =>
          [
            { model: 'cheap', costUsd: 0.001, rate: 0.8 },
            { model: 'premium', costUsd: 0.05, rate: 0.95 },
          ].map(
            ({ model, costUsd, rate }): OutcomeRow => ({
              id: `${f}/${i}`,
              feature: `f${f}`,
              model,
              costUsd: size * costUsd,
              success: random.next() < rate ? 1 : 0,
            }),
          ),
        ).flat(),
      );
      sum += replayTable(rows, [thompson()], { failureCostUsd: 0.1, shuffles: 1, seed }).policies[0]?.ratio ?? 9;
    }
    // The mean of 160 runs, and two standard errors of the mean of 16: rarely, a run keeps to the wrong model for long.
    expect(Math.abs(sum / seeds - 1.024)).toBeLessThan(0.02);
  });

  /** Cheap succeeds with the given rate, premium with 90 % in every feature; a failure costs ten times premium. */
  function rowsOf(
    cheapSuccess: readonly number[],
    { each, seed }: { each: number; seed: number },
  ): readonly OutcomeRow[] {
    const random = seededRandom(`unlike ${seed}`);
    return cheapSuccess.flatMap((rate, f) =>
      Array.from({ length: each }, (_, i): readonly OutcomeRow[] =>
        [
          { model: 'cheap', costUsd: 0.001, rate },
          { model: 'premium', costUsd: 0.01, rate: 0.9 },
        ].map(({ model, costUsd, rate: p }) => ({
          id: `${f}/${i}`,
          feature: `f${f}`,
          model,
          costUsd,
          success: random.next() < p ? 1 : 0,
        })),
      ).flat(),
    );
  }

  /** Total cost ÷ that of the best model of each feature in hindsight, as the mean over the seeds. */
  function costOverBest(cheapSuccess: readonly number[], { each, seeds }: { each: number; seeds: number }): number {
    let sum = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const rows = rowsOf(cheapSuccess, { each, seed });
      sum += replayTable(rows, [thompson()], { failureCostUsd: 0.1, shuffles: 1, seed }).policies[0]?.ratio ?? 9;
    }
    return sum / seeds;
  }

  test('two features with opposite best models cost about 2.7 % more than the best', () => {
    // The mean of 160 runs, and three standard errors of the mean of 6.
    expect(Math.abs(costOverBest([0.9, 0.1], { each: 2000, seeds: 6 }) - 1.027)).toBeLessThan(0.02);
  });

  test('five features of which one differs cost 3.1 % more than the best choice', () => {
    expect(costOverBest([0.9, 0.1, 0.1, 0.1, 0.1], { each: 1000, seeds: 12 })).toBeCloseTo(1.031, 2);
  });

  test('ten similar features with 200 intents each cost 2.0 % more than the best, because they learn from each other', () => {
    // The standard error of the mean of 6 is 0.003. Without pooling it is 7.4 %.
    expect(
      costOverBest(
        Array.from({ length: 10 }, () => 0.1),
        { each: 200, seeds: 6 },
      ),
    ).toBeCloseTo(1.02, 2);
  });
});
