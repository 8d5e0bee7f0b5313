import { expect, test } from 'vitest';
import { askedTargets } from '../../../src/replay/ledger/asked-targets.ts';

test('each decision gets the other policy’s share of each eligible plan, in the order of its own feature’s plans', () => {
  const targets = askedTargets();
  const [support, search] = [
    ['mini', 'premium', 'mini>premium'],
    ['premium', 'opus'],
  ] as const;
  targets.push([0.25, 0, 0.75], 0b111);
  targets.leaveOut();
  targets.push([0, 1], 0b11);
  targets.push([0.1, 0.9], 0b10);
  targets.push([1, 0], 0b10);
  expect(targets.of(0, support)).toEqual({ mini: 0.25, 'mini>premium': 0.75 });
  expect(targets.of(1, support)).toBeUndefined();
  expect(targets.of(2, search)).toEqual({ opus: 1 });
  expect(targets.of(3, search)).toEqual({ opus: 0.9 });
  expect(targets.of(4, search)).toEqual({});
  expect([0, 1, 2, 3, 4].map(targets.isLeftOut)).toEqual([false, true, false, false, false]);
  const places = [targets.from(0), targets.from(0) + 1];
  expect(places.map(place => [targets.planAt(place), targets.shareAt(place)])).toEqual([
    [0, 0.25],
    [2, 0.75],
  ]);
  expect(targets.from(1)).toBe(targets.from(0) + 2);
});
