import { describe, expect, test } from 'vitest';
import { chatBillFacts, newChatBill, readChatBill } from '../../src/wires/openai-chat-bill.ts';

type Json = Readonly<Record<string, unknown>>;

const usage = (prompt: number, completion: number): Json => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

function billOf(chunks: readonly Json[], model?: string) {
  const bill = newChatBill();
  const stated = chunks.map(chunk => readChatBill(bill, chunk));
  return { ...chatBillFacts(bill, model), stated, hasUsage: bill.hasUsage };
}

describe('the usage of a stream', () => {
  test('the last usage counts, because the counts of a stream are cumulative', () => {
    const bill = billOf([{ usage: usage(5, 1) }, { usage: null }, { usage: usage(5, 9) }]);
    expect(bill).toMatchObject({ usage: { input: 5, output: 9 }, stated: [true, false, true], hasUsage: true });
  });

  test('a last usage of zeros does not replace the counts before it', () => {
    expect(billOf([{ usage: usage(5, 9) }, { usage: usage(0, 0) }]).usage).toEqual({ input: 5, output: 9 });
    expect(billOf([{ usage: usage(0, 0) }]).usage).toEqual({ input: 0, output: 0 });
  });

  test('a usage that cannot be read is reported, unless a readable one follows', () => {
    const broken = { prompt_tokens: '100', completion_tokens: 5 };
    expect(billOf([{ usage: broken }])).toMatchObject({ unpriced: ['usage.prompt_tokens'], hasUsage: false });
    expect(billOf([{ usage: broken }]).usage).toBeUndefined();
    for (const chunks of [
      [{ usage: broken }, { usage: usage(5, 9) }],
      [{ usage: usage(5, 9) }, { usage: broken }],
    ])
      expect(billOf(chunks)).toMatchObject({ usage: { input: 5, output: 9 }, unpriced: undefined, hasUsage: true });
  });

  test('usage at the top level takes precedence over usage in a choice', () => {
    const chunk = { choices: [{ index: 0, usage: usage(5, 1) }], usage: usage(5, 2) };
    expect(billOf([chunk])).toMatchObject({ usage: { input: 5, output: 2 }, unpriced: undefined });
  });

  test('with usage in several choices the last one counts, and the others are reported as unpriced', () => {
    const choice = (index: number) => ({ choices: [{ index, usage: usage(5, index + 1) }] });
    expect(billOf([{ choices: [{ usage: usage(5, 1) }] }, choice(0)])).toMatchObject({ unpriced: undefined });
    expect(billOf([choice(0), {}]).stated).toEqual([true, false]);
    expect(billOf([choice(0), choice(0)])).toMatchObject({ usage: { output: 1 }, unpriced: undefined });
    expect(billOf([choice(0), choice(1)])).toMatchObject({ usage: { output: 2 }, unpriced: ['choices.usage'] });
    expect(billOf([choice(0), { choices: [{ index: 1 }] }])).toMatchObject({ unpriced: ['choices.usage'] });
    expect(billOf([choice(0), choice(1), { usage: usage(5, 3) }])).toMatchObject({
      usage: { output: 3 },
      unpriced: undefined,
    });
  });
});

describe('content other than text', () => {
  const media = (holder: string, kind: string) => ({
    choices: [
      { index: 0, [holder]: { content: '', [kind]: kind === 'images' ? [{ type: 'image_url' }] : { id: 'a' } } },
    ],
  });

  test.each(['message', 'delta'])('images and audio of a %s without token counts are reported as unpriced', holder => {
    for (const kind of ['images', 'audio']) {
      const bill = billOf([media(holder, kind), { usage: usage(5, 1290) }]);
      expect(bill).toMatchObject({ usage: { output: 1290 }, unpriced: [`choices.message.${kind}`] });
    }
  });

  test('images and audio with token counts are priced, and not reported', () => {
    const counted = (details: Json) => ({ usage: { ...usage(5, 1290), completion_tokens_details: details } });
    expect(billOf([media('message', 'images'), counted({ image_tokens: 1290 })]).unpriced).toBeUndefined();
    expect(billOf([media('message', 'audio'), counted({ audio_tokens: 1000 })]).unpriced).toBeUndefined();
  });
});

