import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicInputUsage, anthropicTier, anthropicUsage, mergedUsage } from '../../src/wires/anthropic-usage.ts';

const USAGE = {
  input_tokens: 2095,
  cache_creation_input_tokens: 556,
  cache_read_input_tokens: 1000,
  cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
  output_tokens: 503,
  output_tokens_details: { thinking_tokens: 200 },
  server_tool_use: { web_search_requests: 3, web_fetch_requests: 1 },
  service_tier: 'priority',
};

describe('usage that Anthropic reports', () => {
  test('the input excludes cached tokens, and cache writes are counted by lifetime', () => {
    expect(anthropicUsage(USAGE)).toEqual({
      input: 2095,
      cacheRead: 1000,
      cacheWrite5m: 456,
      cacheWrite1h: 100,
      output: 503,
      webSearch: 3,
      reasoning: 200,
    });
    expect(anthropicTier(USAGE)).toBe('priority');
    expect(anthropicTier({ service_tier: 'fast' })).toBeUndefined();
  });

  test('cache writes without a breakdown count as five-minute writes', () => {
    expect(
      anthropicUsage({ input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 7, cache_creation: null }),
    ).toEqual({
      input: 1,
      output: 2,
      cacheWrite5m: 7,
    });
  });

  test('cache writes of both lifetimes are never negative and add up to the reported total', () => {
    const count = fc.option(fc.nat(1000));
    fc.assert(
      fc.property(count, count, count, (total, short, long) => {
        const usage = anthropicUsage({
          input_tokens: 1,
          output_tokens: 1,
          cache_creation_input_tokens: total,
          cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
        });
        const { cacheWrite5m = 0, cacheWrite1h = 0 } = usage ?? {};
        expect(Math.min(cacheWrite5m, cacheWrite1h)).toBeGreaterThanOrEqual(0);
        expect(cacheWrite5m + cacheWrite1h).toBe(total ?? (short ?? 0) + (long ?? 0));
        // Five minutes is the default lifetime: only the writes that are reported as longer are counted as longer.
        expect(cacheWrite1h).toBe(Math.min(long ?? 0, total ?? Infinity));
      }),
    );
  });

  test('usage at the end of a stream replaces the fields it repeats and keeps the others', () => {
    const start = { ...USAGE, output_tokens: 1, server_tool_use: null };
    const delta = {
      input_tokens: null,
      cache_creation_input_tokens: 700,
      output_tokens: 90,
      server_tool_use: { web_search_requests: 1 },
    };
    expect(anthropicUsage(mergedUsage(start, delta))).toMatchObject({
      input: 2095,
      cacheRead: 1000,
      cacheWrite5m: 600,
      cacheWrite1h: 100,
      output: 90,
      webSearch: 1,
    });
    expect(mergedUsage(undefined, null)).toEqual({});
  });

  test('the usage of compactions is added to the totals, which leave it out', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 1000, output_tokens: 50, cache_read_input_tokens: 5 },
      { type: 'message', input_tokens: 10, output_tokens: 20 },
    ];
    expect(anthropicUsage({ input_tokens: 10, output_tokens: 20, iterations })).toEqual({
      input: 1010,
      output: 70,
      cacheRead: 5,
    });
  });

  test('input usage can be read before the output is known', () => {
    expect(anthropicInputUsage({ ...USAGE, output_tokens: 1 })).toEqual({
      input: 2095,
      cacheRead: 1000,
      cacheWrite5m: 456,
      cacheWrite1h: 100,
    });
    expect(anthropicInputUsage({ input_tokens: -1 })).toBeUndefined();
  });

  test('thinking tokens are part of the output, and never more than the output', () => {
    const usage = { input_tokens: 1, output_tokens: 5, output_tokens_details: { thinking_tokens: 9 } };
    expect(anthropicUsage(usage)).toEqual({ input: 1, output: 5, reasoning: 5 });
  });

  test('usage counts as unreported when a total is not a valid count', () => {
    for (const total of [undefined, null, -1, Number.NaN, 0.5, '1']) {
      expect(anthropicUsage({ input_tokens: total, output_tokens: 1 })).toBeUndefined();
      expect(anthropicUsage({ input_tokens: 1, output_tokens: total })).toBeUndefined();
    }
  });
});
