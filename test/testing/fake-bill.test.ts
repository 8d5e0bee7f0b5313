import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billLines, billOf, unitLine } from '../../src/testing/fake-bill.ts';

describe('the provider’s arithmetic', () => {
  test('each meter is rounded separately, half up to a nano-dollar', () => {
    // 0.0005 USD per million tokens is half a nano-dollar a token.
    const lines = billLines(
      { input: 3, output: 1, cacheRead: 2 },
      { input: '0.0005', output: '0.0005', cacheRead: '0.0002' },
    );
    expect(lines).toEqual([
      { meter: 'input', quantity: 3, costNanoUsd: 2n },
      { meter: 'cacheRead', quantity: 2, costNanoUsd: 0n },
      { meter: 'output', quantity: 1, costNanoUsd: 1n },
    ]);
  });

  test('rates in whole nano-dollars are billed exactly, without rounding', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(999), fc.nat(999), (tokens, dollars, milli) => {
        const price = `${dollars}.${String(milli).padStart(3, '0')}`;
        const [line] = billLines({ output: tokens }, { input: '1', output: price });
        expect(line?.costNanoUsd ?? 0n).toBe(BigInt(tokens) * BigInt(dollars * 1000 + milli));
      }),
    );
  });

  test('a meter without its own price costs the same as plain input or output, and searches are priced per thousand', () => {
    const tokens = {
      cacheRead: 1000,
      cacheWrite5m: 1000,
      cacheWrite1h: 1000,
      inputAudio: 1000,
      outputAudio: 1000,
      webSearch: 3,
    };
    const costs = billLines(tokens, { input: '1', output: '2', cacheWrite1h: '4', webSearch: '10' }).map(
      ({ meter, costNanoUsd }) => [meter, costNanoUsd],
    );
    expect(Object.fromEntries(costs)).toEqual({
      cacheRead: 1_000_000n,
      cacheWrite5m: 1_000_000n,
      cacheWrite1h: 4_000_000n,
      inputAudio: 1_000_000n,
      outputAudio: 2_000_000n,
      webSearch: 30_000_000n,
    });
  });

  test('multipliers apply to tokens and not to searches, and multiply with each other', () => {
    const tokens = { input: 1_000_000, output: 1_000_000, webSearch: 1_000 };
    const lines = billLines(tokens, { input: '1', output: '2', webSearch: '10' }, ['2', '1.1']);
    expect(lines.map(({ costNanoUsd }) => costNanoUsd)).toEqual([2_200_000_000n, 4_400_000_000n, 10_000_000_000n]);
  });

  test('images cost as much as output, tools cost nothing, and images given to an image tool cost as much as its text', () => {
    const tokens = {
      outputImage: 1_000_000,
      imageGenInput: 1_000_000,
      imageGenInputImage: 1_000_000,
      imageGenOutput: 1_000_000,
      fileSearch: 1_000,
      codeSession: 1,
    };
    const price = { input: '1', output: '2' };
    const usd = (own: object) => billLines(tokens, { ...price, ...own }).map(line => Number(line.costNanoUsd) / 1e9);
    expect(usd({})).toEqual([2, 0, 0, 0, 0, 0]);
    const own = { outputImage: '7', imageGenInput: '5', imageGenOutput: '40', fileSearch: '2.5', codeSession: '0.03' };
    expect(usd(own)).toEqual([7, 5, 5, 40, 2.5, 0.03]);
    expect(usd({ ...own, imageGenInputImage: '8' })).toEqual([7, 5, 8, 40, 2.5, 0.03]);
    expect(unitLine('request', '0.005')).toEqual({ meter: 'request', quantity: 1, costNanoUsd: 5_000_000n });
  });

  test.each(['', '1e-3', '-1', '.5', '1,5', '0.1234567890123'])('the price "%s" is refused', price => {
    expect(() => billLines({ input: 1 }, { input: price, output: '1' })).toThrow(RangeError);
  });
});

test('a bill is summed by model and in total', () => {
  const request = (model: string, costNanoUsd: bigint) =>
    ({ requestId: 'r', model, tier: 'standard', lines: [], costNanoUsd, reported: true }) as const;
  expect(billOf([request('a', 1n), request('b', 2n), request('a', 4n)])).toMatchObject({
    totalNanoUsd: 7n,
    byModel: { a: { requests: 2, costNanoUsd: 5n }, b: { requests: 1, costNanoUsd: 2n } },
  });
});
