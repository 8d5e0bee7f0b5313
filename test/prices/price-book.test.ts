import { describe, expect, test } from 'vitest';
import { modelSchema } from '../../src/config/model-schema.ts';
import type { Shape } from '../../src/config/shape.ts';
import type { ServiceTier, Usage } from '../../src/core/ledger/usage.ts';
import { RouterError } from '../../src/errors.ts';
import type { PriceRequest } from '../../src/prices/price-book.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const timeMs = (text: string): number => Date.parse(text);
const openai = (model: string): PriceRequest => ({ provider: 'openai', model });
const anthropic = (model: string): PriceRequest => ({ provider: 'anthropic', model });
const endpoint = (baseURL: string, model: string): PriceRequest => ({ provider: 'openai', model, baseURL });

/**
 * Computed by hand: tokens × USD per million × 1,000 = nano-dollars. The comment has the rates; the sum has one term per
 * price line.
 */
const GOLDEN: readonly (readonly [string, PriceRequest, Usage, number, (readonly [ServiceTier, number])?])[] = [
  // OpenAI: gpt-5-mini 0.25, cached 0.025, output 2
  ['plain', openai('gpt-5-mini'), { input: 1_000, output: 300 }, 250_000 + 600_000],
  ['80 % cached', openai('gpt-5-mini'), { input: 200, cacheRead: 800, output: 50 }, 50_000 + 20_000 + 100_000],
  ['reasoning is output', openai('gpt-5-mini'), { input: 10, output: 500, reasoning: 400 }, 2_500 + 1_000_000],
  ['dated snapshot', openai('gpt-5-mini-2025-08-07'), { input: 1_000, output: 300 }, 850_000],
  ['web search at $10 per thousand', openai('gpt-5-mini'), { input: 4, webSearch: 3 }, 1_000 + 30_000_000],
  ['no write fee without a write price', openai('gpt-5-mini'), { cacheWrite5m: 100 }, 25_000],
  ['nothing used', openai('gpt-5-mini'), {}, 0],
  // 0.15, 0.075, 0.6
  ['single tokens', openai('gpt-4o-mini'), { input: 1, cacheRead: 1, output: 1 }, 150 + 75 + 600],
  // 0.05, 0.005, 0.4
  ['five nano-dollars', openai('gpt-5-nano'), { cacheRead: 1 }, 5],
  // 10 and 40 until 2025-06-10, then 2 and 8
  [
    'before a price change',
    openai('o3'),
    { input: 1_000, output: 100 },
    10_000_000 + 4_000_000,
    ['standard', timeMs('2025-06-09T23:59:59.999Z')],
  ],
  [
    'from the price change on',
    openai('o3'),
    { input: 1_000, output: 100 },
    2_000_000 + 800_000,
    ['standard', timeMs('2025-06-10T00:00:00Z')],
  ],
  // 1 and 6, write 1.25; from 2026-07-30 0.2 and 1.2, write 0.25
  [
    'before a price cut',
    openai('gpt-5.6-luna'),
    { input: 1_000, output: 100 },
    1_000_000 + 600_000,
    ['standard', timeMs('2026-07-29T12:00:00Z')],
  ],
  [
    'after a price cut, with a cache write',
    openai('gpt-5.6-luna'),
    { input: 1_000, output: 100, cacheWrite5m: 400 },
    200_000 + 120_000 + 100_000,
  ],
  ['a one-hour cache write at the write price', openai('gpt-5.6-luna'), { cacheWrite1h: 400 }, 100_000],
  // 2.5, cached 0.25, 15; from 272,000 5, 0.5, 22.5
  ['just below the long-context threshold', openai('gpt-5.4'), { input: 271_999, output: 10 }, 679_997_500 + 150_000],
  ['long', openai('gpt-5.4'), { input: 272_000, output: 10 }, 1_360_000_000 + 225_000],
  [
    'long context because of cached tokens',
    openai('gpt-5.4'),
    { input: 100_000, cacheRead: 172_000 },
    500_000_000 + 86_000_000,
  ],
  // 0.1; above 272,000 0.2
  ['at the long-context threshold', openai('gpt-6-luna'), { input: 272_000 }, 27_200_000],
  ['one token above the threshold', openai('gpt-6-luna'), { input: 272_001 }, 54_400_200],
  // 2.5, audio 32, output 10, audio 64
  [
    'audio',
    openai('gpt-audio'),
    { input: 100, inputAudio: 50, output: 20, outputAudio: 40 },
    250_000 + 1_600_000 + 200_000 + 2_560_000,
  ],
  // cached 2.5, cached audio 2.5, audio 40
  [
    'cached audio',
    openai('gpt-4o-realtime-preview'),
    { cacheRead: 10, cacheReadAudio: 10, inputAudio: 10 },
    25_000 + 25_000 + 400_000,
  ],
  // tiers of gpt-5: 1.25 and 10
  ['flex costs half', openai('gpt-5'), { input: 1_000, output: 100 }, 625_000 + 500_000, ['flex', now]],
  ['batch costs half', openai('gpt-5'), { input: 1_000, output: 100 }, 1_125_000, ['batch', now]],
  ['priority costs twice as much', openai('gpt-5'), { input: 1_000, output: 100 }, 4_500_000, ['priority', now]],
  [
    'flex does not halve web searches',
    openai('gpt-5'),
    { input: 1_000, webSearch: 1 },
    625_000 + 10_000_000,
    ['flex', now],
  ],
  // 0.45, 0.045, 3.6
  [
    'priority of a small model',
    openai('gpt-5-mini'),
    { input: 1_000, cacheRead: 100, output: 100 },
    450_000 + 4_500 + 360_000,
    ['priority', now],
  ],
  // 12.5, 75; long stays at 10
  [
    'priority, short context',
    openai('gpt-5.5'),
    { input: 1_000, output: 100 },
    12_500_000 + 7_500_000,
    ['priority', now],
  ],
  ['priority does not apply to long context', openai('gpt-5.5'), { input: 300_000 }, 3_000_000_000, ['priority', now]],
  ['flex, long context', openai('gpt-5.5'), { input: 300_000 }, 1_500_000_000, ['flex', now]],
  [
    'priority at 1.75 times the price',
    openai('gpt-4.1'),
    { input: 100, output: 10 },
    350_000 + 140_000,
    ['priority', now],
  ],
  // overlay: 2, 0.1, write 2.5, 10; above 272,000 4, 0.2, 5, 15
  [
    'overlay',
    openai('gpt-6.1-sol'),
    { input: 100, cacheRead: 1_000, cacheWrite5m: 40, output: 10 },
    200_000 + 100_000 + 100_000 + 100_000,
  ],
  ['overlay, long context', openai('gpt-6.1-sol-2026-09-29'), { input: 272_001, output: 10 }, 1_088_004_000 + 150_000],
  ['overlay, long context at priority', openai('gpt-6.1-sol'), { input: 272_001 }, 2_176_008_000, ['priority', now]],

  // Anthropic: claude-opus-4-5 5, write 6.25 and 10, read 0.5, 25
  ['plain', anthropic('claude-opus-4-5'), { input: 1_000, output: 300 }, 5_000_000 + 7_500_000],
  [
    'cache reads, and cache writes of both durations',
    anthropic('claude-opus-4-5-20251101'),
    { input: 100, cacheRead: 2_000, cacheWrite5m: 400, cacheWrite1h: 300, output: 50 },
    500_000 + 1_000_000 + 2_500_000 + 3_000_000 + 1_250_000,
  ],
  // 1, 1.25, 5
  [
    'batch halves cache writes too',
    anthropic('claude-haiku-4-5'),
    { input: 1_000, cacheWrite5m: 8, output: 100 },
    500_000 + 5_000 + 250_000,
    ['batch', now],
  ],
  ['web search', anthropic('claude-haiku-4-5'), { input: 1, webSearch: 2 }, 1_000 + 20_000_000],
  // 3; above 200,000 6
  ['at the threshold', anthropic('claude-sonnet-4-5'), { input: 200_000 }, 600_000_000],
  ['above the threshold', anthropic('claude-sonnet-4-5-20250929'), { input: 200_001 }, 1_200_006_000],
  [
    'long context, while it had a surcharge',
    anthropic('claude-sonnet-4-6'),
    { input: 300_000 },
    1_800_000_000,
    ['standard', timeMs('2026-03-12T23:59:59Z')],
  ],
  [
    'long context, after the surcharge ended',
    anthropic('claude-sonnet-4-6'),
    { input: 300_000 },
    900_000_000,
    ['standard', timeMs('2026-03-13T00:00:00Z')],
  ],
  // 0.3 and 0.03
  ['old rates', anthropic('claude-3-haiku-20240307'), { cacheWrite5m: 1_000, cacheRead: 1_000 }, 300_000 + 30_000],
  // 4, read 0.2, 20
  [
    'a cache read cheaper than usual',
    anthropic('claude-opus-5-5'),
    { input: 10, cacheRead: 1_000, output: 1 },
    40_000 + 200_000 + 20_000,
  ],
  [
    'overlay, before a price cut',
    anthropic('claude-sonnet-5-5'),
    { cacheRead: 1_000 },
    200_000,
    ['standard', timeMs('2026-10-06T23:59:59Z')],
  ],
  [
    'overlay, after the price cut',
    anthropic('claude-sonnet-5-5'),
    { cacheRead: 1_000 },
    100_000,
    ['standard', timeMs('2026-10-07T00:00:00Z')],
  ],
  [
    'overlay, short context',
    anthropic('claude-haiku-5-5'),
    { input: 90_000, cacheRead: 10_000, output: 10 },
    9_000_000 + 100_000 + 5_000,
  ],
  ['overlay, long context', anthropic('claude-haiku-5-5'), { input: 100_001, output: 10 }, 50_000_500 + 25_000],
  [
    'overlay, one-hour cache write',
    anthropic('claude-fable-5-2'),
    { cacheWrite1h: 1_000, output: 10 },
    16_000_000 + 400_000,
  ],

  // Others, by their endpoint
  [
    'DeepSeek in its peak hours',
    endpoint('https://api.deepseek.com/v1', 'deepseek-v4-pro'),
    { input: 1_000, output: 100 },
    1_320_000 + 396_000,
    ['standard', timeMs('2026-09-07T02:00:00Z')],
  ],
  [
    'DeepSeek outside its peak hours',
    endpoint('https://api.deepseek.com/v1', 'deepseek-v4-pro'),
    { input: 1_000, output: 100 },
    660_000 + 198_000,
    ['standard', timeMs('2026-09-07T12:00:00Z')],
  ],
  [
    'less than a nano-dollar',
    endpoint('https://api.deepseek.com', 'deepseek-v4-pro'),
    { cacheRead: 1_000 },
    3_625,
    ['standard', timeMs('2026-05-05T20:00:00Z')],
  ],
  [
    'Gemini, long context',
    endpoint('https://generativelanguage.googleapis.com/v1beta/openai', 'gemini-2.5-pro'),
    { input: 200_001, output: 10 },
    500_002_500 + 150_000,
  ],
  [
    'Gemini, audio',
    endpoint('https://generativelanguage.googleapis.com/v1beta/openai', 'gemini-2.5-flash'),
    { input: 10, inputAudio: 10, cacheReadAudio: 10 },
    3_000 + 10_000 + 1_000,
  ],
  [
    'Azure, by OpenAI’s list',
    endpoint('https://example.openai.azure.com/openai/v1', 'gpt-5'),
    { input: 1_000, output: 1 },
    1_250_000 + 10_000,
  ],
  [
    'Groq',
    endpoint('https://api.groq.com/openai/v1', 'llama-3.3-70b-versatile'),
    { input: 100, output: 100 },
    59_000 + 79_000,
  ],

  // Configured
  [
    'rates',
    { ...openai('x'), price: { inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6 } },
    { input: 3, cacheRead: 2, output: 1 },
    450 + 300 + 600,
  ],
  [
    'half a nano-dollar rounds up',
    { ...openai('x'), price: { inputUsdPerMillion: 0.0125, outputUsdPerMillion: 0 } },
    { input: 3, output: 9 },
    38,
  ],
  [
    'a negotiated discount',
    { ...openai('gpt-5'), price: { discount: 0.15 } },
    { input: 1_000, output: 100, webSearch: 1 },
    1_062_500 + 850_000 + 8_500_000,
  ],
  ['a discount in a tier', { ...openai('gpt-5'), price: { discount: 0.15 } }, { input: 1_000 }, 531_250, ['flex', now]],
  ['another model’s price', { ...openai('my-model'), price: 'openai/gpt-5' }, { input: 1_000 }, 1_250_000],
  [
    'another model’s price, discounted',
    { ...anthropic('x'), price: { as: 'anthropic/claude-sonnet-5', discount: 0.5 } },
    { input: 1_000 },
    1_000_000,
  ],
  [
    'long context',
    {
      ...openai('x'),
      price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2, longContext: { aboveTokens: 10, inputUsdPerMillion: 3 } },
    },
    { input: 11, output: 1 },
    33_000 + 2_000,
  ],
  [
    'a tier as a multiplier',
    { ...openai('x'), price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2, tiers: { priority: 1.75 } } },
    { input: 4 },
    7_000,
    ['priority', now],
  ],
  [
    'a tier as rates',
    {
      ...openai('x'),
      price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2, tiers: { flex: { outputUsdPerMillion: 0.5 } } },
    },
    { input: 4, output: 4 },
    4_000 + 2_000,
    ['flex', now],
  ],
  [
    'a dated list, before its second date',
    {
      ...openai('x'),
      price: [
        { inputUsdPerMillion: 2, outputUsdPerMillion: 8 },
        { from: '2027-01-01', inputUsdPerMillion: 1, outputUsdPerMillion: 4 },
      ],
    },
    { input: 1 },
    2_000,
  ],
  [
    'a dated list, from its second date on',
    {
      ...openai('x'),
      price: [
        { inputUsdPerMillion: 2, outputUsdPerMillion: 8 },
        { from: '2027-01-01', inputUsdPerMillion: 1, outputUsdPerMillion: 4 },
      ],
    },
    { input: 1 },
    1_000,
    ['standard', timeMs('2027-01-01T00:00:00Z')],
  ],
  [
    'a discount from a date on',
    { ...openai('o3'), price: [{}, { from: '2026-06-01', discount: 0.5 }] },
    { input: 1_000 },
    1_000_000,
  ],
  [
    'a price change of the book inside a dated list',
    { ...openai('o3'), price: [{}, { from: '2026-06-01', discount: 0.5 }] },
    { input: 1_000 },
    10_000_000,
    ['standard', timeMs('2025-01-01T00:00:00Z')],
  ],
];

