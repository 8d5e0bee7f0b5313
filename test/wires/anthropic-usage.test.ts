import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anthropicCounts,
  anthropicInputUsage,
  anthropicStatedUsage,
  anthropicTerms,
  anthropicTokens,
  mergedUsage,
} from '../../src/wires/anthropic-usage.ts';

const tokensOf = (usage: unknown, longLived?: number) =>
  anthropicTokens(anthropicCounts(usage, 'usage', []), longLived);

const USAGE = {
  input_tokens: 2095,
  cache_creation_input_tokens: 556,
  cache_read_input_tokens: 1000,
  cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
  output_tokens: 503,
  server_tool_use: { web_search_requests: 3 },
};

describe('tokens that Anthropic reports', () => {
  test('the input excludes cached tokens, and cache writes are counted by lifetime', () => {
    const tokens = { input: 2095, cacheRead: 1000, cacheWrite5m: 456, cacheWrite1h: 100, output: 503 };
    expect(tokensOf(USAGE)).toEqual(tokens);
  });

  test('cache writes without a breakdown count as five-minute writes, except for those known to be longer', () => {
    const usage = { input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 7, cache_creation: null };
    expect(tokensOf(usage)).toMatchObject({ cacheWrite5m: 7, cacheWrite1h: 0 });
    expect(tokensOf(usage, 3)).toMatchObject({ cacheWrite5m: 4, cacheWrite1h: 3 });
    expect(tokensOf(usage, 9)).toMatchObject({ cacheWrite5m: 0, cacheWrite1h: 7 });
    expect(tokensOf({ input_tokens: 1, output_tokens: 2 }, 3)).toMatchObject({ cacheWrite5m: 0, cacheWrite1h: 0 });
    expect(tokensOf(USAGE, 300)).toMatchObject({ cacheWrite5m: 456, cacheWrite1h: 100 });
  });

  test('cache writes of both lifetimes are never negative and add up to the larger of the total and its breakdown', () => {
    const count = fc.option(fc.nat(1000));
    fc.assert(
      fc.property(count, count, count, (total, short, long) => {
        const tokens = tokensOf({
          input_tokens: 1,
          output_tokens: 1,
          cache_creation_input_tokens: total,
          cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
        });
        const { cacheWrite5m = 0, cacheWrite1h = 0 } = tokens ?? {};
        expect(Math.min(cacheWrite5m, cacheWrite1h)).toBeGreaterThanOrEqual(0);
        expect(cacheWrite5m + cacheWrite1h).toBe(Math.max(total ?? 0, (short ?? 0) + (long ?? 0)));
        // Five minutes is the default lifetime: only the writes that are reported as longer are counted as longer.
        expect(cacheWrite1h).toBe(long ?? 0);
      }),
    );
  });

  test('a breakdown of cache writes above their total is billed and reported, and one below it is normal at the end of a stream', () => {
    const usageOf = (written: number | null, lifetimes: object) => ({
      input_tokens: 1,
      output_tokens: 1,
      cache_creation_input_tokens: written,
      cache_creation: lifetimes,
    });
    const read = (usage: unknown) => {
      const unpriced: string[] = [];
      return { ...anthropicTokens(anthropicCounts(usage, 'usage', unpriced)), unpriced };
    };
    const named = ['usage.cache_creation beside another total'];
    for (const written of [0, 100]) {
      const short = read(usageOf(written, { ephemeral_5m_input_tokens: 90_000 }));
      expect(short).toMatchObject({ cacheWrite5m: 90_000, cacheWrite1h: 0, unpriced: named });
      const long = read(usageOf(written, { ephemeral_1h_input_tokens: 90_000 }));
      expect(long).toMatchObject({ cacheWrite5m: 0, cacheWrite1h: 90_000, unpriced: named });
    }
    const unstated = read(usageOf(null, { ephemeral_5m_input_tokens: 90_000 }));
    expect(unstated).toMatchObject({ cacheWrite5m: 90_000, unpriced: [] });
    const grown = mergedUsage(usageOf(50, { ephemeral_5m_input_tokens: 50 }), { cache_creation_input_tokens: 700 });
    expect(read(grown)).toMatchObject({ cacheWrite5m: 700, unpriced: [] });
    // Without iterations, no call is there that the totals may leave out.
    const fallen = { input_tokens: 5, cache_creation_input_tokens: 10 };
    const start = usageOf(50, { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 });
    expect(read(mergedUsage(start, fallen))).toMatchObject({ cacheWrite5m: 20, cacheWrite1h: 30, unpriced: named });
    const changed = mergedUsage(start, { ...fallen, iterations: [{ type: 'message' }] });
    expect(read(changed)).toMatchObject({ cacheWrite5m: 0, cacheWrite1h: 10, unpriced: [] });
  });

  test('a breakdown below its total leaves the price of the rest open only where both lifetimes were written', () => {
    const unpricedOf = (short: number, long: number, more = {}) => {
      const unpriced: string[] = [];
      const lifetimes = { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long };
      anthropicCounts({ cache_creation_input_tokens: 9, cache_creation: lifetimes, ...more }, 'usage', unpriced);
      return unpriced;
    };
    expect(unpricedOf(4, 3)).toEqual(['usage.cache_creation beside another total']);
    expect([unpricedOf(4, 5), unpricedOf(4, 0), unpricedOf(0, 4), unpricedOf(0, 0)]).toEqual([[], [], [], []]);
    expect(unpricedOf(4, 3, { iterations: [{ type: 'message' }] })).toEqual([]);
  });

  test.each([
    [{}, undefined],
    [{ total_tokens: 0 }, undefined],
    [{ input_tokens: 9 }, { input: 9 }],
    [
      { output_tokens: 5, cache_read_input_tokens: 4 },
      { output: 5, cacheRead: 4 },
    ],
    [{ total_tokens: 14 }, { total: 14 }],
    [
      { output_tokens: 5, total_tokens: 14 },
      { output: 5, total: 14 },
    ],
    [{ input_tokens: 9, total_tokens: 14 }, { input: 9 }],
    // The total leaves no tokens for an input.
    [{ output_tokens: 5, total_tokens: 5 }, { output: 5 }],
    [{ output_tokens: 5, total_tokens: 3 }, { output: 5 }],
  ])(
    'usage of %j keeps the counts that it states, and its total only where that includes an input too',
    (usage, stated) => {
      expect(anthropicStatedUsage(anthropicCounts(usage, 'usage', []))).toEqual(stated);
    },
  );

  test('usage at the end of a stream replaces the fields it repeats and keeps the others', () => {
    const delta = { input_tokens: null, cache_creation_input_tokens: 700, output_tokens: 90, server_tool_use: null };
    const merged = mergedUsage({ ...USAGE, output_tokens: 1 }, delta);
    const tokens = { input: 2095, cacheRead: 1000, cacheWrite5m: 600, cacheWrite1h: 100, output: 90 };
    expect(tokensOf(merged)).toEqual(tokens);
    expect(merged).toMatchObject({ server_tool_use: { web_search_requests: 3 } });
    expect(mergedUsage(undefined, null)).toEqual({});
  });

  test('a stream end whose input is all 0 does not replace the input of the start', () => {
    const start = { input_tokens: 1000, cache_read_input_tokens: 50 };
    const none = { input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 };
    expect(mergedUsage(start, none)).toEqual({ ...start, output_tokens: 0 });
    const moved = { input_tokens: 1050, cache_read_input_tokens: 0 };
    expect(mergedUsage(start, moved)).toEqual(moved);
    expect(mergedUsage({}, none)).toEqual(none);
    expect(mergedUsage({ output_tokens: 1 }, none)).toEqual(none);
  });

  test('input usage can be read before the output is known', () => {
    expect(anthropicInputUsage(anthropicCounts({ ...USAGE, output_tokens: 1 }, 'usage', []))).toEqual({
      input: 2095,
      cacheRead: 1000,
      cacheWrite5m: 456,
      cacheWrite1h: 100,
    });
    expect(anthropicInputUsage(anthropicCounts({ input_tokens: -1 }, 'usage', []))).toBeUndefined();
  });

  test('tokens count as unreported when a total is not a valid count', () => {
    for (const total of [undefined, null, -1, Number.NaN, 0.5, '1']) {
      expect(tokensOf({ input_tokens: total, output_tokens: 1 })).toBeUndefined();
      expect(tokensOf({ input_tokens: 1, output_tokens: total })).toBeUndefined();
    }
  });
});

