import fc from 'fast-check';
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
  expect([[...cache.keys()].length, cache.get('c')]).toEqual([3, 'other']);
});

test('law: a cache has the entries that were used last, as many as their sizes leave room for', () => {
  const use = fc.record({
    does: fc.constantFrom('get', 'set', 'set', 'peek', 'delete'),
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    size: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (uses, capacity) => {
      const cache = recentlyUsed<string, string>(capacity, value => value.length);
      /** The latest last. */
      let expected: readonly (readonly [string, string])[] = [];
      for (const { does, key, size } of uses) {
        const known = expected.find(([name]) => name === key);
        const others = expected.filter(([name]) => name !== key);
        if (does === 'set') {
          const value = key.repeat(size);
          cache.set(key, value);
          expected = size > capacity ? others : [...others, [key, value]];
          while (expected.reduce((sum, [, { length }]) => sum + length, 0) > capacity) expected = expected.slice(1);
        } else if (does === 'delete') {
          cache.delete(key);
          expected = others;
        } else {
          expect(does === 'get' ? cache.get(key) : cache.peek(key)).toBe(known?.[1]);
          if (does === 'get' && known !== undefined) expected = [...others, known];
        }
        expect(cache.has(key)).toBe(expected.some(([name]) => name === key));
      }
      expect([...cache.keys()].toSorted()).toEqual(expected.map(([name]) => name).toSorted());
    }),
  );
});

test('a cache takes no memory for entries that it does not have yet', () => {
  const usedBytes = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const before = usedBytes();
  const caches = Array.from({ length: 100 }, () => recentlyUsed<string, string>(50_000));
  // A byte for each possible entry would be 5 MB.
  expect(usedBytes() - before).toBeLessThan(5e6);
  expect(caches.flatMap(cache => [...cache.keys()])).toEqual([]);
});