describe('golden prices', () => {
  test.each(GOLDEN.map(row => [`${row[1].model}, ${row[0]}`, row] as const))(
    'the cost is the one computed by hand: %s',
    (_, [, request, usage, nano, when]) => {
      const [tier, atMs] = when ?? ['standard', now];
      const price = resolvePrice(request);
      expect(price.cost(usage, atMs, { tier })).toBe(nano);
      expect(price.lines(usage, atMs, { tier }).reduce((sum, line) => sum + line.costNanoUsd, 0)).toBe(nano);
      expect(price.unpriced(usage, atMs, { tier })).toEqual([]);
    },
  );
});

describe('a price that is unknown', () => {
  const error = (request: PriceRequest): RouterError => {
    try {
      resolvePrice({ ...request, path: 'models.mini.price' });
    } catch (error) {
      if (RouterError.isInstance(error)) return error;
    }
    throw new Error('no RouterError');
  };

  test('the error states the path and the book’s similar names', () => {
    const { code, path, message } = error(openai('gpt-5-minni'));
    expect([code, path]).toEqual(['unknown-price', 'models.mini.price']);
    expect(message).toContain('"gpt-5-mini"');
    expect(message).toContain('inputUsdPerMillion');
  });

  test('an error about a name without similar names suggests no model', () => {
    const { message } = error(openai('zzzzzzzzzzzz'));
    expect(message).toContain('has nothing like it under "openai"');
    expect(message).not.toContain('costs the same');
  });

  test('a longer name is another model, although the book would match it to the shorter one', () => {
    const { message } = error(anthropic('claude-sonnet-5-7'));
    expect(message).toContain('would take it for "claude-sonnet-5", which is another model');
    expect(message).toContain(`price: 'anthropic/claude-sonnet-5' if it costs the same`);
  });

  test('a dated snapshot that the book lacks is not priced like other snapshots', () => {
    expect(error(openai('gpt-4o-2027-01-01')).message).toContain('"gpt-4o-2024-08-06"');
  });

  test('a model is refused when replies do not report what it bills', () => {
    expect(error(openai('whisper-1')).message).toContain('audio_hours');
    expect(error(openai('gpt-image-1')).message).toContain('image');
  });

  test('an endpoint that the book lacks has no price, and the error explains how to use a list price', () => {
    const { message } = error(endpoint('http://localhost:8000/v1', 'gpt-5-mini'));
    expect(message).toContain('no provider');
    expect(message).toContain("price: 'openai/gpt-5-mini' if it bills that list price");
    expect(error(endpoint('http://localhost:8000/v1', 'gpt-6.1-sol')).message).toContain("price: 'openai/gpt-6.1-sol'");
    // Names that resemble no name of the price book, and a name that the book would confuse with another.
    for (const model of ['llama', 'gpt-5-nano-plus'])
      expect(error(endpoint('http://localhost:8000/v1', model)).message).not.toContain("price: 'openai");
    expect(error(endpoint('localhost', 'llama')).message).toContain('serves that address');
  });

  test('the error about an endpoint never shows its user, password or query', () => {
    const { message } = error(endpoint('https://user:secret@gpu.local:8000/v1?key=abc#d', 'llama'));
    expect(message).toContain('serves https://gpu.local:8000/v1');
    for (const part of ['user', 'secret', 'key=', 'abc', '#d']) expect(message).not.toContain(part);
  });

  test('a provider that the book lacks has no prices, and neither has `other`', () => {
    expect(error({ provider: 'acme', model: 'x' }).message).toContain('no provider "acme"');
    expect(error({ provider: 'my-openai-proxy', model: 'gpt-5' }).code).toBe('unknown-price');
    expect(error({ provider: 'other', model: 'x' }).message).toContain('no prices of its own');
  });

  test.each<[string, unknown, string]>([
    ['invalid-value', 'gpt-5', 'models.mini.price'],
    ['invalid-value', '/gpt-5', 'models.mini.price'],
    ['unknown-price', 'x/gpt-5', 'models.mini.price'],
    ['invalid-value', { inputUsdPerMillion: 1 }, 'models.mini.price'],
    ['invalid-value', { outputUsdPerMillion: 1 }, 'models.mini.price'],
    ['unknown-price', 'openai/gpt-55', 'models.mini.price'],
    ['unknown-price', { as: 'openai/gpt-55' }, 'models.mini.price.as'],
    ['invalid-value', { reported: 'yes' }, 'models.mini.price.reported'],
    ['invalid-value', { reported: true, inputUsdPerMillion: 1 }, 'models.mini.price'],
    ['unknown-price', { reported: true, as: 'openai/gpt-55' }, 'models.mini.price.as'],
    ['invalid-value', 5, 'models.mini.price'],
    ['invalid-value', null, 'models.mini.price'],
    ['invalid-value', { discont: 0.1 }, 'models.mini.price.discont'],
    ['invalid-value', { gpuHourUsd: 2, gpu: 'h100' }, 'models.mini.price.gpu'],
    ['invalid-value', [], 'models.mini.price'],
    ['invalid-value', { from: '2026-01-01', inputUsdPerMillion: 1, outputUsdPerMillion: 1 }, 'models.mini.price.from'],
  ])('the error %s is thrown for the configured price %j', (code, price, path) => {
    const thrown = error({ ...openai('gpt-5'), price: price as never });
    expect([thrown.code, thrown.path]).toEqual([code, path]);
  });
});

