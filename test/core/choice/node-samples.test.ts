import { describe, expect, test } from 'vitest';
import { DIFFICULTIES, shapesByDifficulty } from '../../../src/core/beliefs/difficulty.ts';
import type { NodePosterior } from '../../../src/core/beliefs/posterior.ts';
import { UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import { columnsFor, columnsFrom, sampleNode } from '../../../src/core/choice/node-samples.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { free } from '../support/free-models.ts';

const ROWS = 2000;

function correlation(x: Float64Array, y: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((value, i) => {
    xy += (value - mx) * ((y[i] as number) - my);
    xx += (value - mx) ** 2;
    yy += ((y[i] as number) - my) ** 2;
  });
  return xy / Math.sqrt(xx * yy);
}

/** P(failure) of two nodes by row. */
function failures(difficulty: readonly number[] | undefined): readonly [Float64Array, Float64Array] {
  const random = seededRandom('nodes');
  const [base] = free([[1, 1]]).nodes as [NodePosterior];
  const byDifficulty = shapesByDifficulty(1, 0.2).map(like => ({ like, unlike: UNIFORM, likeness: 1, logEvidence: 0 }));
  const [first, second] = [0, 1].map(index => {
    const samples = columnsFor(index, ROWS);
    const options = { samples, climbs: false, difficulty, random };
    sampleNode([{ node: { ...base, byDifficulty }, weight: 1 }], ROWS, options);
    return samples.failEnded.slice(0, ROWS);
  });
  return [first as Float64Array, second as Float64Array];
}

describe('sampleNode', () => {
  test('in each row all nodes have the same difficulty, so that their rates go together', () => {
    const like = DIFFICULTIES.map(({ logit }) => (logit === undefined ? 0 : 1 / (DIFFICULTIES.length - 1)));
    expect(correlation(...failures(like))).toBeGreaterThan(0.5);
    expect(Math.abs(correlation(...failures(undefined)))).toBeLessThan(0.1);
  });

  test('every difficulty gets rows in proportion to its weight', () => {
    const weights = DIFFICULTIES.map((_, d) => (d === 0 ? 0.25 : d === DIFFICULTIES.length - 2 ? 0.75 : 0));
    const [fail] = failures(weights);
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const shapes = shapesByDifficulty(1, 0.2);
    const [hardest, easiest] = [shapes[0] as { a: number; b: number }, shapes.at(-2) as { a: number; b: number }];
    expect(mean(fail.slice(0, ROWS / 4))).toBeCloseTo(hardest.b / (hardest.a + hardest.b), 1);
    expect(mean(fail.slice(ROWS / 4))).toBeCloseTo(easiest.b / (easiest.a + easiest.b), 1);
  });

  test('a view of the columns from one row on shares its memory with the full columns', () => {
    const samples = columnsFor(0, 8);
    columnsFrom(samples, 4).climb[0] = 0.25;
    expect(samples.climb[4]).toBe(0.25);
  });
});
