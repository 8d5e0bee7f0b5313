import { expect, test } from 'vitest';
import type { CachedIntent } from '../../../src/engine/state/intent-cache.ts';
import { intentCache } from '../../../src/engine/state/intent-cache.ts';

const IDS = ['a', 'b', 'c'];

test('the cache keeps as many intents as it has room for, and evicts the least recently used one first', () => {
  const cache = intentCache(2);
  const first = cache.entryOf('a');
  cache.entryOf('b');
  expect(cache.entryOf('a')).toBe(first);
  cache.entryOf('c');
  expect(IDS.map(id => cache.peek(id) !== undefined)).toEqual([true, false, true]);
});

test('peeking at an intent does not count as a use of it', () => {
  const cache = intentCache(2);
  cache.entryOf('a');
  cache.entryOf('b');
  cache.peek('a');
  cache.entryOf('c');
  expect(cache.peek('a')).toBeUndefined();
});

test('an intent is not evicted until every request that holds it has released it', () => {
  const cache = intentCache(1);
  cache.hold('a', true);
  cache.hold('a', true);
  const held = cache.peek('a');
  for (const id of ['b', 'c']) cache.entryOf(id);
  cache.release('a');
  expect([cache.isHeld('a'), cache.entryOf('a')]).toEqual([true, held]);
  cache.release('a');
  expect([cache.isHeld('a'), cache.peek('a')]).toEqual([false, undefined]);
});

test('an intent made for one call displaces no other from the cache, and is gone when it is released', () => {
  const cache = intentCache(1);
  const named = cache.entryOf('named');
  cache.hold('single', false);
  expect(cache.entryOf('single')).toBe(cache.peek('single'));
  cache.release('single');
  expect([cache.peek('single'), cache.peek('named')]).toEqual([undefined, named]);
});

test('a second request joins the entry of an intent that is in the cache, whether or not the intent is named', () => {
  const cache = intentCache(1);
  const known = cache.entryOf('a');
  cache.hold('a', false);
  expect(cache.peek('a')).toBe(known);
});

test.each<Partial<CachedIntent>>([
  { pending: { records: [], makers: [] } },
  { writing: Promise.resolve(undefined) },
  { holds: 1 },
])('a protected intent is not evicted while it has %o', work => {
  const cache = intentCache(1);
  const entry = cache.entryOf('a');
  cache.protect(Object.assign(entry, work));
  cache.entryOf('b');
  cache.releaseIfIdle(entry);
  expect(cache.peek('a')).toBe(entry);
  Object.assign(entry, { pending: undefined, writing: undefined, holds: 0 });
  cache.releaseIfIdle(entry);
  expect(cache.peek('a')).toBeUndefined();
});

test('releasing an intent that is not held changes nothing', () => {
  const cache = intentCache(1);
  cache.release('a');
  expect([cache.isHeld('a'), cache.peek('a')]).toEqual([false, undefined]);
});
