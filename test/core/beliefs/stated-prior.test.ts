import { expect, test } from 'vitest';
import { STATED_HOLDS } from '../../../src/core/beliefs/constants.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { BetaShape } from '../../../src/core/beliefs/posterior.ts';
import { UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import type { RateCounts } from '../../../src/core/beliefs/rate-counts.ts';
import { probabilityOfStated } from '../../../src/core/beliefs/stated-prior.ts';

/** P(outcomes), by a sum over rates. */
function evidence({ a, b }: BetaShape, { n, s }: RateCounts): number {
  let [likely, all] = [0, 0];
  for (let rate = 0.0005; rate < 1; rate += 0.001) {
    const density = rate ** (a - 1) * (1 - rate) ** (b - 1);
    all += density;
    likely += density * rate ** s * (1 - rate) ** (n - s);
  }
  return likely / all;
}

test('the probability that the stated rates hold follows Bayes’ rule over the outcomes of all nodes', () => {
  const nodes = [
    { stated: { n: 10, s: 8 }, prior: UNIFORM, outcomes: { n: 12, s: 7 } },
    { stated: { n: 4, s: 3 }, prior: { a: 3, b: 2 }, outcomes: { n: 5, s: 5 } },
    { stated: { n: 4, s: 1 }, prior: UNIFORM, outcomes: { n: 0, s: 0 } },
  ];
  let [holds, not] = [STATED_HOLDS, 1 - STATED_HOLDS];
  for (const { stated, prior, outcomes } of nodes) {
    holds *= evidence({ a: prior.a + stated.s, b: prior.b + stated.n - stated.s }, outcomes);
    not *= evidence(prior, outcomes);
  }
  expect(probabilityOfStated(nodes)).toBeCloseTo(holds / (holds + not), 5);
});

test('outcomes that agree with a stated rate increase its weight, and outcomes that contradict it reduce the weight to nearly nothing', () => {
  const after = (s: number): number =>
    probabilityOfStated(
      Array.from({ length: 3 }, () => ({ stated: { n: 10, s: 9 }, prior: UNIFORM, outcomes: { n: 30, s } })),
    );
  expect(after(27)).toBeGreaterThan(0.7);
  expect(after(12)).toBeLessThan(0.001);
});

test('a stated rate of 0 or 1 leaves room for the other outcome', () => {
  const learned = createLearnedFeature({
    feature: 'f',
    plans: [['mini'], ['premium']],
    priorCostUsd: {},
    priorSuccess: { mini: { success: 0 }, premium: { success: 1 } },
  });
  for (const { ended } of learned.segment('').posterior(0).nodes) expect(Math.min(ended.a, ended.b)).toBe(1);
});
