import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputTokens } from '../../src/core/ledger/usage.ts';
import { readUsage, statedTokens, tierOf, tierOfUsage } from '../../src/wires/openai-usage.ts';

const usageOf = (usage: unknown) => readUsage(usage).usage;
const unpricedOf = (usage: unknown) => readUsage(usage).unpriced;

describe('meters', () => {
  test('cached, written and audio tokens are parts of the prompt; reasoning and audio are parts of the completion', () => {
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 300,
      total_tokens: 1300,
      prompt_tokens_details: { cached_tokens: 640, audio_tokens: 100, cache_write_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 128, audio_tokens: 50, accepted_prediction_tokens: 4 },
    };
    expect(readUsage(usage)).toEqual({
      usage: {
        input: 200,
        cacheRead: 640,
        inputAudio: 100,
        cacheWrite5m: 60,
        output: 250,
        outputAudio: 50,
        reasoning: 128,
      },
      unpriced: [],
      hasSearches: false,
    });
  });

  test('cached and audio tokens that together exceed the prompt count as cached audio', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 80, audio_tokens: 50 },
    };
    expect(usageOf(usage)).toEqual({ input: 0, cacheRead: 50, inputAudio: 20, cacheReadAudio: 30, output: 1 });
  });

  test('audio is outside the prompt if there is more of it than the prompt has, or if the total adds exactly that much', () => {
    const usage = (audio: number, total?: number) => ({
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: total,
      prompt_tokens_details: { audio_tokens: audio },
    });
    expect(usageOf(usage(10))).toEqual({ input: 0, inputAudio: 10, output: 5 });
    expect(usageOf(usage(11))).toEqual({ input: 10, inputAudio: 11, output: 5 });
    expect(usageOf(usage(11, 17))).toEqual({ input: 10, inputAudio: 11, output: 5 });
    expect(usageOf(usage(11, 30))).toEqual({ input: 10, inputAudio: 11, output: 9 });
    expect(usageOf(usage(8, 23))).toEqual({ input: 10, inputAudio: 8, output: 5 });
    expect(usageOf(usage(8, 24))).toEqual({ input: 2, inputAudio: 8, output: 14 });
  });

  test('the output is the larger of the completion and the part of the total beside the prompt', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 3 } };
    const outputs = [undefined, 0, 14, 15, 18, 23, 900].map(
      total => usageOf({ ...usage, total_tokens: total })?.output,
    );
    expect(outputs).toEqual([5, 5, 5, 5, 8, 13, 890]);
  });

  test.each([
    [{}, { audio_tokens: 400 }, ['usage.audio_tokens beyond the output']],
    [{}, { image_tokens: 5000 }, ['usage.image_tokens beyond the output']],
    [{}, { audio_tokens: 60, image_tokens: 60 }, ['usage.image_tokens beyond the output']],
    [{}, { audio_tokens: 60, image_tokens: 40 }, []],
    [{ audio_tokens: 5000 }, {}, ['usage.audio_tokens beyond the input']],
    [{ audio_tokens: 1000 }, {}, []],
    [{ cached_tokens: 800, cache_write_tokens: 300 }, {}, ['usage.cache_write_tokens beyond the input']],
    [{ cached_tokens: 800, cache_write_tokens: 200 }, {}, []],
  ])(
    'a part larger than its whole is reported as unpriced: %j of the prompt, %j of the completion',
    (prompt, completion, unpriced) => {
      const usage = {
        prompt_tokens: 1000,
        completion_tokens: 100,
        prompt_tokens_details: prompt,
        completion_tokens_details: completion,
      };
      expect(unpricedOf(usage)).toEqual(unpriced);
      expect(unpricedOf({ ...usage, total_tokens: 1100 })).toEqual(unpriced);
    },
  );

  test('audio that the total adds to the prompt is not a contradiction', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { audio_tokens: 11 } };
    expect(unpricedOf({ ...usage, total_tokens: 26 })).toEqual([]);
  });

  test('reasoning above the output is billed as output without a stated total, and reported if the total leaves it out', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 7 } };
    expect(readUsage(usage)).toMatchObject({ usage: { input: 10, output: 12, reasoning: 7 }, unpriced: [] });
    expect(readUsage({ ...usage, total_tokens: 22 })).toMatchObject({ usage: { output: 12 }, unpriced: [] });
    expect(readUsage({ ...usage, total_tokens: 15 })).toMatchObject({
      usage: { output: 5, reasoning: 5 },
      unpriced: ['usage.reasoning_tokens'],
    });
  });

  test.each([
    ['the total has them beside the prompt', 1000, 110 + 900, 10],
    // The rest of the total is output, as it is without a cache.
    ['the total has them and the reasoning beside it', 1000, 110 + 900 + 8, 18],
    ['there are more of them than the prompt has', 10, undefined, 10],
  ])('cached tokens are outside the prompt when %s', (_, prompt, total, output) => {
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: 10,
      total_tokens: total === undefined ? undefined : prompt + total - 100,
      completion_tokens_details: { reasoning_tokens: 8 },
      cache_read_input_tokens: 600,
      cache_creation_input_tokens: 300,
    };
    expect(usageOf(usage)).toMatchObject({ input: prompt, cacheRead: 600, cacheWrite5m: 300, output });
  });

  test('cache writes of both lifetimes are never negative and add up to the writes, for any breakdown', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.option(fc.nat(100)), (input, written, longLived) => {
        const usage = usageOf({
          input_tokens: input,
          input_tokens_details: {
            cache_write_tokens: written,
            cache_write_tokens_details: { ttl_12h_tokens: longLived },
          },
          output_tokens: 1,
        });
        const writes = Math.max(written, longLived ?? 0);
        const { cacheWrite5m = 0, cacheWrite1h = 0 } = usage ?? {};
        expect(cacheWrite5m + cacheWrite1h).toBe(writes);
        expect(cacheWrite1h).toBe(longLived ?? 0);
      }),
    );
  });

  test('every token of the totals is counted exactly once where the parts fit into them', () => {
    const count = fc.oneof(fc.nat(200), fc.constantFrom(undefined, null));
    fc.assert(
      fc.property(
        fc.record({ prompt: fc.nat(200), completion: fc.nat(100), thoughts: fc.nat(50) }),
        fc.record({ cached: count, audio: count, written: count, spoken: count, drawn: count }),
        ({ prompt, completion, thoughts }, { cached, audio, written, spoken, drawn }) => {
          fc.pre(Math.max(cached ?? 0, audio ?? 0, written ?? 0) <= prompt);
          fc.pre(thoughts === 0 || ![(cached ?? 0) + (written ?? 0), audio ?? 0].includes(thoughts));
          const usage = usageOf({
            prompt_tokens: prompt,
            completion_tokens: completion,
            total_tokens: prompt + completion + thoughts,
            prompt_tokens_details: { cached_tokens: cached, audio_tokens: audio, cache_write_tokens: written },
            completion_tokens_details: { audio_tokens: spoken, image_tokens: drawn },
          });
          const { output = 0, outputAudio = 0, outputImage = 0 } = usage ?? {};
          expect(output + outputAudio + outputImage).toBe(completion + thoughts);
          expect(inputTokens(usage ?? {})).toBe(prompt);
          for (const part of Object.values(usage ?? {})) expect(part).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test('no count of any field gives a meter that is negative or not an integer', () => {
    const count = fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER));
    const names = [
      'prompt_tokens',
      'completion_tokens',
      'total_tokens',
      'cached_tokens',
      'cache_creation_input_tokens',
      'claude_cache_creation_1_h_tokens',
      'reasoning_tokens',
    ];
    const details = ['cached_tokens', 'cache_write_tokens', 'audio_tokens', 'image_tokens', 'reasoning_tokens'];
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), count),
        fc.dictionary(fc.constantFrom(...details), count),
        fc.dictionary(fc.constantFrom(...details), count),
        (usage, prompt, completion) => {
          const meters = usageOf({ ...usage, prompt_tokens_details: prompt, completion_tokens_details: completion });
          for (const meter of Object.values(meters ?? {})) {
            expect(meter).toBeGreaterThanOrEqual(0);
            expect(meter % 1).toBe(0);
          }
        },
      ),
    );
  });
});