describe('where a price comes from', () => {
  test.each<[PriceRequest, string]>([
    [openai('gpt-5-mini-2025-08-07'), 'genai-prices 0.1.8 openai/gpt-5-mini'],
    [endpoint('https://example.openai.azure.com', 'gpt-5'), 'genai-prices 0.1.8 azure/gpt-5'],
    [
      openai('gpt-6.1-sol'),
      'https://developers.openai.com/api/docs/models/gpt-6.1-sol as of 2026-10-13, openai/gpt-6.1-sol',
    ],
    [{ ...openai('x'), price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } }, 'configuration'],
    [{ ...openai('x'), price: 'openai/gpt-5' }, 'genai-prices 0.1.8 openai/gpt-5'],
    [{ ...openai('gpt-5'), price: { discount: 0.1 } }, 'genai-prices 0.1.8 openai/gpt-5, configured terms'],
    [{ ...openai('x'), price: { gpuHourUsd: 2 } }, 'self-hosted, by latency'],
    [{ provider: 'other', model: 'x', price: 'reported' }, 'reported by the call'],
    [{ ...openai('gpt-5'), price: 'reported' }, 'reported by the call, else genai-prices 0.1.8 openai/gpt-5'],
  ])('the source of %j is named', (request, source) => {
    expect(resolvePrice(request).source).toBe(source);
  });

  test('the price id at a time depends on the rates, not on their source', () => {
    const listed = resolvePrice({ ...openai('x'), price: 'openai/gpt-5' });
    expect(listed.idAt(now)).toBe(resolvePrice(openai('gpt-5')).idAt(now));
    expect(listed.idAt(now)).not.toBe(resolvePrice({ ...openai('gpt-5'), price: { discount: 0.1 } }).idAt(now));
  });

  test('usage without a reported cost is named as unpriced', () => {
    const reported = resolvePrice({ provider: 'other', model: 'x', price: 'reported' });
    expect(reported.unpriced({ input: 5, output: 0 }, now)).toEqual(['input']);
    expect([reported.cost({ input: 5 }, now), reported.lines({ input: 5 }, now), reported.ratesAt(now)]).toEqual([
      0,
      [],
      [],
    ]);
    expect(reported.idAt(now)).toBe(reported.id);
  });
});

