import { describe, expect, test } from 'vitest';
import { numbers } from '../../src/policies/numbers.ts';

describe('numbers as context', () => {
  test.each([1, 8, 512])('an intent may have %d numbers', count => {
    expect(numbers(count).numbers).toBe(count);
  });

  test.each([0, 513, 1.5, Number.NaN, '3', undefined])('a count of %j is refused', count => {
    expect(() => numbers(count as number)).toThrow(expect.objectContaining({ code: 'invalid-value', path: 'numbers' }));
  });
});
