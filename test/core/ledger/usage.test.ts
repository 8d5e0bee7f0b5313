import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PartialUsage } from '../../../src/core/ledger/usage.ts';
import { estimateUsage, inputTokens, isBillable } from '../../../src/core/ledger/usage.ts';

describe('estimateUsage', () => {
  test('unreported usage is estimated as characters ÷ 4, rounded up separately for request and reply', () => {
    const chars = fc.nat(10_000_000);
    fc.assert(
      fc.property(chars, chars, (requestChars, replyChars) => {
        const { input = 0, output = 0 } = estimateUsage({ requestChars, replyChars });
        expect(4 * input - requestChars).toBeGreaterThanOrEqual(0);
        expect(4 * input - requestChars).toBeLessThan(4);
        expect(4 * output - replyChars).toBeGreaterThanOrEqual(0);
        expect(4 * output - replyChars).toBeLessThan(4);
      }),
    );
  });

  test('input that the provider reported is kept', () => {
    const partialUsage = { input: 7, cacheRead: 3 };
    expect(estimateUsage({ requestChars: 999, replyChars: 5, partialUsage })).toEqual({
      input: 7,
      cacheRead: 3,
      output: 2,
    });
  });

  test('a reported input of 0 counts as an input that was not reported', () => {
    expect(estimateUsage({ requestChars: 40, replyChars: 4, partialUsage: { input: 0, output: 0 } })).toEqual({
      input: 10,
      output: 1,
    });
  });

  test('an estimate keeps the counts that are stated, and adds only those that are not', () => {
    const estimated = (partialUsage: PartialUsage) =>
      estimateUsage({ requestChars: 400, replyChars: 40, partialUsage });
    expect(estimated({ input: 1_000 })).toEqual({ input: 1_000, output: 10 });
    expect(estimated({ output: 5 })).toEqual({ input: 100, output: 5 });
    expect(estimated({ output: 50, total: 1_050 })).toEqual({ input: 1_000, output: 50 });
    expect(estimated({ total: 1_500 })).toEqual({ input: 1_490, output: 10 });
    expect(estimated({ total: 3 })).toEqual({ input: 0, output: 3 });
    expect(estimated({ cacheRead: 30, output: 5 })).toEqual({ input: 70, cacheRead: 30, output: 5 });
    expect(estimated({ cacheRead: 30, output: 5, total: 105 })).toEqual({ input: 70, cacheRead: 30, output: 5 });
    expect(estimated({ reasoning: 25 })).toEqual({ input: 100, output: 25, reasoning: 25 });
  });

  test('output that the provider reported so far is kept unless more characters have arrived', () => {
    const outputs = [7, 8, 9].map(output => {
      const partialUsage = { input: 1, output };
      return estimateUsage({ requestChars: 999, replyChars: 32, partialUsage }).output;
    });
    expect(outputs).toEqual([8, 8, 9]);
  });
});

test('the tokens of a prompt include those read from and written to a cache, and audio', () => {
  const prompt = { input: 1, cacheRead: 2, cacheWrite5m: 4, cacheWrite1h: 8, inputAudio: 16, cacheReadAudio: 32 };
  expect(inputTokens({ ...prompt, output: 64, outputAudio: 128, webSearch: 256, reasoning: 512 })).toBe(63);
  expect(inputTokens({ output: 5 })).toBe(0);
});

test('a count that cannot be billed does not count as tokens of a prompt', () => {
  for (const count of [Number.NaN, -1, 0.5, 2 ** 53, Infinity, '5', 5n, null])
    expect(inputTokens({ input: count as number, cacheRead: 7 })).toBe(7);
});

test('a count can be billed if it is a whole number above 0', () => {
  expect([1, 5.0, Number.MAX_SAFE_INTEGER].every(isBillable)).toBe(true);
  expect([0, -1, 0.5, Number.NaN, Infinity, 2 ** 53, '1', 1n, true, [1], null, undefined].some(isBillable)).toBe(false);
});
