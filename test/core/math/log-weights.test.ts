import { describe, expect, test } from 'vitest';
import { logSum, normalised } from '../../../src/core/math/log-weights.ts';

describe('weights that are stored as logarithms', () => {
  test('logSum returns the logarithm of the sum of the weights', () => {
    expect(logSum([Math.log(2), Math.log(3), Number.NEGATIVE_INFINITY])).toBeCloseTo(Math.log(5), 12);
  });

  test('normalised returns probabilities that sum to one, in proportion to the weights', () => {
    const [first, second, none] = normalised([Math.log(2), Math.log(6), Number.NEGATIVE_INFINITY]);
    expect(first).toBeCloseTo(0.25, 12);
    expect(second).toBeCloseTo(0.75, 12);
    expect(none).toBe(0);
  });

  test('weights that are too large or too small for a number are compared by the difference of their logarithms', () => {
    for (const offset of [-10_000, 10_000]) {
      expect(logSum([offset, offset + Math.log(3)])).toBeCloseTo(offset + Math.log(4), 8);
      expect(normalised([offset, offset + Math.log(3)])[0]).toBeCloseTo(0.25, 8);
    }
  });
});
