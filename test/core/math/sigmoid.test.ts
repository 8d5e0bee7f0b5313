import { expect, test } from 'vitest';
import { sigmoid } from '../../../src/core/math/sigmoid.ts';

test('the sigmoid of a logit ln p/(1 − p) is p', () => {
  for (const p of [1e-9, 0.2, 0.5, 0.95]) expect(sigmoid(Math.log(p / (1 - p)))).toBeCloseTo(p, 12);
  expect(sigmoid(-1000)).toBe(0);
  expect(sigmoid(1000)).toBe(1);
});
