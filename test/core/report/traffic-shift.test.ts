import { expect, test } from 'vitest';
import { trafficShift } from '../../../src/core/report/traffic-shift.ts';
import { cellsOf, many } from '../support/cells.ts';

const traffic = (mini: number, premium: number) => cellsOf(many(mini, {}), many(premium, { plan: ['premium'] }));

test('a shift names the plan whose fraction of the intents grew most, and the plan whose fraction fell most', () => {
  expect(trafficShift(traffic(90, 10), traffic(2, 8))).toEqual({ to: 'premium', from: 'mini', before: 0.1, now: 0.8 });
});

test('a plan that did not exist in the earlier period is reported as growing from 0', () => {
  expect(trafficShift(traffic(10, 0), traffic(5, 5))).toEqual({ to: 'premium', from: 'mini', before: 0, now: 0.5 });
});

test('small growth and a time without intents are not a shift', () => {
  expect(trafficShift(traffic(50, 50), traffic(40, 60))).toBeUndefined();
  expect(trafficShift([], traffic(1, 1))).toBeUndefined();
  expect(trafficShift(traffic(1, 1), [])).toBeUndefined();
});