describe('usage that leaves out the input or the output', () => {
  const details = { prompt_tokens_details: { cached_tokens: 4 } };
  test.each([
    [{}, undefined],
    [{ total_tokens: 0 }, undefined],
    [{ prompt_tokens: 9 }, { input: 9 }],
    [{ completion_tokens: 5 }, { output: 5 }],
    [{ total_tokens: 14 }, { total: 14 }],
    [
      { completion_tokens: 5, total_tokens: 14 },
      { output: 5, total: 14 },
    ],
    [
      { ...details, completion_tokens: 5, total_tokens: 20 },
      { cacheRead: 4, output: 5, total: 20 },
    ],
    // Nothing is left for an input.
    [{ completion_tokens: 5, total_tokens: 5 }, { output: 5 }],
    [{ completion_tokens: 5, total_tokens: 3 }, { output: 5 }],
  ])(
    'usage of %j keeps the counts that it states, and its total only where that includes an input too',
    (usage, stated) => {
      expect(readUsage(usage)).toMatchObject({ usage: undefined, partialUsage: stated });
    },
  );
});

describe('alternative field names', () => {
  const counts = (more: object) => usageOf({ prompt_tokens: 100, completion_tokens: 1, ...more });

  test('a count in the details takes precedence over the same count at the top level, unless it is 0', () => {
    const top = { prompt_cache_hit_tokens: 80 };
    expect(counts({ ...top, prompt_tokens_details: { cached_tokens: 60 } })).toMatchObject({ cacheRead: 60 });
    expect(counts({ ...top, prompt_tokens_details: { cached_tokens: 0 } })).toMatchObject({ cacheRead: 80 });
    expect(counts({ ...top, prompt_tokens_details: null })).toMatchObject({ cacheRead: 80 });
  });

  test.each([
    'cached_tokens',
    'cache_read_tokens',
    'cache_read_input_tokens',
    'prompt_cache_hit_tokens',
    'num_cached_tokens',
  ])('`%s` at the top level counts as cached tokens', name => {
    expect(counts({ [name]: 40 })).toEqual({ input: 60, cacheRead: 40, output: 1 });
  });

  test.each([
    { cache_write_tokens: 40 },
    { cache_creation_tokens: 40 },
    { cached_creation_tokens: 40 },
    { cache_creation_input_tokens: 40 },
    { cache_write_input_tokens: 40 },
    { cache_creation: { ephemeral_5m_input_tokens: 40 } },
    { cache_creation: { cache_creation_input_tokens: 40 } },
  ])('%j counts as cache writes, at the top level or in the details', field => {
    expect(counts(field)).toEqual({ input: 60, cacheWrite5m: 40, output: 1 });
    expect(counts({ prompt_tokens_details: field })).toEqual({ input: 60, cacheWrite5m: 40, output: 1 });
  });

  test('details, and reasoning, have one more spelling each', () => {
    const details = { prompt_token_details: { cached_tokens: 40 }, completion_token_details: { reasoning_tokens: 1 } };
    expect(counts(details)).toEqual({ input: 60, cacheRead: 40, output: 1, reasoning: 1 });
    for (const more of [{ reasoning_output_tokens: 1 }, { output_tokens_details: { thinking_tokens: 1 } }])
      expect(counts(more)).toEqual({ input: 100, output: 1, reasoning: 1 });
  });

  test('the field names of either API are read in both', () => {
    expect(usageOf({ input_tokens: 3, output_tokens: 4 })).toEqual({ input: 3, output: 4 });
    expect(usageOf({ prompt_tokens: 3, completion_tokens: 4, input_tokens: 0, output_tokens: 0 })).toEqual({
      input: 3,
      output: 4,
    });
  });
});

