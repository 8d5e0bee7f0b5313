import { describe, expect, test } from 'vitest';
import { numberScale } from '../../../src/core/beliefs/number-scale.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { normal } from '../../../src/core/math/samplers.ts';

const random = seededRandom('scale');
const draw = (middle = 7, sd = 2): number[] => Array.from({ length: 4 }, () => middle + sd * normal(random));
const distance = (point: Float32Array): number => Math.hypot(...point);

function usual(scale: ReturnType<typeof numberScale>, numbers: () => number[]): number {
  const all = Array.from({ length: 2000 }, () => distance(scale.standardised(numbers())));
  return Math.sqrt(all.slice(1000).reduce((sum, x) => sum + x * x, 0) / 1000);
}

describe('the scale of several numbers', () => {
  test.each([
    [0, 1],
    [7, 2],
    [-1e6, 1e-3],
    [0, 1e60],
  ])('requests around %d that vary by %d have a distance of about 1', (middle, sd) => {
    const numbers = (): number[] => draw(middle, sd);
    expect(usual(numberScale(Array.from({ length: 16 }, numbers)), numbers)).toBeCloseTo(1, 1);
  });

  test.each([30, 1e30, 1e200, 1e308, -1e308])(
    'one outlier of %d among the first requests does not change the scale',
    absurd => {
      const first = Array.from({ length: 15 }, () => draw());
      const scale = numberScale([...first, [absurd, absurd, absurd, absurd]]);
      const point = scale.standardised([9, 7, 7, 7]);
      expect(distance(point)).toBeGreaterThan(0.2);
      expect(distance(point)).toBeLessThan(1.5);
    },
  );

  test('no request is farther than five times the usual distance, and its direction stays', () => {
    const scale = numberScale(Array.from({ length: 16 }, () => draw(0, 1)));
    for (const far of [1e3, 1e150, 1e308]) {
      const point = scale.standardised([far, 0, 0, 0]);
      expect(distance(point)).toBeCloseTo(5, 5);
      expect(point[0]).toBeGreaterThan(4.9);
    }
  });

  test('where the first requests were all equal, the scale of the later ones is found', () => {
    const scale = numberScale(Array.from({ length: 16 }, () => [0, 0, 0, 0]));
    expect(usual(scale, () => draw(300, 100))).toBeCloseTo(1, 0);
  });
});
