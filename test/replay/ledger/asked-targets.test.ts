import { expect, test } from 'vitest';
import { askedTargets } from '../../../src/replay/ledger/asked-targets.ts';

test('each decision gets the other policy’s probabilities, in the order of its own feature’s plans', () => {
  const targets = askedTargets();
  const [support, search] = [
    ['mini', 'premium', 'mini>premium'],
    ['premium', 'opus'],
  ] as const;
  const indexes = (keys: readonly string[]): ReadonlyMap<string, number> => new Map(keys.map((key, k) => [key, k]));
  targets.push({ mini: 0.25, 'mini>premium': 0.75 }, indexes(support));
  targets.push(undefined);
  targets.push({ opus: 1 }, indexes(search));
  targets.push({}, indexes(search));
  expect(targets.of(0, support)).toEqual({ mini: 0.25, 'mini>premium': 0.75 });
  expect(targets.of(1, support)).toBeUndefined();
  expect(targets.of(2, search)).toEqual({ opus: 1 });
  expect(targets.of(3, search)).toEqual({});
});