describe('configured rates of a fine-tuned model', () => {
  const model = 'ft:gpt-4o-mini-2024-07-18:acme::x1';
  const price = { inputUsdPerMillion: 0.3, outputUsdPerMillion: 1.2 };
  const cached = (request: PriceRequest) => resolvePrice(request).cost({ cacheRead: 1_000 }, now);

  test('cached input has the discount of the base model, unless its rate is configured', () => {
    expect(cached({ ...openai(model), price })).toBe(150_000);
    expect(cached({ ...openai(model), price: [{ ...price }] })).toBe(150_000);
    expect(cached({ ...openai(model), price: { ...price, cacheReadUsdPerMillion: 0.2 } })).toBe(200_000);
  });

  test('without a base model in a list, cached input is priced as input', () => {
    expect(cached({ ...openai('ft:own:acme::x1'), price })).toBe(300_000);
    expect(cached({ ...endpoint('https://gateway.example.com/v1', model), price })).toBe(300_000);
    expect(cached({ ...openai('gpt-4o-mini'), price })).toBe(300_000);
  });
});

describe('a price that replies state', () => {
  const rates = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

  test.each<[string, PriceRequest, number]>([
    ['the list price of the model', { ...openai('gpt-5-mini'), price: 'reported' }, 250_000],
    ['rates beside it', { ...openai('x'), price: { reported: true, ...rates } }, 1_000_000],
    ['the list price on other terms', { ...openai('gpt-5-mini'), price: { reported: true, discount: 0.2 } }, 200_000],
    ['the price of another model', { ...openai('x'), price: { reported: true, as: 'openai/gpt-5' } }, 1_250_000],
    [
      'the list price of its endpoint',
      { ...endpoint('https://openrouter.ai/api/v1', 'openai/gpt-5-mini'), price: 'reported' },
      250_000,
    ],
  ])('replies that state no cost are priced at %s', (_, request, nano) => {
    const price = resolvePrice(request);
    expect(price.usesStatedCost).toBe(true);
    expect([price.cost({ input: 1_000 }, now), price.unpriced({ input: 1_000 }, now)]).toEqual([nano, []]);
  });

  test('without a list price, usage is reported and costs nothing', () => {
    const price = resolvePrice({ ...endpoint('https://gateway.example.com/v1', 'x'), price: 'reported' });
    expect([price.usesStatedCost, price.cost({ input: 5 }, now), price.unpriced({ input: 5 }, now)]).toEqual([
      true,
      0,
      ['input'],
    ]);
  });

  test('a price that replies state has another id than the same rates alone, because stated costs follow other rates', () => {
    const stated = resolvePrice({ ...openai('gpt-5'), price: 'reported' });
    expect(stated.idAt(now)).toBe(`reported-${resolvePrice(openai('gpt-5')).idAt(now)}`);
  });
});