describe('counts that have no meter', () => {
  const base = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };

  test('counts of a cache are reported if their names leave open whether the input includes them', () => {
    const cached = { cache_read_input_tokens: 40, cache_creation_input_tokens: 0 };
    expect(unpricedOf({ input_tokens: 100, output_tokens: 1, ...cached })).toEqual(['usage.cache_read_input_tokens']);
    // OpenAI's own names, or a total, show whether it does.
    expect(unpricedOf({ prompt_tokens: 100, completion_tokens: 1, ...cached })).toEqual([]);
    expect(unpricedOf({ input_tokens: 100, output_tokens: 1, total_tokens: 141, ...cached })).toEqual([]);
  });

  test('cached tokens beyond the input contradict a total that is the sum of input and output, and no other total', () => {
    const named = (total: number | undefined, cached = 101) =>
      unpricedOf({ ...base, total_tokens: total, prompt_tokens_details: { cached_tokens: cached } });
    expect(named(110)).toEqual(['usage.cached_tokens beyond the input']);
    expect([named(110, 100), named(211), named(undefined)]).toEqual([[], [], []]);
    const { completion_tokens: _, ...noOutput } = { ...base, total_tokens: 100 };
    expect(unpricedOf({ ...noOutput, input_tokens_details: { cached_tokens: 101 } })).toEqual([
      'usage.cached_tokens beyond the input',
    ]);
    expect(unpricedOf({ total_tokens: 10, prompt_tokens_details: { cached_tokens: 101 } })).toEqual([]);
  });

  test('a field without a value is not an unknown count', () => {
    expect(unpricedOf({ ...base, prompt_tokens_details: { cached_tokens: undefined, audio_tokens: null } })).toEqual(
      [],
    );
  });

  test.each([
    [{ video_tokens: 40 }, 'usage.video_tokens'],
    [{ completion_tokens_details: { video_tokens: 1 } }, 'usage.completion_tokens_details.video_tokens'],
    [{ advisor: { input_tokens: 5 } }, 'usage.advisor.input_tokens'],
    [{ advisors: [{ model: 'm' }, { usage: { tokens: 5 } }] }, 'usage.advisors.1.usage.tokens'],
    [{ server_side_tool_usage_details: { x_search_calls: 8 } }, 'usage.server_side_tool_usage_details.x_search_calls'],
    [{ server_tool_use: { map_requests: 1 } }, 'usage.server_tool_use.map_requests'],
    [{ prompt_audio_seconds: 12 }, 'usage.prompt_audio_seconds'],
    [{ num_sources_used: 3 }, 'usage.num_sources_used'],
    [{ num_server_side_tools_used: 2 }, 'usage.num_server_side_tools_used'],
    [{ videoTokens: 40 }, 'usage.videoTokens'],
    [{ video_tokens: '40' }, 'usage.video_tokens'],
    [{ video_tokens: 0.5 }, 'usage.video_tokens'],
    [{ video_tokens: -1 }, 'usage.video_tokens'],
    [{ toString: 0, constructor_tokens: 1 }, 'usage.constructor_tokens'],
    [{ billed_units: { search_units: 1 } }, 'usage.billed_units.search_units'],
    [{ pages_processed: 3 }, 'usage.pages_processed'],
    [{ duration_seconds: 1.5 }, 'usage.duration_seconds'],
    [{ server_tool_use: { browser_sessions: 1 } }, 'usage.server_tool_use.browser_sessions'],
  ])('an unknown count above 0 is reported as unpriced with its path: %j', (more, path) => {
    expect(readUsage({ ...base, ...more })).toMatchObject({ usage: { input: 100, output: 10 }, unpriced: [path] });
  });

  test.each([
    { video_tokens: 0, advisor: null, holograms: { tokens: 0 } },
    { queue_time: 0.03, total_latency: 0.4, completion_tokens_per_sec: 135.1, neurons: 1.7, cost: 1 },
    { completion_tokens_details: { accepted_prediction_tokens: 4, rejected_prediction_tokens: 2, text_tokens: 4 } },
    { prompt_tokens_details: { text_tokens: 60, image_tokens: 40 } },
    { context_details: { input_tokens: 9, output_tokens: 4 }, billing_usage: { openai_usage: { prompt_tokens: 9 } } },
    { server_tool_use: { web_fetch_requests: 2 } },
    { num_server_side_tools_used: 3, server_side_tool_usage_details: { mcp_calls: 3 } },
    { prompt_audio_seconds: {}, search_context_size: 'low', is_byok: true },
    { prompt_time: 0.1, total_duration: 5_000, tokens_per_second: 12.5 },
  ])('zeros, rates, and parts of billed counts are not reported as unpriced: %j', more => {
    expect(unpricedOf({ ...base, ...more })).toEqual([]);
  });

  test('cached tokens under Anthropic’s names are reported if no total shows whether the input includes them', () => {
    const usage = { input_tokens: 1000, output_tokens: 5, cache_read_input_tokens: 300 };
    expect(unpricedOf(usage)).toEqual(['usage.cache_read_input_tokens']);
    expect(unpricedOf({ ...usage, total_tokens: 1005 })).toEqual([]);
    expect(unpricedOf({ ...usage, total_tokens: 1305 })).toEqual([]);
    expect(unpricedOf({ ...usage, cache_read_input_tokens: 0 })).toEqual([]);
  });

  test('usage that is a list has no counts', () => {
    expect(usageOf([{ prompt_tokens: 5, completion_tokens: 6 }])).toBeUndefined();
  });

  test.each(['80', 0.5, -1, 1e300, Number.NaN, true, [80]])(
    'a billed field of %j is not a count, and is reported as unpriced',
    value => {
      const reading = readUsage({ ...base, prompt_tokens_details: { cached_tokens: value } });
      expect(reading.usage).toEqual({ input: 100, output: 10 });
      expect(reading.unpriced[0]).toMatch(/^usage\.prompt_tokens_details\.cached_tokens/);
    },
  );

  test('usage counts as unreported, and is reported as unpriced, if a total is missing or not a count', () => {
    for (const total of [-1, Number.NaN, 1.5, '7', Number.POSITIVE_INFINITY]) {
      expect(readUsage({ prompt_tokens: total, completion_tokens: 1 })).toMatchObject({
        unpriced: ['usage.prompt_tokens'],
      });
      expect(usageOf({ prompt_tokens: total, completion_tokens: 1 })).toBeUndefined();
      expect(usageOf({ prompt_tokens: 1, completion_tokens: total })).toBeUndefined();
    }
    for (const usage of [undefined, null, 7, 'usage', {}, { total_tokens: 110 }, { prompt_tokens: 1 }]) {
      expect(readUsage(usage)).toMatchObject({ unpriced: [], hasSearches: false });
      expect(usageOf(usage)).toBeUndefined();
    }
  });

  test('hostile usage reports at most 20 fields, each in at most 100 characters, and does not throw at any depth', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`a${index}_tokens`, 1]));
    expect(unpricedOf({ ...base, ...many, [`${'x'.repeat(5000)}_tokens`]: 1 })).toHaveLength(20);
    expect(unpricedOf({ ...base, [`${'x'.repeat(5000)}_tokens`]: 1 })[0]).toHaveLength(100);
    let deep: object = { tokens: 1 };
    for (let depth = 0; depth < 100_000; depth++) deep = { a: deep };
    expect(readUsage({ ...base, deep }).usage).toEqual({ input: 100, output: 10 });
  });
});

