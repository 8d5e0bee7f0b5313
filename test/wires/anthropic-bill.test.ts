import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicBill, anthropicPartialUsage } from '../../src/wires/anthropic-bill.ts';
import { anthropicContent } from '../../src/wires/anthropic-content.ts';

interface End {
  readonly model?: string;
  readonly stopReason?: string;
  readonly category?: string | undefined;
  readonly blocks?: readonly unknown[];
}

function bill(usage: unknown, { model = 'opus', stopReason = 'end_turn', category, blocks = [] }: End = {}) {
  const content = anthropicContent();
  for (const block of blocks) content.add(block);
  return anthropicBill(usage, { model, stopReason, category, content });
}

const counts = (input_tokens: number, output_tokens: number, more: object = {}) => ({
  input_tokens,
  output_tokens,
  ...more,
});
const entry = (type: string, input: number, output: number, more: object = {}) => ({
  type,
  ...counts(input, output, more),
});
const handover = (from: string, category: string | null) => ({
  type: 'fallback',
  from: { model: from },
  to: { model: 'sonnet' },
  trigger: { type: 'refusal', category },
});

describe('a reply of one call', () => {
  test('the bill has its tokens by lifetime, its thinking and its searches', () => {
    const usage = counts(2095, 503, {
      cache_creation_input_tokens: 556,
      cache_read_input_tokens: 1000,
      cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
      output_tokens_details: { thinking_tokens: 200 },
      server_tool_use: { web_search_requests: 3, web_fetch_requests: 1 },
    });
    const own = { input: 2095, cacheRead: 1000, cacheWrite5m: 456, cacheWrite1h: 100, output: 503 };
    expect(bill(usage)).toEqual({ usage: { ...own, webSearch: 3, reasoning: 200 } });
  });

  test('thinking is never more than the output', () => {
    const usage = counts(1, 5, { output_tokens_details: { thinking_tokens: 9 } });
    expect(bill(usage).usage).toEqual({ input: 1, output: 5, reasoning: 5 });
  });

  test('an iteration that is the whole reply is not a separate call', () => {
    const one = entry('message', 10, 20, { cache_read_input_tokens: 5, model: null });
    const usage = counts(10, 20, { cache_read_input_tokens: 5, server_tool_use: { web_search_requests: 1 } });
    const expected = { usage: { input: 10, cacheRead: 5, output: 20, webSearch: 1 } };
    expect(bill({ ...usage, iterations: [one] })).toEqual(expected);
    expect(bill({ ...usage, iterations: [{ ...one, model: 'opus' }] })).toEqual(expected);
    expect(bill({ ...usage, iterations: [] })).toEqual(expected);
    expect(bill({ ...usage, iterations: null })).toEqual(expected);
  });

  test('usage without totals does not count as usage, and its invalid counts are reported', () => {
    expect(bill(undefined)).toEqual({});
    expect(bill({ input_tokens: '7', output_tokens: 1 })).toEqual({ unpriced: ['usage.input_tokens'] });
  });
});