describe('a price list of the application', () => {
  const prices = [{ inputUsdPerMillion: 3, outputUsdPerMillion: 4 }];
  const priceList = { source: 'ours', asOf: '2026-11-28', models: [{ provider: 'openai', model: 'gpt-9', prices }] };

  test.each<[string, PriceRequest]>([
    ['the model itself', openai('gpt-9')],
    ['its snapshot', openai('gpt-9-2027-01-01')],
    ['a model priced as it', { ...openai('x'), price: 'openai/gpt-9' }],
    ['a model priced as it on other terms', { ...openai('x'), price: { as: 'openai/gpt-9', tiers: { flex: 0.5 } } }],
    ['a model at an address of its provider', endpoint('https://api.openai.com/v1', 'gpt-9')],
  ])('a price list of the application gives the price of %s', (_, request) => {
    expect(resolvePrice({ ...request, priceList }).cost({ input: 1_000 }, now)).toBe(3_000_000);
  });

  test('a configured price takes precedence', () => {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
    expect(resolvePrice({ ...openai('gpt-9'), price, priceList }).cost({ input: 1_000 }, now)).toBe(1_000_000);
  });

  test('an error suggests a model that only this list has', () => {
    const request = { ...endpoint('https://gateway.example.com/v1', 'gpt-9'), priceList };
    expect(refusal(() => resolvePrice(request)).message).toContain("price: 'openai/gpt-9' if it bills that list price");
  });

  test('a mistake in the price list is an error', () => {
    expect(refusal(() => resolvePrice({ ...openai('gpt-5'), priceList: { ...priceList, asOf: '' } })).path).toBe(
      'priceList.asOf',
    );
  });
});