test('searches that the usage counts are a meter, and a count of 0 shows that the vendor counts searches', () => {
  const base = { prompt_tokens: 1, completion_tokens: 1 };
  expect(readUsage({ ...base, server_tool_use: { web_search_requests: 2 } })).toMatchObject({
    usage: { webSearch: 2 },
    hasSearches: true,
  });
  expect(readUsage({ ...base, server_tool_use: { web_search_requests: 0 } })).toEqual({
    usage: { input: 1, output: 1 },
    unpriced: [],
    hasSearches: true,
  });
});

test('speed and region are reported unless they are the standard ones', () => {
  const base = { prompt_tokens: 1, completion_tokens: 1 };
  expect(readUsage({ ...base, speed: 'fast', inference_geo: 'us' })).toMatchObject({ speed: 'fast', region: 'us' });
  for (const geo of ['global', 'not_available', null, ''])
    expect(readUsage({ ...base, speed: 'standard', inference_geo: geo })).toEqual({
      usage: { input: 1, output: 1 },
      unpriced: [],
      hasSearches: false,
    });
});

test('a tier at the standard price is reported as the standard one, and an unknown tier keeps its name', () => {
  const tiers = ['default', 'auto', 'on_demand', 'standard', 'flex', 'batch', 'priority', 'fast', 'scale', 'ultrafast'];
  expect(tiers.map(tierOf)).toEqual([
    'standard',
    'standard',
    'standard',
    'standard',
    'flex',
    'batch',
    'priority',
    'priority',
    'scale',
    'ultrafast',
  ]);
  expect([null, undefined, '', {}].map(tierOf)).toEqual(Array.from({ length: 4 }));
  expect(['PRIORITY', 'Flex', 'Scale', 7].map(tierOf)).toEqual(['priority', 'flex', 'Scale', '7']);
});

