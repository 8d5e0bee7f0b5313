import { expect, test } from 'vitest';
import { unseenBurstsUsd } from '../../../src/core/math/bursts.ts';

const few = { n: 50, meanUsd: 0.004, mayBurst: true };

test('the allowance for unseen bursts assumes bursts of a hundred ordinary costs, as frequent as they can be unseen', () => {
  // One call in 200 is a burst: so many samples of 1,000 hold none, and each burst costs a hundred times the others.
  const missed = (1 - 1 / 200) ** 1000;
  expect(unseenBurstsUsd({ ...few, n: 1000 }, missed)).toBeCloseTo((100 / 200) * 0.004, 4);
});

test('the allowance for bursts falls with the number of costs, and with the fraction of samples that may miss a burst', () => {
  const of = (n: number, missed: number): number => unseenBurstsUsd({ ...few, n }, missed);
  expect(of(500, 0.08)).toBeCloseTo(of(50, 0.08) / 10, 12);
  expect(of(50, 0.08)).toBeLessThan(of(50, 0.01));
});

test('the allowance for bursts is 0 for a calculated cost, and where there is no cost', () => {
  expect(unseenBurstsUsd({ n: 50, meanUsd: 0.004 }, 0.08)).toBe(0);
  expect(unseenBurstsUsd({ n: 0, meanUsd: Number.NaN, mayBurst: true }, 0.08)).toBe(0);
});