describe('searches', () => {
  test('each call of Moonshot’s own tool is a search, streamed or plain', () => {
    const call = (name: string, index?: number) => ({ index, type: 'builtin_function', function: { name } });
    const calls = [call('$web_search'), call('$web_search'), call('mine')];
    const plain = { choices: [{ message: { tool_calls: calls } }], usage: usage(5, 9) };
    expect(billOf([plain]).usage).toEqual({ input: 5, output: 9, webSearch: 2 });
    const streamed = [0, 0, 1].map(index => ({
      choices: [{ index: 0, delta: { tool_calls: [call('$web_search', index)] } }],
    }));
    expect(billOf([...streamed, { usage: usage(5, 9) }]).usage).toEqual({ input: 5, output: 9, webSearch: 2 });
  });

  const cited = (holder: 'message' | 'delta') => ({
    choices: [{ index: 0, [holder]: { content: 'a', annotations: [{ type: 'url_citation', url_citation: {} }] } }],
  });

  test('a reply that cites the web counts as one search, plain or streamed, unless its usage counts the searches', () => {
    expect(billOf([{ ...cited('message'), usage: usage(100, 50) }])).toMatchObject({
      usage: { input: 100, output: 50, webSearch: 1 },
      unpriced: undefined,
    });
    expect(billOf([cited('delta'), { usage: usage(100, 50) }]).usage).toEqual({ input: 100, output: 50, webSearch: 1 });
    const counted = { ...usage(100, 50), server_tool_use: { web_search_requests: 3 } };
    expect(billOf([cited('delta'), { usage: counted }]).usage).toMatchObject({ webSearch: 3 });
    const none = { ...usage(100, 50), server_tool_use: { web_search_requests: 0 } };
    expect(billOf([cited('delta'), { usage: none }]).usage).toEqual({ input: 100, output: 50 });
  });

  test('a citation of a file does not count as a search', () => {
    const choices = [{ index: 0, message: { annotations: [{ type: 'file_citation' }] } }];
    expect(billOf([{ choices, usage: usage(1, 1) }]).usage).toEqual({ input: 1, output: 1 });
  });

  test.each([
    ['gpt-4o-search-preview', { webSearchPreview: 1 }],
    ['gpt-4o-mini-search-preview-2025-03-11', { webSearchPreview: 1 }],
    ['gpt-5-search-api', { webSearch: 1 }],
  ])('every call of %s counts as one search', (model, search) => {
    const expected = { input: 100, output: 50, ...search };
    expect(billOf([{ usage: usage(100, 50) }], model).usage).toEqual(expected);
    expect(billOf([cited('message'), { usage: usage(100, 50) }], model).usage).toEqual(expected);
  });

  test('search results beside the choices count as one search', () => {
    expect(billOf([{ web_search: [{ link: 'https://a.example' }], usage: usage(1, 1) }]).usage).toMatchObject({
      webSearch: 1,
    });
    expect(billOf([{ web_search: [], usage: usage(1, 1) }]).usage).toEqual({ input: 1, output: 1 });
  });

  test('a search in a reply without usage counts as partial usage', () => {
    expect(billOf([cited('message')])).toMatchObject({ partialUsage: { webSearch: 1 }, unpriced: undefined });
    expect(billOf([]).partialUsage).toBeUndefined();
  });
});

describe('other facts that the reply states beside its usage', () => {
  test('the tier is the one that served the reply, in whichever chunk it is stated', () => {
    const tierOf = (...chunks: readonly Json[]) => billOf(chunks).tier;
    expect(tierOf({ service_tier: 'flex' }, {})).toBe('flex');
    expect(tierOf({ service_tier: 'auto' }, { service_tier: 'default' })).toBe('standard');
    expect(tierOf({ service_tier: 'auto', service_tier_used: 'priority' }, { service_tier: 'auto' })).toBe('priority');
    expect(tierOf({ usage: { ...usage(1, 1), service_tier: 'flex' } })).toBe('flex');
    expect(tierOf({ service_tier: null }, {})).toBeUndefined();
    expect(tierOf({ x_groq: { id: 'req_1' } }, { service_tier: 'flex' })).toBe('standard');
    expect(tierOf({ x_groq: { id: 'req_1' } }, { service_tier: 'performance' })).toBe('performance');
  });

  test('a stated cost is read with the usage, or in the metadata of the message', () => {
    expect(billOf([{ usage: { ...usage(1, 1), cost: 0.00031 } }]).statedCost).toEqual({
      nanoUsd: 310_000,
      isWhole: true,
    });
    const choices = [{ delta: { provider_metadata: { gateway: { cost: '0.001' } } } }];
    expect(billOf([{ choices }, { usage: usage(1, 1) }]).statedCost).toEqual({ nanoUsd: 1_000_000, isWhole: true });
    expect(billOf([{ usage: usage(1, 1) }]).statedCost).toBeUndefined();
  });

  test('tools that the vendor ran by itself are reported as unpriced', () => {
    const choices = [{ message: { executed_tools: [{ type: 'search' }] } }];
    expect(billOf([{ choices, usage: usage(1, 1) }])).toMatchObject({ unpriced: ['choices.executed_tools'] });
  });
});

