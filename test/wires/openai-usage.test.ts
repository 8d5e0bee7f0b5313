import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chatUsage, responsesUsage, tierOf } from '../../src/wires/openai-usage.ts';

describe('usage of OpenAI', () => {
  test('cached, written and audio tokens are parts of the prompt; reasoning and audio are parts of the completion', () => {
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 300,
      total_tokens: 1300,
      prompt_tokens_details: { cached_tokens: 640, audio_tokens: 100, cache_write_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 128, audio_tokens: 50, accepted_prediction_tokens: 4 },
    };
    expect(chatUsage(usage)).toEqual({
      input: 200,
      cacheRead: 640,
      inputAudio: 100,
      cacheWrite5m: 60,
      output: 250,
      outputAudio: 50,
      reasoning: 128,
    });
  });

  test('cached and audio tokens that together exceed the prompt count as cached audio', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 80, audio_tokens: 50 },
    };
    expect(chatUsage(usage)).toEqual({ input: 0, cacheRead: 50, inputAudio: 20, cacheReadAudio: 30, output: 1 });
  });

  test('cache writes of a response are counted by lifetime, and its web searches beside the tokens', () => {
    const usage = {
      input_tokens: 100,
      input_tokens_details: {
        cached_tokens: 10,
        cache_write_tokens: 40,
        cache_write_tokens_details: { ttl_30m_tokens: 30, ttl_12h_tokens: 10 },
      },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 105,
    };
    expect(responsesUsage(usage, 2)).toEqual({
      input: 50,
      cacheRead: 10,
      cacheWrite5m: 30,
      cacheWrite1h: 10,
      output: 5,
      webSearch: 2,
    });
  });

  test('reasoning that a vendor leaves out of the completion is added when the total includes it', () => {
    const separate = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 22,
      completion_tokens_details: { reasoning_tokens: 7 },
    };
    expect(chatUsage(separate)).toEqual({ input: 10, output: 12, reasoning: 7 });
    expect(chatUsage({ ...separate, total_tokens: 15 })).toEqual({ input: 10, output: 5, reasoning: 5 });
    // A total that adds up to something else shows nothing.
    expect(chatUsage({ ...separate, total_tokens: 23 })).toEqual({ input: 10, output: 5, reasoning: 5 });
  });

  test('usage counts as unreported when a total is missing or not a valid count', () => {
    for (const total of [undefined, null, -1, Number.NaN, 1.5, '7', Number.POSITIVE_INFINITY]) {
      expect(chatUsage({ prompt_tokens: total, completion_tokens: 1 })).toBeUndefined();
      expect(chatUsage({ prompt_tokens: 1, completion_tokens: total })).toBeUndefined();
    }
    expect(chatUsage(null)).toBeUndefined();
  });

  test('cache writes of both lifetimes are never negative and add up to the writes, whatever the breakdown says', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.option(fc.nat(100)), (input, written, longLived) => {
        const usage = responsesUsage(
          {
            input_tokens: input,
            input_tokens_details: {
              cache_write_tokens: written,
              cache_write_tokens_details: { ttl_12h_tokens: longLived },
            },
            output_tokens: 1,
          },
          0,
        );
        const { cacheWrite5m = 0, cacheWrite1h = 0 } = usage ?? {};
        expect(cacheWrite5m + cacheWrite1h).toBe(Math.min(written, input));
        expect(cacheWrite1h).toBe(Math.min(longLived ?? 0, written, input));
      }),
    );
  });

  test('every token of the totals is counted exactly once, whatever the details are', () => {
    const count = fc.oneof(fc.nat(200), fc.constantFrom(undefined, null, -5, Number.NaN));
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.nat(100),
        count,
        count,
        count,
        count,
        (prompt, completion, cached, audio, written, out) => {
          const usage = chatUsage({
            prompt_tokens: prompt,
            completion_tokens: completion,
            total_tokens: prompt + completion,
            prompt_tokens_details: { cached_tokens: cached, audio_tokens: audio, cache_write_tokens: written },
            completion_tokens_details: { audio_tokens: out },
          });
          const { output = 0, outputAudio = 0, ...input } = usage ?? {};
          expect(output + outputAudio).toBe(completion);
          expect(Object.values(input).reduce((sum, part) => sum + part, 0)).toBe(prompt);
          for (const part of Object.values(usage ?? {})) expect(part).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

test('a tier without its own price is undefined', () => {
  const tiers = ['default', 'flex', 'priority', 'fast', 'auto', 'scale', null].map(tier =>
    tierOf({ service_tier: tier }),
  );
  expect(tiers).toEqual(['standard', 'flex', 'priority', 'priority', undefined, undefined, undefined]);
});
