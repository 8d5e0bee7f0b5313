import { expect, test } from 'vitest';
import { recentlyUsed } from '../src/recently-used.ts';

test('a full cache forgets the entry that was used longest ago', () => {
  const cache = recentlyUsed<string, string>(3);
  for (const key of ['a', 'b', 'c']) cache.set(key, key);
  cache.get('a');
  cache.peek('b');
  cache.set('d', 'd');
  expect([...cache.keys()].toSorted()).toEqual(['a', 'c', 'd']);
  cache.set('c', 'other');
  expect([cache.size, cache.get('c')]).toEqual([3, 'other']);
});

test('a cache takes no memory for entries that it does not have yet', () => {
  const usedBytes = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const before = usedBytes();
  const caches = Array.from({ length: 100 }, () => recentlyUsed<string, string>(50_000));
  // A byte for each possible entry would be 5 MB.
  expect(usedBytes() - before).toBeLessThan(5e6);
  expect(caches.every(({ size }) => size === 0)).toBe(true);
});
