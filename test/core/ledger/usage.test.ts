import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateUsage } from '../../../src/core/ledger/usage.ts';

describe('usage that was not reported', () => {
  test('is characters ÷ 4, rounded up, for request and reply each', () => {
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

  test('keeps what the provider had said of the input', () => {
    const inputUsage = { input: 7, cacheRead: 3 };
    expect(estimateUsage({ requestChars: 999, replyChars: 5, inputUsage })).toEqual({
      input: 7,
      cacheRead: 3,
      output: 2,
    });
  });
});