test('the tier may be in the usage, and Google calls it a traffic type', () => {
  const google = (traffic: string) => tierOfUsage({ extra_properties: { google: { traffic_type: traffic } } });
  expect(['ON_DEMAND', 'ON_DEMAND_FLEX', 'ON_DEMAND_PRIORITY', 'PROVISIONED_THROUGHPUT'].map(google)).toEqual([
    'standard',
    'flex',
    'priority',
    'PROVISIONED_THROUGHPUT',
  ]);
  expect(tierOfUsage({ service_tier: 'flex' })).toBe('flex');
  expect([{}, null, { extra_properties: null }].map(tierOfUsage)).toEqual([undefined, undefined, undefined]);
});

test('a usage has token counts exactly when it can be read', () => {
  expect(statedTokens({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 9 })).toBe(7);
  expect(statedTokens({ input_tokens: 3, output_tokens: 4 })).toBe(7);
  expect(statedTokens({ prompt_tokens: 3, total_tokens: 9 })).toBe(12);
  const count = fc.constantFrom(undefined, null, 0, 5, -1, '5');
  const names = ['prompt_tokens', 'input_tokens', 'completion_tokens', 'output_tokens', 'total_tokens'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), count), usage => {
      expect(statedTokens(usage) === undefined).toBe(usageOf(usage) === undefined);
    }),
  );
});