describe('calls inside a reply', () => {
  test('a compaction is added to the totals, which leave it out, and is a separate call', () => {
    const iterations = [
      entry('compaction', 180_000, 3_500, { cache_read_input_tokens: 5 }),
      entry('message', 23_000, 1_000),
    ];
    expect(bill(counts(23_000, 1_000, { iterations }))).toEqual({
      usage: { input: 203_000, cacheRead: 5, output: 4_500 },
      calls: [{ usage: { input: 180_000, cacheRead: 5, output: 3_500 } }, { usage: { input: 23_000, output: 1_000 } }],
    });
  });

  test('an advisor is a call of its own model, and the turns around it are calls of the reply’s model', () => {
    const own = entry('message', 50_000, 5_000, { model: 'haiku' });
    const advisor = entry('advisor_message', 40_000, 4_000, { model: 'opus' });
    const usage = counts(100_000, 10_000, {
      iterations: [own, advisor, own],
      server_tool_use: { web_search_requests: 2 },
    });
    expect(bill(usage, { model: 'haiku' })).toEqual({
      usage: { input: 140_000, output: 14_000, webSearch: 2 },
      calls: [
        { usage: { input: 50_000, output: 5_000 } },
        { model: 'opus', usage: { input: 40_000, output: 4_000 } },
        { usage: { input: 50_000, output: 5_000, webSearch: 2 } },
      ],
    });
  });

  test('an advisor without a model is reported as unpriced', () => {
    const iterations = [entry('message', 1, 2), entry('advisor_message', 3, 4)];
    expect(bill(counts(1, 2, { iterations })).unpriced).toEqual(['usage.iterations.advisor_message.model']);
  });

  test('totals that count only the first turn do not hide the other turns', () => {
    // The vendor's own example of an earlier version.
    const iterations = [
      entry('message', 412, 89),
      entry('advisor_message', 823, 1_612, { model: 'opus' }),
      entry('message', 1_348, 442, { cache_read_input_tokens: 412 }),
    ];
    expect(bill(counts(412, 531, { iterations }), { model: 'haiku' }).usage).toEqual({
      input: 412 + 823 + 1_348,
      cacheRead: 412,
      output: 531 + 1_612,
    });
  });

  test('tokens that are in the totals and in no iteration are billed too, at the reply’s own model', () => {
    const iterations = [entry('message', 10, 20)];
    const totals = {
      cache_read_input_tokens: 7,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      server_tool_use: { web_search_requests: 1 },
    };
    const rest = { input: 5, cacheRead: 7, cacheWrite5m: 10, cacheWrite1h: 20, output: 6 };
    expect(bill(counts(15, 26, { ...totals, iterations }))).toEqual({
      usage: { ...rest, input: 15, output: 26, webSearch: 1 },
      calls: [{ usage: { input: 10, output: 20 } }, { usage: { ...rest, webSearch: 1 } }],
    });
  });

  test('iterations without the lifetimes of their cache writes get them from the totals', () => {
    const totals = {
      cache_creation_input_tokens: 4814,
      cache_creation: { ephemeral_5m_input_tokens: 2021, ephemeral_1h_input_tokens: 2793 },
    };
    const iterations = [
      entry('message', 2, 833, { cache_creation_input_tokens: 2793 }),
      entry('message', 2, 113, { cache_creation_input_tokens: 2021 }),
    ];
    expect(bill(counts(4, 946, { ...totals, iterations }))).toMatchObject({
      usage: { input: 4, cacheWrite5m: 2021, cacheWrite1h: 2793, output: 946 },
      calls: [{ usage: { cacheWrite1h: 2793 } }, { usage: { cacheWrite5m: 2021 } }],
    });
    const known = [2793, 2021].map((written, index) => ({
      ...iterations[index],
      cache_creation: { ephemeral_1h_input_tokens: written },
    }));
    expect(bill(counts(4, 946, { cache_creation_input_tokens: 4814, iterations: known })).usage).toMatchObject({
      cacheWrite1h: 2793 + 2021,
    });
  });

  test('an iteration of an unknown type is reported as unpriced, and its tokens in the totals are billed', () => {
    const iterations = [entry('message', 10, 20), entry('dream', 5, 6, { model: 'x' })];
    expect(bill(counts(10, 20, { iterations }))).toEqual({
      usage: { input: 10, output: 20 },
      unpriced: ['usage.iterations.dream'],
    });
    expect(bill(counts(15, 26, { iterations }))).toMatchObject({ usage: { input: 15, output: 26 } });
  });

  test('iterations that are not a list are reported as unpriced', () => {
    expect(bill(counts(5, 6, { iterations: { 0: counts(5, 6) } })).unpriced).toEqual(['usage.iterations']);
    expect(bill(counts(5, 6, { iterations: {} })).unpriced).toBeUndefined();
  });

  test('an iteration without counts is reported as unpriced, and its tokens in the totals are billed', () => {
    const iterations = [{ type: 'message' }, { type: 'compaction', input_tokens: -1, output_tokens: 3 }];
    expect(bill(counts(10, 20, { iterations }))).toEqual({
      usage: { input: 10, output: 20 },
      unpriced: ['usage.iterations.message', 'usage.iterations.compaction.input_tokens', 'usage.iterations.compaction'],
    });
  });

  test('the usage is the sum over the calls, but never less than the totals of the reply', () => {
    const count = fc.nat(1000);
    const call = fc.record({
      type: fc.constantFrom('message', 'compaction', 'advisor_message', 'fallback_message'),
      model: fc.constantFrom('opus', 'sonnet', null),
      input_tokens: count,
      output_tokens: count,
      cache_read_input_tokens: count,
      cache_creation_input_tokens: fc.option(count),
      cache_creation: fc.option(fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count })),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 5 }), call, (iterations, totals) => {
        const { usage, calls = [{ usage }] } = bill({ ...totals, iterations });
        const { reasoning: _, ...meters } = usage ?? {};
        for (const [meter, sum] of Object.entries(meters)) {
          expect(calls.reduce((total, { usage: one }) => total + (one?.[meter as 'input'] ?? 0), 0)).toBe(sum);
        }
        expect(usage?.input).toBeGreaterThanOrEqual(totals.input_tokens);
        expect(usage?.output).toBeGreaterThanOrEqual(totals.output_tokens);
      }),
    );
  });
});

