import { describe, expect, test } from 'vitest';
import { learnedProjection } from '../../../src/core/beliefs/learned-projection.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { normal } from '../../../src/core/math/samplers.ts';

/** Three numbers that vary by 1 each, at a distance of about 1. */
const standardised = (...numbers: readonly number[]): readonly number[] => numbers.map(x => x / Math.sqrt(3));

describe('a learned projection', () => {
  test('both numbers are 0 for every request until there are outcomes', () => {
    expect(learnedProjection(3, 2).of([9, 9, 9])).toEqual([0, 0]);
  });

  test('the first number orders requests by P(success), and the second by the difference between the models', () => {
    const random = seededRandom('projection');
    const projection = learnedProjection(3, 2);
    for (let i = 0; i < 3000; i++) {
      const x = [normal(random), normal(random), normal(random)];
      // The first number is the difficulty for both models; the second one is easier for the expensive model alone.
      const common = -(x[0] as number);
      const own = i % 2 === 0 ? 0 : (x[1] as number);
      projection.learn(standardised(...x), i % 2, random.next() < 1 / (1 + Math.exp(-common - own)));
    }
    const [easy] = projection.of(standardised(-1, 0, 0));
    const [hard] = projection.of(standardised(1, 0, 0));
    expect(easy).toBeGreaterThan(0.6);
    expect(hard).toBeLessThan(-0.6);
    const [, forExpensive] = projection.of(standardised(0, 1, 0));
    const [, forCheap] = projection.of(standardised(0, -1, 0));
    expect(forExpensive).toBeGreaterThan(0.5);
    expect(forCheap).toBeLessThan(-0.5);
  });

  test('with noise alone both numbers stay small', () => {
    const random = seededRandom('noise');
    const size = 64;
    const projection = learnedProjection(size, 2);
    const draw = (): number[] => Array.from({ length: size }, () => normal(random) / Math.sqrt(size));
    for (let i = 0; i < 400; i++) projection.learn(draw(), i % 2, random.next() < 0.8);
    const square =
      Array.from({ length: 200 }, () => projection.of(draw())[0] ** 2).reduce((sum, x) => sum + x, 0) / 200;
    expect(Math.sqrt(square)).toBeLessThan(0.5);
  });
});