describe('the path of a request or price of the wrong type', () => {
  test.each<[unknown, string]>([
    [undefined, 'resolvePrice'],
    [null, 'resolvePrice'],
    ['openai/gpt-5-mini', 'resolvePrice'],
    [{}, 'resolvePrice.provider'],
    [{ provider: 'openai' }, 'resolvePrice.model'],
    [{ provider: 5, model: 'gpt-5-mini' }, 'resolvePrice.provider'],
    [{ ...openai('gpt-5-mini'), baseURL: 5 }, 'resolvePrice.baseURL'],
    [{ ...openai('gpt-5-mini'), prise: { discount: 0.1 } }, 'resolvePrice.prise'],
  ])('the request %j is refused', (request, path) => {
    expect(refusal(() => (resolvePrice as Loose)(request))).toMatchObject({ code: 'invalid-value', path });
  });

  test.each<[unknown, string]>([
    [null, 'price'],
    [5, 'price'],
    [true, 'price'],
    ['gpt-5-mini', 'price'],
    [{ as: 5 }, 'price.as'],
    [{ discount: '0.1' }, 'price.discount'],
    [{ tiers: 0.5 }, 'price.tiers'],
    [{ tiers: null }, 'price.tiers'],
    [{ tiers: { flx: 0.5 } }, 'price.tiers.flx'],
    [{ tiers: { flex: null } }, 'price.tiers.flex'],
    [{ inputUsdPerMillion: 1, outputUsdPerMillion: 2, longContext: null }, 'price.longContext'],
    [{ inputUsdPerMillion: '1', outputUsdPerMillion: 2 }, 'price.inputUsdPerMillion'],
    [[null], 'price[0]'],
    [[5], 'price[0]'],
    [[{ discount: 0.1 }, undefined], 'price[1]'],
    [{ gpuHourUsd: null }, 'price.gpuHourUsd'],
    [{ gpuHourUsd: 2, utilisation: '0.5' }, 'price.utilisation'],
    [{ gpuHourUsd: 2, concurrency: [2] }, 'price.concurrency'],
  ])('the price %j is refused', (price, path) => {
    const error = refusal(() => (resolvePrice as Loose)({ ...openai('gpt-5-mini'), price }));
    expect(error).toMatchObject({ code: 'invalid-value', path });
  });
});

