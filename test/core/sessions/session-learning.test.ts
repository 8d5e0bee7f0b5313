import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { sessionLearning } from '../../../src/core/sessions/session-learning.ts';

const READING = { model: 'm', feature: 'f', earlierIntents: 1, prefixTokens: 0, expectedTokens: 0 };

/** A session of this many intents, each of which begins while the caches are still alive. */
function lasts(learning: ReturnType<typeof sessionLearning>, intents: number): void {
  for (let earlier = 0; earlier < intents; earlier++) learning.decided('f', earlier, earlier > 0);
}

const ahead = (learning: ReturnType<typeof sessionLearning>, count: number): readonly number[] =>
  Array.from({ length: count }, (_, earlier) => learning.intentsAhead('f', earlier)(1));

describe('the number of intents that a session is expected to have from a given intent on, inclusive', () => {
  test('before any observation, 3 of 5 intents are expected to be followed by another one, in a session of any age', () => {
    for (const intents of ahead(sessionLearning(), 80)) expect(intents).toBeCloseTo(2.5, 2);
  });

  test.each([2, 5, 8, 30])('if all sessions have %i intents, one intent fewer is expected after each', length => {
    const learning = sessionLearning();
    for (let session = 0; session < 2000; session++) lasts(learning, length);
    for (const [earlier, intents] of ahead(learning, length).entries()) {
      const left = length - earlier;
      expect(intents).toBeGreaterThan(left - 0.02 * left ** 2 - 0.05);
      expect(intents).toBeLessThan(left + 0.06);
    }
  });

  test('if nearly all sessions end at once and the others last long, a second intent predicts many more', () => {
    const learning = sessionLearning();
    for (let session = 0; session < 2000; session++) lasts(learning, session % 5 === 0 ? 20 : 1);
    const [first = 0, second = 0] = ahead(learning, 2);
    expect(first).toBeCloseTo(1 + 0.2 * 19, 0);
    expect(second).toBeGreaterThan(17);
  });

  test('sessions that end with the same probability after each intent are expected to have as many further intents at any age', () => {
    const learning = sessionLearning();
    const random = seededRandom('sessions');
    for (let session = 0; session < 5000; session++) {
      let length = 1;
      while (random.next() < 0.75) length++;
      lasts(learning, length);
    }
    for (const intents of ahead(learning, 8)) expect(Math.abs(intents - 4)).toBeLessThan(0.4);
  });

  test('a number of intents that few sessions have reached is treated like others of about that age', () => {
    const learning = sessionLearning();
    for (let session = 0; session < 500; session++) lasts(learning, 10);
    // No session had eleven intents, so those with ten are expected to end as often as those with nine and ten do together.
    const [few = 0, none = 0] = [9, 10].map(earlier => learning.intentsAhead('f', earlier)(1));
    expect(few).toBeLessThan(1.1);
    expect(none).toBeGreaterThan(1.4);
    expect(none).toBeLessThan(2.5);
  });

  test('if a session stays with its model half of the time, each intent after the next one counts half as much as the one before it', () => {
    const learning = sessionLearning();
    for (let session = 0; session < 5000; session++) lasts(learning, 3);
    expect(learning.intentsAhead('f', 0)(0.5)).toBeCloseTo(1 + 0.5 + 0.25, 1);
    expect(learning.intentsAhead('f', 0)(0)).toBe(1);
    expect(learning.intentsAhead('f', 99)(0.5)).toBeCloseTo(1 / (1 - 0.5 * 0.6), 2);
  });

  test('the sessions of one feature do not affect another one', () => {
    const learning = sessionLearning();
    for (let session = 0; session < 50; session++) lasts(learning, 1);
    expect(learning.intentsAhead('f', 0)(1)).toBeLessThan(1.3);
    expect(learning.intentsAhead('g', 0)(1)).toBeCloseTo(2.5, 2);
  });

  test('never more intents have followers than there were intents, so that the expectation is finite', () => {
    const learning = sessionLearning();
    for (const earlier of [1, 63, 64, 65, 100]) for (let i = 0; i < 500; i++) learning.decided('f', earlier, true);
    for (const intents of ahead(learning, 110)) {
      expect(intents).toBeGreaterThanOrEqual(1);
      expect(intents).toBeLessThan(2000);
    }
  });
});

describe('how a cache behaves', () => {
  const observed = (usage: object, expectedTokens: number, times = 1) => {
    const learning = sessionLearning();
    for (let i = 0; i < times; i++) learning.observe({ ...READING, usage, prefixTokens: 10_000, expectedTokens });
    return learning.behaviour('m');
  };

  test('before any observation, 19 of 20 caches have what they should, nothing is shared, and everything unread is written', () => {
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

test('the number of tokens that an intent adds is learned from the intents after the first of each session', () => {
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

test('the tokens per character of a feature’s text are learned from the first requests of its sessions', () => {
  const learning = sessionLearning();
  expect(learning.tokensPerChar('f')).toBe(0.25);
  const begin = { ...READING, earlierIntents: 0, usage: { input: 10_000 } };
  for (let session = 0; session < 200; session++) learning.observe({ ...begin, requestChars: 20_000 });
  expect(learning.tokensPerChar('f')).toBeCloseTo(0.5, 2);
  expect(learning.tokensPerChar('other')).toBe(0.25);
  const before = learning.tokensPerChar('f');
  // The length of a text does not show the tokens of images, and a later request has a known prefix.
  learning.observe(begin);
  learning.observe({ ...begin, earlierIntents: 1, requestChars: 1 });
  expect(learning.tokensPerChar('f')).toBe(before);
});
