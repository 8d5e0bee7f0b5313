import { describe, expect, test } from 'vitest';
import {
  DIFFICULTIES,
  difficultyWeights,
  expectedFailure,
  likenessNow,
  logPriors,
  shapeOf,
  shapesByDifficulty,
} from '../../../src/core/beliefs/difficulty.ts';
import { UNLIKE_FEATURES } from '../../../src/core/beliefs/constants.ts';
import type { NodePosterior, RateMixture } from '../../../src/core/beliefs/posterior.ts';
import { UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import { normalised } from '../../../src/core/math/log-weights.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { normal } from '../../../src/core/math/samplers.ts';
import { free } from '../support/free-models.ts';

const [BASE] = free([[1, 1]]).nodes as [NodePosterior];

/** P(s successes of n) with a Beta prior, if the feature is like the others with this probability: the integral is a sum of fine steps. */
function evidence(prior: { a: number; b: number }, { n, s }: { n: number; s: number }): number {
  const steps = 4000;
  let [total, mass] = [0, 0];
  for (let i = 0; i < steps; i++) {
    const p = (i + 0.5) / steps;
    const density = p ** (prior.a - 1) * (1 - p) ** (prior.b - 1);
    mass += density;
    total += density * p ** s * (1 - p) ** (n - s);
  }
  return total / mass;
}

function nodeAfter(logit: number, counts: { n: number; s: number }, likeness: number): NodePosterior {
  const byDifficulty = shapesByDifficulty(logit, 0.3).map((shape): RateMixture => {
    const [ifLike, ifNot] = [likeness * evidence(shape, counts), (1 - likeness) * evidence(UNIFORM, counts)];
    const failures = counts.n - counts.s;
    return {
      like: { a: shape.a + counts.s, b: shape.b + failures },
      unlike: { a: 1 + counts.s, b: 1 + failures },
      likeness: ifLike / (ifLike + ifNot),
      logEvidence: Math.log(ifLike + ifNot),
    };
  });
  return { ...BASE, likeness, byDifficulty };
}

describe('difficulties', () => {
  test('before any outcome the weights are a normal distribution with the variance of difficulties, and one weight for a feature unlike the others', () => {
    const weights = normalised(logPriors(0.8));
    expect(weights.at(-1)).toBeCloseTo(0.2 * UNLIKE_FEATURES, 12);
    const like = DIFFICULTIES.slice(0, -1).map(({ logit = Number.NaN }, d) => [logit, weights[d] as number] as const);
    const total = like.reduce((sum, [, weight]) => sum + weight, 0);
    const mean = like.reduce((sum, [logit, weight]) => sum + weight * logit, 0) / total;
    const variance = like.reduce((sum, [logit, weight]) => sum + weight * logit ** 2, 0) / total;
    expect(mean).toBeCloseTo(0, 12);
    // Some of the tails is cut off.
    expect(variance).toBeGreaterThan(0.8 * 0.64);
    expect(variance).toBeLessThan(0.64);
  });

  test('shapeOf gives a Beta with about the mean and the variance of a rate whose logit is normal', () => {
    const random = seededRandom('shape');
    const [logit, variance] = [1, 0.2];
    const rates = Array.from(
      { length: 40_000 },
      () => 1 / (1 + Math.exp(-logit - Math.sqrt(variance) * normal(random))),
    );
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const spread = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
    const { a, b } = shapeOf(logit, variance);
    expect(a / (a + b)).toBeCloseTo(mean, 1);
    expect((a * b) / ((a + b) ** 2 * (a + b + 1)) / spread).toBeGreaterThan(0.8);
    expect((a * b) / ((a + b) ** 2 * (a + b + 1)) / spread).toBeLessThan(1.3);
  });

  test('the weight of a difficulty follows Bayes’ rule over all nodes, each of which is either like the others or unlike them', () => {
    const counts = [
      { n: 12, s: 4 },
      { n: 9, s: 6 },
    ] as const;
    const nodes = [nodeAfter(0.5, counts[0], 0.8), nodeAfter(2, counts[1], 0.6)];
    const priors = normalised(logPriors(0.7));
    const joint = DIFFICULTIES.map(({ logit }, d) => {
      const each = [
        [0.5, 0.8],
        [2, 0.6],
      ].map(([level = 0, likeness = 0], k) => {
        const ifNot = evidence(UNIFORM, counts[k as 0 | 1]);
        const ifLike = logit === undefined ? ifNot : evidence(shapeOf(level + logit, 0.3), counts[k as 0 | 1]);
        return likeness * ifLike + (1 - likeness) * ifNot;
      });
      return (priors[d] as number) * (each[0] as number) * (each[1] as number);
    });
    const total = joint.reduce((sum, part) => sum + part, 0);
    const weights = difficultyWeights(nodes) as readonly number[];
    joint.forEach((part, d) => expect(weights[d]).toBeCloseTo(part / total, 9));
    // Both rates are below those of the other features, so the feature is probably difficult.
    const mean = weights.reduce((sum, weight, d) => sum + weight * (DIFFICULTIES[d]?.logit ?? 0), 0);
    expect(mean).toBeLessThan(-0.3);
  });

  test('outcomes of one node move the expected failures of another', () => {
    const untried = nodeAfter(1, { n: 0, s: 0 }, 0.85);
    const after = (s: number): number =>
      expectedFailure(untried, difficultyWeights([nodeAfter(1, { n: 20, s }, 0.85), untried])) as number;
    expect(after(8)).toBeGreaterThan(after(18) + 0.15);
  });

  test('a feature whose nodes all contradict other features is probably unlike them, and then each of its nodes probably is too', () => {
    const good = nodeAfter(3, { n: 40, s: 4 }, 0.85);
    const bad = nodeAfter(-2, { n: 40, s: 36 }, 0.85);
    const untried = nodeAfter(0, { n: 0, s: 0 }, 0.85);
    const weights = difficultyWeights([good, bad, untried]) as readonly number[];
    expect(likenessNow(untried, weights)).toBeLessThan(0.5);
    expect(likenessNow(untried, difficultyWeights([nodeAfter(3, { n: 40, s: 38 }, 0.85), untried]))).toBeGreaterThan(
      0.8,
    );
  });

  test('without priors by difficulty there are no weights, and the likeness is the prior’s', () => {
    expect(difficultyWeights([BASE])).toBeUndefined();
    expect(expectedFailure(BASE)).toBeUndefined();
    expect(likenessNow({ ...BASE, likeness: 0.4 })).toBe(0.4);
  });
});
