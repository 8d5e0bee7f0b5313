import fc from 'fast-check';
import { LRUCache } from 'lru-cache';
import { expect, test } from 'vitest';
import { recentlyUsed } from '../src/recently-used.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e'];

test('a full cache forgets the entry that was used longest ago', () => {
  const cache = recentlyUsed<string, string>(3);
  for (const key of ['a', 'b', 'c']) cache.set(key, key);
  cache.get('a');
  cache.peek('b');
  cache.set('d', 'd');
  expect(KEYS.filter(key => cache.has(key))).toEqual(['a', 'c', 'd']);
  cache.set('c', 'other');
  expect([cache.size, cache.get('c')]).toEqual([3, 'other']);
});

test('law: a cache has the entries of `lru-cache` after any uses, whatever their sizes', () => {
  const step = fc.record({
    kind: fc.constantFrom('get', 'peek', 'set'),
    key: fc.constantFrom(...KEYS),
    value: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, isSized) => {
      const sizeOf = isSized ? (value: number) => value : () => 1;
      const cache = isSized ? recentlyUsed<string, number>(10, sizeOf) : recentlyUsed<string, number>(3);
      const model = new LRUCache<string, number>({ maxSize: isSized ? 10 : 3, sizeCalculation: sizeOf });
      for (const { kind, key, value } of steps) {
        if (kind === 'set') {
          cache.set(key, value);
          model.set(key, value);
        } else expect(cache[kind](key)).toBe(model[kind](key));
        expect(KEYS.map(each => [cache.has(each), cache.peek(each)])).toEqual(
          KEYS.map(each => [model.has(each), model.peek(each)]),
        );
        expect(cache.size).toBe(model.size);
      }
    }),
  );
});

test('a cache takes no memory for entries that it does not have yet', () => {
  const usedBytes = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const before = usedBytes();
  const caches = Array.from({ length: 100 }, () => recentlyUsed<string, string>(50_000));
  // A byte for each possible entry would be 5 MB.
  expect(usedBytes() - before).toBeLessThan(5e6);
  expect(caches.every(({ size }) => size === 0)).toBe(true);
});
