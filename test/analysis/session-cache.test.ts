import { describe, expect, test } from 'vitest';
import type { SessionPrices } from '../../src/analysis/session-cache.ts';
import { isAnswer, sessionCache } from '../../src/analysis/session-cache.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { NOT_RETRIEVED } from '../../src/core/ledger/vocabulary.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import { attempt, AT_MS } from '../core/support/intents.ts';

/** $3 a million tokens, $0.30 from the cache, $3.75 to write to it: 3000, 300 and 3750 nano-dollars a token. */
const price = resolvePrice({ provider: 'anthropic', model: 'claude-sonnet-4-5' });
const PRICES: SessionPrices = { priceOf: () => price, cacheOf: () => ({ ttlMs: 300_000, minTokens: 1024 }) };

const request = (model: string, afterMs: number, usage: Attempt['usage'], more: Partial<Attempt> = {}): Attempt =>
  attempt(model, 1, { startedAtMs: AT_MS + afterMs, latencyMs: 1000, usage, ...more });

const rereadOf = (...answers: readonly Attempt[]) => {
  const { reread } = sessionCache(answers, PRICES);
  return { switched: reread.switched.tokens, expired: reread.expired.tokens, missed: reread.missed.tokens };
};
const NONE = { switched: 0, expired: 0, missed: 0 };

describe('why a prefix was not read from a cache', () => {
  test('the first request of a session has no prefix', () => {
    expect(rereadOf(request('a', 0, { input: 5000 }))).toEqual(NONE);
  });

  test('a model that takes over again has to read only what the other model added, because its own cache still has the rest', () => {
    const answers = [
      request('a', 0, { cacheWrite5m: 5000 }),
      request('b', 10_000, { cacheWrite5m: 6000 }),
      request('a', 20_000, { cacheRead: 5000, cacheWrite5m: 2000 }),
    ];
    // Model b has no cache of the first 5000 tokens, and model a then has none of the 1000 that b's request added.
    expect(rereadOf(...answers)).toEqual({ ...NONE, switched: 6000 });
  });

  test('after a pause that is longer than the lifetime of the cache, the pause is the reason, whichever model answers', () => {
    for (const model of ['a', 'b'])
      expect(rereadOf(request('a', 0, { input: 5000 }), request(model, 301_000, { input: 5500 }))).toEqual({
        ...NONE,
        expired: 5000,
      });
  });

  test('a prefix that the same model’s cache should still have, and that was not read, counts as missed', () => {
    expect(rereadOf(request('a', 0, { input: 5000 }), request('a', 9000, { input: 5500, cacheRead: 0 }))).toEqual({
      ...NONE,
      missed: 5000,
    });
  });

  test('requests that overlap do not find each other’s prompts in a cache', () => {
    expect(rereadOf(request('a', 0, { input: 5000 }), request('a', 500, { input: 5500 }))).toEqual(NONE);
  });

  test('a conversation that the application has shortened counts as another conversation', () => {
    expect(rereadOf(request('a', 0, { input: 5000 }), request('a', 9000, { input: 3000 }))).toEqual(NONE);
  });

  test('a prefix that is shorter than the vendor’s minimum for caching has no extra cost when it is sent again', () => {
    expect(rereadOf(request('a', 0, { input: 1000 }), request('b', 9000, { input: 1400 }))).toEqual(NONE);
  });
});

describe('amounts', () => {
  test('a read from the cache saves the difference to the input price, less the surcharge of writing', () => {
    const { savedNanoUsd } = sessionCache([request('a', 0, { cacheRead: 10_000, cacheWrite5m: 1000 })], PRICES);
    expect(savedNanoUsd).toBe(10_000 * 2700 - 1000 * 750);
  });

  test('the extra cost of sending a prefix again is what was charged above the rate of the cache, written tokens first', () => {
    const answers = [request('a', 0, { input: 5000 }), request('b', 9000, { input: 3000, cacheWrite5m: 3000 })];
    expect(sessionCache(answers, PRICES).reread.switched.nanoUsd).toBe(3000 * (3750 - 300) + 2000 * (3000 - 300));
  });

  test('only the first of several calls in one reply counts as the prompt of the conversation', () => {
    const calls = [{ usage: { cacheRead: 5000 } }, { usage: { input: 9000 } }];
    const usage = { cacheRead: 5000, input: 9000 };
    const { promptTokens, readTokens } = sessionCache([request('a', 0, usage, { calls })], PRICES);
    expect([promptTokens, readTokens]).toEqual([5000, 5000]);
  });

  test('the price of a model that served in place of another is looked up by its own name', () => {
    const asked: (string | undefined)[] = [];
    const priceOf: SessionPrices['priceOf'] = (_model, _atMs, _attempt, served) => void asked.push(served);
    const answers = [request('a', 0, { input: 10 }), request('a', 1, { input: 10 }, { servedBy: 'other' })];
    expect(sessionCache(answers, { ...PRICES, priceOf }).withoutPrice).toBe(2);
    expect(asked).toEqual([undefined, 'other']);
  });

  test('a model whose replies state their cost has no rates to compare with', () => {
    const priceOf = () => ({ ...price, usesStatedCost: true });
    expect(sessionCache([request('a', 0, { input: 10 })], { ...PRICES, priceOf }).withoutPrice).toBe(1);
  });
});

test('judges, failed attempts, estimates, replies still to come and empty prompts are not evidence about the caches', () => {
  const usage = { input: 100 };
  expect(isAnswer(request('a', 0, usage))).toBe(true);
  for (const more of [
    { kind: 'judge' },
    { status: 'broken' },
    { provenance: 'estimated' },
    { unpriced: [NOT_RETRIEVED] },
    { usage: {} },
  ] as const)
    expect(isAnswer(request('a', 0, usage, more))).toBe(false);
});