describe('models that decline', () => {
  const fallback = entry('fallback_message', 412, 264, { model: 'sonnet' });

  test.each([
    ['before any output is free', entry('message', 408, 0, { model: 'opus' }), [handover('opus', 'cyber')], 0],
    ['without a category is free', entry('message', 408, 0, { model: 'opus' }), [handover('opus', null)], 0],
    ['is billed in some categories', entry('message', 408, 0, { model: 'opus' }), [handover('opus', 'bio')], 408],
    ['after output is billed', entry('message', 408, 9, { model: 'opus' }), [handover('opus', 'cyber')], 408],
    ['without a word is free', entry('message', 408, 0, { model: 'opus' }), [], 0],
    ['and read nothing is free', entry('message', 0, 0, { model: 'opus' }), [handover('opus', 'bio')], 0],
  ])('an attempt that declined %s', (_, attempt, blocks, input) => {
    const { calls, unpriced } = bill(counts(412, 264, { iterations: [attempt, fallback] }), {
      model: 'sonnet',
      blocks,
    });
    const served = { model: 'sonnet', usage: { input: 412, output: 264 } };
    expect(unpriced).toBeUndefined();
    if (input === 0) expect(calls).toEqual([served]);
    else expect(calls).toEqual([{ model: 'opus', usage: { input, output: attempt.output_tokens } }, served]);
  });

  test('a fallback model that answers at once is a call of its own, as in the vendor’s iterations', () => {
    expect(bill(counts(412, 264, { iterations: [fallback] }), { model: 'sonnet' })).toEqual({
      usage: { input: 412, output: 264 },
      calls: [{ model: 'sonnet', usage: { input: 412, output: 264 } }],
    });
  });

  test('the tokens of an attempt that declined are not taken for the tokens of the totals', () => {
    const iterations = [entry('message', 408, 9, { model: 'opus' })];
    const end = { model: 'sonnet', blocks: [handover('opus', 'cyber')] };
    expect(bill(counts(412, 264, { iterations }), end).calls).toEqual([
      { model: 'opus', usage: { input: 408, output: 9 } },
      { usage: { input: 412, output: 264 } },
    ]);
  });

  test('an attempt without a model name gets the model that handed over, and its name is reported as uncertain', () => {
    const iterations = [entry('message', 408, 9), fallback];
    const end = { model: 'sonnet', blocks: [handover('opus', 'cyber')] };
    expect(bill(counts(412, 264, { iterations }), end)).toMatchObject({
      calls: [{ model: 'opus' }, { model: 'sonnet' }],
      unpriced: ['usage.iterations.message.model'],
    });
  });

  test.each([
    ['cyber', 0, 0],
    ['general_harms', 0, 0],
    [undefined, 0, 0],
    ['bio', 0, 412],
    ['frontier_llm', 0, 412],
    ['reasoning_extraction', 0, 412],
    ['cyber', 3, 412],
  ])('a refusal (%s, %d output tokens) is billed for %d input tokens', (category, output, input) => {
    const end = { stopReason: 'refusal', category };
    const expected = { usage: { input, output } };
    expect(bill(counts(412, output), end)).toEqual(expected);
    expect(bill(counts(412, output, { iterations: [entry('message', 412, output)] }), end)).toEqual(expected);
  });

  test('each model that declined is billed by the category of its own refusal', () => {
    const iterations = [
      entry('message', 1, 0, { model: 'a' }),
      entry('message', 2, 0, { model: 'b' }),
      entry('message', 4, 0, { model: 'c' }),
      fallback,
    ];
    const blocks = [handover('a', 'cyber'), handover('b', 'bio')];
    expect(bill(counts(412, 264, { iterations }), { model: 'sonnet', blocks }).calls).toEqual([
      { model: 'b', usage: { input: 2, output: 0 } },
      { model: 'sonnet', usage: { input: 412, output: 264 } },
    ]);
  });

  test('turns without output of a model that did not decline are billed', () => {
    const turn = entry('message', 5, 0, { model: 'sonnet' });
    const advisor = entry('advisor_message', 7, 0, { model: 'opus' });
    const end = { model: 'sonnet', blocks: [handover('opus', 'cyber')] };
    expect(bill(counts(417, 264, { iterations: [turn, advisor, fallback] }), end).calls).toEqual([
      { usage: { input: 5, output: 0 } },
      { model: 'opus', usage: { input: 7, output: 0 } },
      { model: 'sonnet', usage: { input: 412, output: 264 } },
    ]);
    const iterations = [entry('message', 5, 0), entry('message', 6, 0)];
    expect(bill(counts(11, 0, { iterations })).usage).toEqual({ input: 11, output: 0 });
    expect(bill(counts(11, 0, { iterations }), { stopReason: 'refusal' }).usage).toEqual({ input: 5, output: 0 });
  });

  test('a reply without output that is not a refusal is billed', () => {
    expect(bill(counts(412, 0))).toEqual({ usage: { input: 412, output: 0 } });
  });
});