describe('calls of a compound system', () => {
  const breakdown = (...models: readonly (readonly [string, number, number])[]) => ({
    models: models.map(([model, prompt, completion]) => ({ model, usage: usage(prompt, completion) })),
  });

  test('each model of a compound reply is a separate call', () => {
    const models = breakdown(['llama-4-scout', 100, 20], ['gpt-oss-120b', 300, 50]);
    for (const chunk of [
      { usage: usage(400, 70), usage_breakdown: models },
      { x_groq: { usage: usage(400, 70), usage_breakdown: models } },
    ])
      expect(billOf([chunk])).toMatchObject({
        usage: { input: 400, output: 70 },
        calls: [
          { model: 'llama-4-scout', usage: { input: 100, output: 20 } },
          { model: 'gpt-oss-120b', usage: { input: 300, output: 50 } },
        ],
        unpriced: undefined,
      });
  });

  test('a search belongs to the model that wrote the reply', () => {
    const chunk = { usage: usage(100, 20), usage_breakdown: breakdown(['m', 100, 20]), web_search: [{}] };
    expect(billOf([chunk])).toMatchObject({
      usage: { input: 100, output: 20, webSearch: 1 },
      calls: [{ model: 'm', usage: { input: 100, output: 20 } }, { usage: { webSearch: 1 } }],
    });
  });

  test('a breakdown that does not add up to the usage is reported as unpriced, and the usage counts', () => {
    const bill = billOf([{ usage: usage(400, 70), usage_breakdown: breakdown(['m', 100, 20]) }]);
    expect(bill).toMatchObject({ usage: { input: 400, output: 70 }, unpriced: ['usage_breakdown'] });
    expect(bill.calls).toBeUndefined();
    for (const parts of [breakdown(['m', 400, 20]), breakdown(['m', 100, 70])])
      expect(billOf([{ usage: usage(400, 70), usage_breakdown: parts }]).unpriced).toEqual(['usage_breakdown']);
    expect(billOf([{ usage: usage(4, 7), usage_breakdown: null }]).unpriced).toBeUndefined();
  });
});

test.each([undefined, null, 7, 'text', [], {}, { choices: [null, 7, {}] }, { choices: [{ message: 7 }], usage: [] }])(
  'nothing is read from %j, and nothing throws',
  json => {
    const bill = newChatBill();
    expect(readChatBill(bill, json)).toBe(false);
    expect(chatBillFacts(bill, undefined)).toEqual({ unpriced: undefined, statedCost: undefined, tier: undefined });
  },
);

test.each([
  ['message', { images: [{}], videos: [{}] }, ['images', 'videos']],
  ['delta', { videos: [{}] }, ['videos']],
  [
    'message',
    {
      content: [
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: {} },
      ],
    },
    ['images'],
  ],
  ['delta', { content: [{ type: 'image_url', image_url: {} }] }, ['images']],
  ['message', { content: [{ type: 'output_audio' }, { type: 'video_url' }] }, ['audio', 'videos']],
])('media of a %s are reported as unpriced without token counts: %j', (name, message, named) => {
  const { unpriced } = billOf([{ choices: [{ index: 0, [name]: message }], usage: usage(5, 9) }]);
  expect(unpriced).toEqual(named.map(medium => `choices.message.${medium}`));
});

test('an image in a content part whose tokens are counted is not reported', () => {
  const message = { content: [{ type: 'image_url', image_url: {} }] };
  const counted = { ...usage(5, 9), completion_tokens_details: { image_tokens: 4 } };
  expect(billOf([{ choices: [{ message }], usage: counted }])).toMatchObject({
    usage: { outputImage: 4 },
    unpriced: undefined,
  });
});
