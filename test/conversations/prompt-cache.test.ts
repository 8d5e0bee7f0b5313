import { expect, test } from 'vitest';
import type { CachedSession } from '../../src/conversations/prompt-cache.ts';
import { cachedSession } from '../../src/conversations/prompt-cache.ts';
import { seededRandom } from '../../src/core/math/random.ts';

const cache = { ttlMs: 300_000, minTokens: 1000 };
const MODELS = { mini: { cache, chargesWrites: false }, claude: { cache, chargesWrites: true } };

const session = (hitRate = 1): CachedSession =>
  cachedSession({ models: MODELS, hitRate, random: seededRandom('caches') });
const asked = (inputTokens: number, atMs: number) => ({ inputTokens, outputTokens: 100, atMs });

test('a request sends the whole conversation again; the part that its model was sent last time is read from the cache', () => {
  const chat = session();
  expect(chat.ask('mini', asked(2000, 0))).toEqual({ cacheRead: 0, input: 2000, output: 100 });
  expect(chat.contextTokens).toBe(2100);
  // What the reply said is not in the cache yet.
  expect(chat.ask('mini', asked(50, 1000))).toEqual({ cacheRead: 2000, input: 150, output: 100 });
});

test('a different model reads nothing from a cache, and the first model reads what its cache had before', () => {
  const chat = session();
  chat.ask('mini', asked(2000, 0));
  expect(chat.ask('claude', asked(50, 1000))).toEqual({ cacheRead: 0, cacheWrite5m: 2150, output: 100 });
  expect(chat.ask('mini', asked(50, 2000))).toEqual({ cacheRead: 2000, input: 300, output: 100 });
});

test('a cache entry expires after its time without use, and a prefix shorter than the minimum is not kept', () => {
  const chat = session();
  chat.ask('mini', asked(2000, 0));
  expect(chat.ask('mini', asked(0, 299_999)).cacheRead).toBe(2000);
  expect(chat.ask('mini', asked(0, 599_998)).cacheRead).toBe(2100);
  expect(chat.ask('mini', asked(0, 899_998)).cacheRead).toBe(0);
  const short = session();
  short.ask('mini', asked(999, 0));
  expect(short.ask('mini', asked(10, 1)).cacheRead).toBe(0);
  expect(short.ask('mini', asked(10, 2)).cacheRead).toBe(1109);
});

test('a prompt that is too short is not written to the cache, and costs the input rate', () => {
  const chat = session();
  expect(chat.ask('claude', asked(999, 0))).toEqual({ cacheRead: 0, input: 999, output: 100 });
  expect(chat.ask('claude', asked(10, 1))).toEqual({ cacheRead: 0, cacheWrite5m: 1109, output: 100 });
});

test('a cache misses as often as configured', () => {
  const chat = session(0.75);
  chat.ask('mini', asked(2000, 0));
  const reads = Array.from({ length: 2000 }, () => chat.ask('mini', asked(0, 0)).cacheRead ?? 0);
  expect(reads.filter(read => read > 0).length / 2000).toBeCloseTo(0.75, 1);
});