describe('terms of service', () => {
  test.each([
    [
      'the standard ones are absent',
      { speed: 'standard', inference_geo: 'global', service_tier: 'standard' },
      'standard',
    ],
    ['a model older than the parameter has no region', { inference_geo: 'not_available', speed: null }, undefined],
    ['empty texts are absent', { speed: '', inference_geo: '', service_tier: '' }, undefined],
    ['a tier may be in capitals', { service_tier: 'PRIORITY' }, 'priority'],
    ['a number is no known tier', { service_tier: 7 }, '7'],
    ['other types are no terms', { speed: 2, inference_geo: {}, service_tier: null }, undefined],
    ['no usage has none', undefined, undefined],
  ])('the terms of service are read from the usage: %s', (_, usage, tier) => {
    expect(anthropicTerms(usage)).toEqual({ tier, speed: undefined, region: undefined });
  });

  test('all other terms are passed on as stated in the reply', () => {
    const usage = { speed: 'turbo', inference_geo: 'eu', service_tier: 'ultrafast' };
    expect(anthropicTerms(usage)).toEqual({ speed: 'turbo', region: 'eu', tier: 'ultrafast' });
    expect(anthropicTerms({ speed: 'fast', inference_geo: 'us', service_tier: 'priority' })).toEqual({
      speed: 'fast',
      region: 'us',
      tier: 'priority',
    });
  });
});