describe('tools', () => {
  const search = { type: 'web_search_tool_result', content: [] };
  const code = { type: 'server_tool_use', name: 'bash_code_execution' };

  test('searches are counted from the blocks where the usage does not count them', () => {
    const blocks = [search, search];
    expect(bill(counts(1, 2), { blocks }).usage).toMatchObject({ webSearch: 2 });
    const usage = counts(1, 2, { server_tool_use: { web_search_requests: 0 } });
    expect(bill(usage, { blocks }).usage).toEqual({ input: 1, output: 2 });
  });

  test('a container that ran code is counted once, unless the tools of the web make it free', () => {
    expect(bill(counts(1, 2), { blocks: [code, code] }).usage).toEqual({ input: 1, output: 2, codeSession: 1 });
    const reported = counts(1, 2, { server_tool_use: { code_execution_requests: 4 } });
    expect(bill(reported)).toEqual({ usage: { input: 1, output: 2, codeSession: 1 } });
    const withFetch = counts(1, 2, { server_tool_use: { web_fetch_requests: 1 } });
    expect(bill(withFetch, { blocks: [code] }).usage).toEqual({ input: 1, output: 2 });
    const withBoth = counts(1, 2, { server_tool_use: { web_fetch_requests: 1, web_search_requests: 1 } });
    expect(bill(withBoth, { blocks: [code] }).usage).toEqual({ input: 1, output: 2, webSearch: 1 });
  });

  test('an unknown tool of the provider is reported as unpriced', () => {
    const blocks = [{ type: 'server_tool_use', name: 'map_lookup' }];
    expect(bill(counts(1, 2), { blocks }).unpriced).toEqual(['content.map_lookup']);
  });
});

