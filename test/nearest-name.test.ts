import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, nearestName } from '../src/nearest-name.ts';
import { systemRuntime } from '../src/runtime.ts';

describe('nearestName', () => {
  test.each([
    ['premum', 'premium'],
    ['failureCost', 'failureCostUsd'],
    ['failureCostUSD', 'failureCostUsd'],
    ['MINI', 'mini'],
    ['failure', 'failureCostUsd'],
    ['pre', 'premium'],
  ])('the name %s is corrected to %s', (name, meant) => {
    expect(nearestName(name, ['mini', 'premium', 'failureCostUsd'])).toBe(meant);
  });

  test('a name has no suggestion when it needs more than two edits and more than a third of its length', () => {
    expect(nearestName('abcdefghi', ['xyzdefghi'])).toBe('xyzdefghi');
    expect(nearestName('abcdefghi', ['wxyzefghi'])).toBeUndefined();
    expect(nearestName('ab', ['xy'])).toBe('xy');
    expect(nearestName('abc', ['xyz'])).toBeUndefined();
    expect(nearestName('mini', [])).toBeUndefined();
  });

  test('a name is completed only if it has at least three characters', () => {
    expect(nearestName('pr', ['premium'])).toBeUndefined();
  });

  test('a name of ten thousand characters is compared with a thousand names within a second', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `${'x'.repeat(40)}${index}`);
    const { cpuMs } = systemRuntime();
    const sinceMs = cpuMs();
    expect(nearestName('x'.repeat(10_000), names)).toBeUndefined();
    expect(cpuMs() - sinceMs).toBeLessThan(1_000);
  });

  test('the first of two equally near names is suggested', () => {
    expect(nearestName('bat', ['cat', 'rat'])).toBe('cat');
  });
});

describe('editDistance', () => {
  /** The definition, by recursion. */
  function defined(a: string, b: string): number {
    if (a === '' || b === '') return a.length + b.length;
    if (a[0] === b[0]) return defined(a.slice(1), b.slice(1));
    return 1 + Math.min(defined(a.slice(1), b), defined(a, b.slice(1)), defined(a.slice(1), b.slice(1)));
  }

  test('law: the distance equals that of the recursive definition', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(editDistance(a, b)).toBe(defined(a, b));
      }),
    );
  });
});
