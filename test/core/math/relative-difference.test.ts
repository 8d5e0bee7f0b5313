import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference } from '../../../src/core/math/interval.ts';
import { relativeDifference } from '../../../src/core/math/relative-difference.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

const around = (value: number, half: number) => ({ value, low: value - half, high: value + half });

test('narrow intervals give the limits of the delta method', () => {
  // Relative errors of 1 % and 2 %: the ratio's is √(0.01² + 0.02²) of 1.2.
  const { value, low, high } = relativeDifference(around(1.2, 0.012), around(1, 0.02));
  const half = 1.2 * Math.hypot(0.01, 0.02);
  expect(value).toBeCloseTo(0.2, 12);
  expect(low).toBeCloseTo(0.2 - half, 3);
  expect(high).toBeCloseTo(0.2 + half, 3);
});

test('the interval of two noisy means holds the true ratio in about 95 of 100 trials', () => {
  const random = seededRandom('relative');
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  let held = 0;
  for (let trial = 0; trial < 4_000; trial++) {
    const [x, y] = [3 + 0.3 * normal(), 5 + 0.4 * normal()];
    const { low, high } = relativeDifference(around(x, 1.96 * 0.3), around(y, 1.96 * 0.4));
    if (low <= 3 / 5 - 1 && 3 / 5 - 1 <= high) held++;
  }
  expect(held / 4_000).toBeGreaterThan(0.94);
  expect(held / 4_000).toBeLessThan(0.965);
});

test('law: swapping two figures inverts their ratio, and the relative difference has the sign of the difference', () => {
  const figure = fc
    .record({
      value: fc.double({ min: 0.01, max: 100, noNaN: true }),
      part: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
    })
    .map(({ value, part }) => around(value, part * value));
  fc.assert(
    fc.property(figure, figure, (x, y) => {
      const [there, back] = [relativeDifference(x, y), relativeDifference(y, x)];
      expect((1 + there.low) * (1 + back.high)).toBeCloseTo(1, 9);
      expect(Math.sign(there.value)).toBe(Math.sign(difference(x, y).value));
      expect(there.low).toBeLessThanOrEqual(there.value);
      expect(there.value).toBeLessThanOrEqual(there.high);
    }),
  );
});

test('figures without a positive value have no ratio, and a limit of 0 leaves the ratio unbounded', () => {
  expect(relativeDifference(around(1, 0.1), { value: 0, low: 0, high: 1 })).toEqual({
    value: Number.NaN,
    low: -1,
    high: Infinity,
  });
  const open = relativeDifference({ value: 1, low: 0, high: 2 }, around(1, 0.1));
  expect(open.low).toBe(-1);
  expect(open.high).toBeGreaterThan(1);
});
