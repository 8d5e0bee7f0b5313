import { describe, expect, test } from 'vitest';
import { sessionLearning } from '../../../src/core/sessions/session-learning.ts';

const READING = { model: 'm', feature: 'f', earlierIntents: 1, prefixTokens: 0, expectedTokens: 0 };

describe('whether another intent of a feature follows', () => {
  test('3 of 5 do before any observation, then as many as did, by the age of the session', () => {
    const learning = sessionLearning();
    expect(learning.returnRate('f', 0)).toBe(0.6);
    // Ten sessions of two intents: the first is followed, the second is not.
    for (let session = 0; session < 10; session++) {
      learning.decided('f', 0, false);
      learning.decided('f', 1, true);
    }
    expect(learning.returnRate('f', 0)).toBe(13 / 15);
    expect(learning.returnRate('f', 1)).toBe(3 / 15);
    expect(learning.returnRate('f', 2)).toBe(0.6);
    expect(learning.returnRate('g', 0)).toBe(0.6);
  });

  test('sessions of 3 and 4, of 5 to 8, and of more intents are each of one age', () => {
    const learning = sessionLearning();
    for (const earlier of [2, 4, 8]) learning.decided('f', earlier, false);
    const rates = Array.from({ length: 12 }, (_, earlier) => learning.returnRate('f', earlier));
    expect(rates).toEqual([0.6, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
  });
});

test('no more intents are followed than there were, so that the chance is below 1', () => {
  const learning = sessionLearning();
  for (let i = 0; i < 50; i++) learning.decided('f', 1, true);
  expect(learning.returnRate('f', 0)).toBe(0.6);
  learning.decided('f', 0, false);
  for (let i = 0; i < 50; i++) learning.decided('f', 1, true);
  expect(learning.returnRate('f', 0)).toBe(4 / 6);
});

describe('how a cache behaves', () => {
  const observed = (usage: object, expectedTokens: number, times = 1) => {
    const learning = sessionLearning();
    for (let i = 0; i < times; i++) learning.observe({ ...READING, usage, prefixTokens: 10_000, expectedTokens });
    return learning.behaviour('m');
  };

  test('19 of 20 caches have what they should before any observation; nothing is shared, and all that is not read is written', () => {
    expect(sessionLearning().behaviour('m')).toEqual({
      hitRate: 0.95,
      sharedPart: 0,
      writtenPart: 1,
      writtenForHourPart: 0,
    });
  });

  test('a cache that had at least half of what it should counts as a hit', () => {
    expect(observed({ cacheRead: 5000, input: 5500 }, 10_000).hitRate).toBe(20 / 21);
    expect(observed({ cacheRead: 4999, input: 5500 }, 10_000).hitRate).toBe(19 / 21);
  });

  test('where a provider caches nothing, a prefix is soon expected to be read in full each time', () => {
    const { hitRate, writtenPart } = observed({ input: 10_500 }, 10_000, 200);
    expect(hitRate).toBeLessThan(0.1);
    expect(writtenPart).toBeLessThan(0.02);
  });

  test('instructions that every session begins with are found in the cache of the first request, too', () => {
    const { sharedPart, hitRate } = observed({ cacheRead: 8000, cacheWrite5m: 2500 }, 0, 50);
    expect(sharedPart).toBeCloseTo(400_000 / 520_000, 10);
    expect(hitRate).toBe(0.95);
  });
});

test('the tokens that are an intent’s own are learnt from the intents after a session’s first', () => {
  const learning = sessionLearning();
  expect(learning.ownTokens('f')).toBe(0);
  learning.observe({ ...READING, earlierIntents: 0, usage: { input: 40_000 }, prefixTokens: 30_000 });
  expect(learning.ownTokens('f')).toBe(0);
  learning.observe({ ...READING, usage: { cacheRead: 9000, input: 1300 }, prefixTokens: 10_000 });
  learning.observe({ ...READING, usage: { input: 9000 }, prefixTokens: 8900 });
  learning.observe({ ...READING, usage: { input: 10 }, prefixTokens: 8900 });
  expect(learning.ownTokens('f')).toBeCloseTo(400 / 3, 10);
  expect(learning.ownTokens('g')).toBe(0);
});