test.each([
  ['input', 'inputUsdPerMillion'],
  ['output', 'outputUsdPerMillion'],
  ['inputUsdPerMilion', 'inputUsdPerMillion'],
])('an error about the unknown rate "%s" asks whether "%s" was meant', (name, meant) => {
  const error = refusal(() => (resolvePrice as Loose)({ ...openai('gpt-5-mini'), price: { [name]: 1 } }));
  expect(error).toMatchObject({ code: 'invalid-value', path: `price.${name}` });
  expect(error.message).toContain(`did you mean "${meant}"?`);
  expect(error.accepted).toEqual(expect.arrayContaining(['inputUsdPerMillion', 'outputUsdPerMillion', 'as']));
});

test('a configured model can be passed as it is, with every option that has nothing to do with its price', () => {
  const { members } = (modelSchema as Extract<Shape, { kind: 'joint' }>).shape as Extract<Shape, { kind: 'object' }>;
  const names = Object.keys(members).filter(name => !['provider', 'model', 'baseURL', 'price'].includes(name));
  expect(names).toEqual(expect.arrayContaining(['apiKey', 'params']));
  const model = { ...openai('gpt-5-mini'), ...Object.fromEntries(names.map(name => [name, {}])) };
  expect(resolvePrice(model).id).toBe(resolvePrice(openai('gpt-5-mini')).id);
});