describe('usage that has no meter', () => {
  test.each([
    [{ video_tokens: 40 }, ['usage.video_tokens']],
    [{ video_tokens: 0, audio_seconds: null, note: 'x', ratio: 0.5 }, undefined],
    [{ cache_creation: { ephemeral_24h_input_tokens: 7 } }, ['usage.cache_creation.ephemeral_24h_input_tokens']],
    [{ server_tool_use: { map_lookup_requests: 2 } }, ['usage.server_tool_use.map_lookup_requests']],
    [{ output_tokens_details: { audio_tokens: 3 } }, ['usage.output_tokens_details.audio_tokens']],
    [{ gpu: { warm: { audio_seconds: 3 } } }, ['usage.gpu.warm.audio_seconds']],
    [{ cache_read_input_tokens: null, server_tool_use: null, cache_creation: undefined }, undefined],
    [{ cache_read_input_tokens: -5 }, ['usage.cache_read_input_tokens']],
    [{ cache_read_input_tokens: '5' }, ['usage.cache_read_input_tokens']],
    [{ cache_creation_input_tokens: 1e300 }, ['usage.cache_creation_input_tokens']],
    [{ total_tokens: 3, cache_creation: null, fallback_credit: { status: { type: 'redeemed' } } }, undefined],
    [
      { iterations: [entry('message', 1, 2, { video_tokens: 1 }), entry('message', 1, 2, { video_tokens: 1 })] },
      ['usage.iterations.message.video_tokens'],
    ],
  ])('the unpriced fields of a usage with %j are %j', (more, unpriced) => {
    expect(bill(counts(1, 2, more)).unpriced).toEqual(unpriced);
  });

  test('a reply reports at most twenty unpriced fields, each with a short name, at any depth', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`a${index}_tokens`, 1]));
    expect(bill(counts(1, 2, many)).unpriced).toHaveLength(20);
    expect(bill(counts(1, 2, { [`${'a'.repeat(999)}_tokens`]: 1 })).unpriced).toEqual([`usage.${'a'.repeat(94)}`]);
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
    expect(bill(counts(1, 2, { deep }))).toEqual({ usage: { input: 1, output: 2 } });
  });

  test('after two hundred iterations the rest is billed by the totals, and the list is reported as unpriced', () => {
    const some = Array.from({ length: 200 }, () => entry('message', 1, 2));
    expect(bill(counts(200, 400, { iterations: some })).unpriced).toBeUndefined();
    const iterations = Array.from({ length: 300 }, () => entry('message', 1, 2));
    const { usage, calls, unpriced } = bill(counts(300, 600, { iterations }));
    expect(usage).toEqual({ input: 300, output: 600 });
    expect([calls?.length, calls?.at(-1)?.usage]).toEqual([201, { input: 100, output: 200 }]);
    expect(unpriced).toEqual(['usage.iterations']);
  });
});

describe('a reply without its whole usage', () => {
  const search = { type: 'web_search_tool_result', content: [] };
  const partial = (usage: unknown, ...blocks: readonly unknown[]) => {
    const content = anthropicContent();
    for (const block of blocks) content.add(block);
    return anthropicPartialUsage(usage, content);
  };

  test('the searches and the containers in a reply’s blocks count as used, beside its reported input', () => {
    const started = { input_tokens: 25, cache_read_input_tokens: 5, output_tokens: 1 };
    expect(partial({ ...started, server_tool_use: { web_search_requests: 0 } }, search, search)).toEqual({
      input: 25,
      cacheRead: 5,
      webSearch: 2,
    });
    expect(partial(undefined, search)).toEqual({ webSearch: 1 });
    expect(partial(undefined, { type: 'server_tool_use', name: 'code_execution' })).toEqual({ codeSession: 1 });
  });

  test('a reply without tool blocks has only the usage that it states, if any', () => {
    expect(partial(undefined, { type: 'text', text: 'Hello' })).toBeUndefined();
    expect(partial({ input_tokens: 0 })).toEqual({ input: 0 });
  });
});
