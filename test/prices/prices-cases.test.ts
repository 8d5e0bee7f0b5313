/**
 * Replies with details of their price that the router once did not read, each from its provider's SDK to the ledger: exact to the
 * nano-dollar, or marked as an estimate that says why. Everything that may be billed and has no price is named in the receipt.
 */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';

type Json = Readonly<Record<string, unknown>>;

interface Billed {
  readonly attempts: readonly Attempt[];
  readonly faults: readonly Fault[];
  readonly versions: readonly string[];
}

/** A router whose one model answers with `bodies`, one after the other, at whatever address it is called. */
function routerOf(model: ModelConfig, bodies: readonly string[]) {
  const store = memory();
  const faults: Fault[] = [];
  const router = createRouter({
    models: { asked: model },
    features: { support: { candidates: ['asked'], failureCostUsd: 15, policy: fixed('asked') } },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  let served = 0;
  const fetch: typeof globalThis.fetch = async () => {
    const body = bodies[Math.min(served++, bodies.length - 1)] ?? '';
    const type = body.startsWith('{') ? 'application/json' : 'text/event-stream';
    return new Response(body, { headers: { 'content-type': type } });
  };
  const billed = async (): Promise<Billed> => {
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    const cells = await store.cells('support');
    return {
      attempts: records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : [])),
      faults: faults.filter(({ where }) => where === 'price'),
      versions: [...cells].map(({ key }) => key.version),
    };
  };
  return { router, fetch, billed };
}

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  await Array.fromAsync(stream);
}

const events = (list: readonly Json[]) =>
  list.map(event => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const chunks = (list: readonly Json[]) =>
  `${list.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;

/** Calls the model once for each body, by the API that they are of. */
async function bill(
  api: 'chat' | 'responses' | 'messages',
  model: ModelConfig,
  bodies: readonly string[],
  { baseURL, request = {} }: { readonly baseURL?: string; readonly request?: Json } = {},
): Promise<Billed> {
  const { router, fetch, billed } = routerOf(model, bodies);
  const options = { apiKey: 'sk-test', fetch, ...(baseURL !== undefined && { baseURL }) };
  for (const body of bodies) {
    const stream = !body.startsWith('{');
    if (api === 'messages') {
      const { messages } = router.wrap(new Anthropic(options)).beta;
      const sent = {
        model: 'feature:support',
        max_tokens: 1_000,
        messages: [{ role: 'user' as const, content: 'Hi' }],
        ...request,
      };
      if (stream) await drained(await messages.create({ ...sent, stream }));
      else await messages.create(sent);
    } else if (api === 'responses') {
      const { responses } = router.wrap(new OpenAI(options));
      if (stream) await drained(await responses.create({ model: 'feature:support', input: 'Hi', ...request, stream }));
      else await responses.create({ model: 'feature:support', input: 'Hi', ...request });
    } else {
      const { completions } = router.wrap(new OpenAI(options)).chat;
      const sent = { model: 'feature:support', messages: [{ role: 'user' as const, content: 'Hi' }], ...request };
      if (stream) await drained(await completions.create({ ...sent, stream }));
      else await completions.create(sent);
    }
  }
  return billed();
}

function expectReported({ attempts, faults }: Billed, costNanoUsd: number): void {
  expect(attempts.map(attempt => [attempt.costNanoUsd, attempt.provenance])).toEqual([[costNanoUsd, 'reported']]);
  expect(attempts[0]?.unpriced).toBeUndefined();
  expect(faults).toEqual([]);
}

/** @param why what the attempt and the fault say */
function expectNamed({ attempts, faults }: Billed, costNanoUsd: number, why: string): void {
  expect(attempts.map(attempt => [attempt.costNanoUsd, attempt.provenance])).toEqual([[costNanoUsd, 'estimated']]);
  expect(attempts[0]?.unpriced?.join(', ')).toContain(why);
  expect(faults.map(({ error }) => String(error)).join('\n')).toContain(why);
}

const message = (model: string, usage: Json) =>
  JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text: 'Fine.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage,
  });

const messageStream = (model: string, first: Json, last: Json) =>
  events([
    {
      type: 'message_start',
      message: { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null, usage: first },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Fine.' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: last },
    { type: 'message_stop' },
  ]);

const ANSWER = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Fine.', annotations: [] }],
};
const response = (model: string, input: number, output: number, more: Json = {}) =>
  JSON.stringify({
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model,
    output: [ANSWER],
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    },
    ...more,
  });

const completion = (model: string, usage: Json, more: Json = {}) =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' }],
    usage,
    ...more,
  });

const claude = (model: string): ModelConfig => ({ provider: 'anthropic', model });
const gpt = (model: string): ModelConfig => ({ provider: 'openai', model });
const compatible = (input: number, output: number, more: Json = {}): ModelConfig => ({
  provider: 'openai',
  model: 'theirs',
  baseURL: 'https://llm.example/v1',
  price: { inputUsdPerMillion: input, outputUsdPerMillion: output, ...more },
});

describe('speed, region and tier', () => {
  test('I1: a reply served in fast mode costs six times the standard rates of Opus 4.6', async () => {
    const usage = { input_tokens: 100_000, output_tokens: 10_000, speed: 'fast' };
    const body = message('claude-opus-4-6', usage);
    expectReported(await bill('messages', claude('claude-opus-4-6'), [body]), 4_500_000_000);
  });

  test('I2: fast mode also doubles the price of cached tokens of Opus 5', async () => {
    const usage = { input_tokens: 1_000, cache_read_input_tokens: 6_034, output_tokens: 1_000, speed: 'fast' };
    expectReported(await bill('messages', claude('claude-opus-5'), [message('claude-opus-5', usage)]), 66_034_000);
  });

  test('I3: the speed of a stream is read from its first event', async () => {
    const body = messageStream(
      'claude-opus-5',
      { input_tokens: 2_000, output_tokens: 1, speed: 'fast' },
      { output_tokens: 400 },
    );
    expectReported(await bill('messages', claude('claude-opus-5'), [body]), 40_000_000);
  });

  test('I4: a speed without a price is priced as standard and reported as unpriced', async () => {
    const usage = { input_tokens: 2_000, output_tokens: 400, speed: 'turbo' };
    expectNamed(
      await bill('messages', claude('claude-opus-5'), [message('claude-opus-5', usage)]),
      20_000_000,
      'speed "turbo"',
    );
  });

  test('I5: a reply served from the United States alone costs a tenth more', async () => {
    const usage = { input_tokens: 100_000, output_tokens: 10_000, inference_geo: 'us' };
    const body = message('claude-opus-4-6', usage);
    expectReported(await bill('messages', claude('claude-opus-4-6'), [body]), 825_000_000);
  });

  test('I6: a tier without a price is priced as standard and reported as unpriced', async () => {
    const body = response('gpt-5', 1_000_000, 100_000, { service_tier: 'ultrafast' });
    expectNamed(await bill('responses', gpt('gpt-5'), [body]), 2_250_000_000, 'tier "ultrafast"');
  });

  test('I7: a host for data residency costs a tenth more if the price has that region, and is reported as unpriced otherwise', async () => {
    const baseURL = 'https://us.api.openai.com/v1';
    const body = response('gpt-5', 1_000_000, 100_000);
    const price = { inputUsdPerMillion: 1.25, outputUsdPerMillion: 10, regions: { us: 1.1 } };
    const priced = { ...gpt('gpt-5'), price } as ModelConfig;
    expectReported(await bill('responses', priced, [body], { baseURL }), 2_475_000_000);
    const { regions: _, ...anywhere } = price;
    const unpriced = { ...gpt('gpt-5'), price: anywhere };
    expectNamed(await bill('responses', unpriced, [body], { baseURL }), 2_250_000_000, 'region "us"');
  });

  test('a priority request that was served as default has the standard price', async () => {
    const body = response('gpt-5', 1_000, 1_000, { service_tier: 'default' });
    const request = { service_tier: 'priority' };
    expectReported(await bill('responses', gpt('gpt-5'), [body], { request }), 11_250_000);
  });

  test('flex is half price, and so is batch at Anthropic', async () => {
    const flex = response('gpt-5-nano', 1_000, 1_000, { service_tier: 'flex' });
    expectReported(await bill('responses', gpt('gpt-5-nano'), [flex]), 225_000);
    const batch = message('claude-sonnet-4-5', { input_tokens: 1_000, output_tokens: 100, service_tier: 'batch' });
    expectReported(await bill('messages', claude('claude-sonnet-4-5'), [batch]), 2_250_000);
  });

  test('the priority tier of Anthropic has no list price and is reported as unpriced', async () => {
    const body = message('claude-opus-5', { input_tokens: 1_000, output_tokens: 100, service_tier: 'priority' });
    expectNamed(await bill('messages', claude('claude-opus-5'), [body]), 7_500_000, 'tier "priority"');
  });
});

describe('another model than the requested one', () => {
  test('I8: a reply of another model has that model’s list price, is reported, and has a version of its own', async () => {
    const body = response('gpt-5-pro', 1_000, 1_000);
    const billed = await bill('responses', gpt('gpt-5-mini'), [body]);
    expectNamed(billed, 135_000_000, 'gpt-5-pro');
    expect(billed.attempts[0]?.servedBy).toBe('gpt-5-pro');
    expect(billed.versions.filter(version => version !== '' && !version.startsWith('served by gpt-5-pro'))).toEqual([]);
  });

  test('I9: a fallback model that the request names is priced as itself', async () => {
    const fallback = { type: 'fallback_message', model: 'claude-opus-4-8', input_tokens: 412, output_tokens: 264 };
    const usage = { input_tokens: 412, output_tokens: 264, iterations: [fallback] };
    const request = { fallbacks: [{ model: 'claude-opus-4-8' }] };
    const body = message('claude-opus-4-8', usage);
    const billed = await bill('messages', claude('claude-fable-5'), [body], { request });
    expectReported(billed, 8_660_000);
    expect(billed.attempts[0]?.servedBy).toBe('claude-opus-4-8');
  });

  test('I10: the attempt of a model that declined and its fallback each cost their own usage', async () => {
    const iterations = [
      { type: 'message', model: 'claude-opus-4-6', input_tokens: 0, output_tokens: 0 },
      { type: 'fallback_message', model: 'claude-sonnet-4-6', input_tokens: 100_000, output_tokens: 10_000 },
    ];
    const usage = { input_tokens: 100_000, output_tokens: 10_000, iterations };
    const body = message('claude-sonnet-4-6', usage);
    expectReported(await bill('messages', claude('claude-opus-4-6'), [body]), 450_000_000);
  });

  test('a model that declined after output is billed beside the fallback, one that declined before any is not', async () => {
    const declined = {
      type: 'message',
      model: 'claude-fable-5',
      input_tokens: 2,
      output_tokens: 578,
      cache_creation_input_tokens: 10_421,
      cache_read_input_tokens: 72_769,
    };
    const totals = { input_tokens: 2, output_tokens: 13_658, cache_read_input_tokens: 79_214 };
    const answered = { type: 'fallback_message', model: 'claude-opus-4-8', ...totals };
    const reply = (first: Json) => message('claude-opus-4-8', { ...totals, iterations: [first, answered] });
    expectReported(await bill('messages', claude('claude-fable-5'), [reply(declined)]), 613_018_500);
    const atOnce = reply({ ...declined, output_tokens: 0 });
    expectReported(await bill('messages', claude('claude-fable-5'), [atOnce]), 381_067_000);
  });

  test('a dated snapshot of the requested model counts as the requested model', async () => {
    const body = response('gpt-5-mini-2025-08-07', 1_000, 1_000);
    const billed = await bill('responses', gpt('gpt-5-mini'), [body]);
    expectReported(billed, 2_250_000);
    expect(billed.attempts[0]?.servedBy).toBeUndefined();
  });
});

describe('calls inside a reply', () => {
  const iterations = [
    { type: 'message', input_tokens: 50_000, output_tokens: 5_000 },
    { type: 'advisor_message', model: 'claude-opus-4-6', input_tokens: 50_000, output_tokens: 5_000 },
    { type: 'message', input_tokens: 50_000, output_tokens: 5_000 },
  ];
  const totals = { input_tokens: 100_000, output_tokens: 10_000 };

  test('I11: an advisor is priced as its own model, beside the totals', async () => {
    const body = message('claude-haiku-4-5', { ...totals, iterations });
    expectReported(await bill('messages', claude('claude-haiku-4-5'), [body]), 525_000_000);
  });

  test('I12: the iterations of a stream are in its last event', async () => {
    const first = { input_tokens: 50_000, output_tokens: 1 };
    const body = messageStream('claude-haiku-4-5', first, { ...totals, iterations });
    expectReported(await bill('messages', claude('claude-haiku-4-5'), [body]), 525_000_000);
  });

  test('I13: each call has the long-context bracket of its own input', async () => {
    const usage = {
      input_tokens: 23_000,
      output_tokens: 1_000,
      iterations: [
        { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
        { type: 'message', input_tokens: 23_000, output_tokens: 1_000 },
      ],
    };
    const body = message('claude-sonnet-4-5', usage);
    expectReported(await bill('messages', claude('claude-sonnet-4-5'), [body]), 676_500_000);
  });

  test('a compaction is billed in addition to the totals, in a body and in a stream', async () => {
    const usage = {
      ...totals,
      iterations: [
        { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
        { type: 'message', input_tokens: 100_000, output_tokens: 10_000 },
      ],
    };
    const body = message('claude-opus-4-6', usage);
    expectReported(await bill('messages', claude('claude-opus-4-6'), [body]), 1_737_500_000);
    const stream = messageStream('claude-opus-4-6', { input_tokens: 100_000, output_tokens: 1 }, usage);
    expectReported(await bill('messages', claude('claude-opus-4-6'), [stream]), 1_737_500_000);
  });
});

describe('tools with a price of their own', () => {
  const searched = (type: string) => ({
    id: `ws_${type}`,
    type: 'web_search_call',
    status: 'completed',
    action: { type },
  });

  test('I14: a web search is billed, and a page that is opened is not', async () => {
    const output = [searched('search'), searched('open_page'), searched('open_page'), searched('open_page'), ANSWER];
    const body = response('gpt-5-mini', 100, 50, { output });
    expectReported(await bill('responses', gpt('gpt-5-mini'), [body]), 10_125_000);
    const four = response('gpt-5-mini', 100, 50, { output: [...Array(4).fill(searched('search')), ANSWER] });
    expectReported(await bill('responses', gpt('gpt-5-mini'), [four]), 40_125_000);
  });

  test('I15: tokens of an image tool are billed at the image model’s rates', async () => {
    const tool_usage = { image_gen: { input_tokens: 50, output_tokens: 6_240 } };
    const body = response('gpt-5', 1_000, 100, { tool_usage });
    const price = {
      inputUsdPerMillion: 1.25,
      outputUsdPerMillion: 10,
      imageGenInputUsdPerMillion: 5,
      imageGenOutputUsdPerMillion: 40,
    };
    expectReported(await bill('responses', { ...gpt('gpt-5'), price }, [body]), 252_100_000);
    const { imageGenInputUsdPerMillion: _, imageGenOutputUsdPerMillion: __, ...textOnly } = price;
    const billed = await bill('responses', { ...gpt('gpt-5'), price: textOnly }, [body]);
    expectNamed(billed, 2_250_000, 'imageGenOutput');
  });

  test('I16: an image drawn by a tool is counted once, by its tokens', async () => {
    const image = { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'AAAA' };
    const tool_usage = { image_gen: { input_tokens: 171, output_tokens: 1_372 } };
    const body = response('gpt-5-mini', 100, 50, { output: [image, ANSWER], tool_usage });
    const price = {
      inputUsdPerMillion: 0.25,
      outputUsdPerMillion: 2,
      imageGenInputUsdPerMillion: 5,
      imageGenOutputUsdPerMillion: 40,
    };
    expectReported(await bill('responses', { ...gpt('gpt-5-mini'), price }, [body]), 55_860_000);
  });

  test('I17: a search model has a fee for every call, which is billed or reported as unpriced', async () => {
    const citation = {
      type: 'url_citation',
      url_citation: { start_index: 0, end_index: 1, title: 'A', url: 'https://a.example' },
    };
    const choices = [
      { index: 0, message: { role: 'assistant', content: 'Fine.', annotations: [citation] }, finish_reason: 'stop' },
    ];
    const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
    const body = completion('gpt-4o-search-preview', usage, { choices });
    const { attempts, faults } = await bill('chat', gpt('gpt-4o-search-preview'), [body]);
    const { costNanoUsd = 0, provenance } = attempts[0] ?? {};
    const isNamed = provenance === 'estimated' && faults.length > 0;
    expect(isNamed ? costNanoUsd >= 750_000 : costNanoUsd > 750_000, `${costNanoUsd} ${provenance}`).toBe(true);
  });

  test('I18: a tool without a known price is reported as unpriced', async () => {
    const body = response('gpt-5-mini', 100, 50, {
      output: [{ id: 'ml_1', type: 'map_lookup_call', status: 'completed' }, ANSWER],
      tool_usage: { map_lookup: { num_requests: 2 } },
    });
    const billed = await bill('responses', gpt('gpt-5-mini'), [body]);
    expectNamed(billed, 125_000, 'tool_usage.map_lookup');
    expectNamed(billed, 125_000, 'output.map_lookup_call');
  });

  test('searches of Anthropic are billed, and pages that it fetches are free', async () => {
    const usage = {
      input_tokens: 9_548,
      output_tokens: 528,
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 3 },
    };
    const body = message('claude-sonnet-4-5', usage);
    expectReported(await bill('messages', claude('claude-sonnet-4-5'), [body]), 56_564_000);
  });
});

test('I19: a background reply is billed when it is retrieved, once', async () => {
  const queued = JSON.stringify({
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'queued',
    background: true,
    model: 'gpt-5',
    output: [],
    usage: null,
  });
  const done = response('gpt-5', 1_000_000, 100_000, { background: true });
  const { router, fetch, billed } = routerOf(gpt('gpt-5'), [queued, done]);
  const { responses } = router.wrap(new OpenAI({ apiKey: 'sk-test', fetch }));
  const { id } = await responses.create({ model: 'feature:support', input: 'Hi', background: true });
  const before = await billed();
  expect(before.attempts[0]?.provenance).toBe('estimated');
  await responses.retrieve(id);
  await responses.retrieve(id);
  const { attempts } = await billed();
  const last = attempts.at(-1);
  expect([last?.costNanoUsd, last?.provenance]).toEqual([2_250_000_000, 'reported']);
  const { spendUsd } = await router.report();
  expect(spendUsd).toBe('2.25');
});

describe('usage in the field names of other vendors', () => {
  test('I20: DeepSeek’s cache hits are part of the prompt at their own rate', async () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 40,
      prompt_cache_hit_tokens: 80,
      prompt_cache_miss_tokens: 20,
    };
    const model = compatible(0.27, 1.1, { cacheReadUsdPerMillion: 0.07 });
    expectReported(await bill('chat', model, [completion('theirs', usage)]), 55_000);
    const both = { ...usage, prompt_tokens_details: { cached_tokens: 80 } };
    expectReported(await bill('chat', model, [completion('theirs', both)]), 55_000);
  });

  test('I21: tokens that are only in the total count as output: Gemini’s thoughts', async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 };
    expectReported(await bill('chat', compatible(0.3, 2.5), [completion('theirs', usage)]), 1_513_500);
  });

  const chunk = (choices: readonly Json[], more: Json = {}) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'theirs',
    choices,
    ...more,
  });
  const text = chunk([{ index: 0, delta: { role: 'assistant', content: 'Fine.' }, finish_reason: null }]);

  test('I22: a stream’s last chunk has the usage that a body has', async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 };
    const body = chunks([text, chunk([{ index: 0, delta: {}, finish_reason: 'stop' }], { usage })]);
    expectReported(await bill('chat', compatible(0.3, 2.5), [body]), 1_513_500);
  });

  test('I23: Moonshot’s usage is in the last choice', async () => {
    const usage = { prompt_tokens: 900, completion_tokens: 100, total_tokens: 1_000, cached_tokens: 500 };
    const body = chunks([text, chunk([{ index: 0, delta: {}, finish_reason: 'stop', usage }])]);
    expectReported(await bill('chat', compatible(0.6, 2.5, { cacheReadUsdPerMillion: 0.15 }), [body]), 565_000);
  });

  test('I24: cache writes that a LiteLLM proxy reports are billed as such', async () => {
    const usage = {
      prompt_tokens: 4_818,
      completion_tokens: 47,
      prompt_tokens_details: { cached_tokens: 0, cache_creation_tokens: 4_803 },
      cache_creation_input_tokens: 4_803,
    };
    const model = compatible(3, 15, { cacheWrite5mUsdPerMillion: 3.75 });
    expectReported(await bill('chat', model, [completion('theirs', usage)]), 18_761_250);
  });

  test('I25: an unknown count of tokens is reported as unpriced', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, video_tokens: 40 };
    expectNamed(await bill('chat', compatible(1, 2), [completion('theirs', usage)]), 120_000, 'usage.video_tokens');
  });

  test('reasoning that xAI counts beside the completion is output', async () => {
    const usage = {
      prompt_tokens: 10_120,
      completion_tokens: 1_499,
      total_tokens: 14_428,
      prompt_tokens_details: { cached_tokens: 128 },
      completion_tokens_details: { reasoning_tokens: 2_809 },
    };
    const model = compatible(1.25, 2.5, { cacheReadUsdPerMillion: 0.2 });
    expectReported(await bill('chat', model, [completion('theirs', usage)]), 23_285_600);
  });

  test('Groq’s on-demand tier counts as its standard one', async () => {
    const usage = {
      queue_time: 0.05,
      prompt_tokens: 4_641,
      completion_tokens: 1_817,
      total_tokens: 6_458,
      prompt_tokens_details: { cached_tokens: 4_608 },
    };
    const model: ModelConfig = {
      provider: 'openai',
      model: 'openai/gpt-oss-120b',
      baseURL: 'https://api.groq.com/openai/v1',
    };
    const body = completion('openai/gpt-oss-120b', usage, { service_tier: 'on_demand' });
    expectReported(await bill('chat', model, [body]), 1_440_750);
  });

  test('where each chunk has a usage, the last one counts', async () => {
    const usage = (output: number) => ({ prompt_tokens: 100, completion_tokens: output, total_tokens: 100 + output });
    const body = chunks([
      { ...text, usage: usage(1) },
      chunk([{ index: 0, delta: {}, finish_reason: 'stop' }], { usage: usage(10) }),
    ]);
    expectReported(await bill('chat', compatible(1, 2), [body]), 120_000);
  });

  test('OpenAI’s cache writes have a rate of their own, and reasoning is part of the completion', async () => {
    const written = {
      prompt_tokens: 9_657,
      completion_tokens: 78,
      total_tokens: 9_735,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 9_654 },
      completion_tokens_details: { reasoning_tokens: 64 },
    };
    expectReported(await bill('chat', gpt('gpt-5.6-luna'), [completion('gpt-5.6-luna', written)]), 2_507_700);
  });
});

describe('the cost that a reply states, and fees', () => {
  const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };

  test('I26: the cost that OpenRouter states is the cost', async () => {
    const model: ModelConfig = {
      provider: 'openai',
      model: 'openai/gpt-5-mini',
      baseURL: 'https://openrouter.ai/api/v1',
      price: 'reported',
    };
    const body = completion('openai/gpt-5-mini', { ...usage, cost: 0.00031, is_byok: false });
    expectReported(await bill('chat', model, [body]), 310_000);
  });

  test('I27: Perplexity’s fee is in the cost that it states, and can be configured beside the rates', async () => {
    const perplexity: ModelConfig = { provider: 'openai', model: 'sonar', baseURL: 'https://api.perplexity.ai' };
    const cost = { input_tokens_cost: 0.00005, output_tokens_cost: 0.0001, request_cost: 0.005, total_cost: 0.00515 };
    const body = completion('sonar', { prompt_tokens: 50, completion_tokens: 100, total_tokens: 150, cost });
    expectReported(await bill('chat', { ...perplexity, price: 'reported' }, [body]), 5_150_000);
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1, perRequestUsd: 0.005 };
    expectReported(await bill('chat', { ...perplexity, price }, [body]), 5_150_000);
  });

  test('I28: xAI states its cost in ticks of 10⁻¹⁰ dollars', async () => {
    const model: ModelConfig = {
      provider: 'openai',
      model: 'grok-4.3',
      baseURL: 'https://api.x.ai/v1',
      price: 'reported',
    };
    const ticks = { prompt_tokens: 1_000, completion_tokens: 200, total_tokens: 1_200, cost_in_usd_ticks: 64_000_000 };
    expectReported(await bill('chat', model, [completion('grok-4.3', ticks)]), 6_400_000);
  });

  test('I29: without a stated cost the rates price a reply, which is reported once', async () => {
    const model = compatible(1, 2, { reported: true });
    const body = completion('theirs', { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 });
    const { attempts, faults } = await bill('chat', model, [body, body]);
    const each = attempts.map(({ costNanoUsd, provenance }) => [costNanoUsd, provenance]);
    expect(each).toEqual([
      [120_000, 'estimated'],
      [120_000, 'estimated'],
    ]);
    expect(faults).toHaveLength(1);
  });
});

test('I30: a fine-tuned model without a cache rate has its base model’s discount', async () => {
  const model: ModelConfig = {
    provider: 'openai',
    model: 'ft:gpt-4o-mini-2024-07-18:acme::x1',
    price: 'openai/ft:gpt-4o-mini',
  };
  const usage = {
    prompt_tokens: 2_000,
    completion_tokens: 10,
    total_tokens: 2_010,
    prompt_tokens_details: { cached_tokens: 1_920 },
  };
  const body = completion('ft:gpt-4o-mini-2024-07-18:acme::x1', usage);
  expectReported(await bill('chat', model, [body]), 324_000);
});

describe('usage that is stated in part, or not at all', () => {
  const model = compatible(1, 2);
  const claude: ModelConfig = {
    provider: 'anthropic',
    model: 'theirs',
    price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
  };
  const answer = 'a'.repeat(400);
  const chat = (usage: unknown) => ({
    id: 'c',
    object: 'chat.completion',
    model: 'theirs',
    choices: [{ index: 0, message: { role: 'assistant', content: answer }, finish_reason: 'stop' }],
    usage,
  });
  const chatChunks = (usage: unknown) =>
    chunks([
      {
        id: 'c',
        model: 'theirs',
        choices: [{ index: 0, delta: { role: 'assistant', content: answer }, finish_reason: null }],
      },
      { id: 'c', model: 'theirs', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { id: 'c', model: 'theirs', choices: [], usage },
    ]);
  const response = (usage: unknown) => ({
    id: 'r',
    object: 'response',
    status: 'completed',
    model: 'theirs',
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: answer, annotations: [] }] }],
    usage,
  });
  const responseEvents = (usage: unknown) =>
    events([
      { type: 'response.output_text.delta', delta: answer },
      { type: 'response.completed', response: response(usage) },
    ]);
  const reply = (usage: unknown) => ({
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'theirs',
    content: [{ type: 'text', text: answer }],
    stop_reason: 'end_turn',
    usage,
  });
  const replyEvents = (usage: unknown) =>
    events([
      { type: 'message_start', message: { ...reply(undefined), content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: answer } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
      { type: 'message_stop' },
    ]);
  const forms = [
    ['chat', model, (usage: unknown) => [JSON.stringify(chat(usage)), chatChunks(usage)]],
    ['responses', model, (usage: unknown) => [JSON.stringify(response(usage)), responseEvents(usage)]],
    ['messages', claude, (usage: unknown) => [JSON.stringify(reply(usage)), replyEvents(usage)]],
  ] as const;

  async function expectEstimates(
    [api, asked, bodies]: (typeof forms)[number],
    usage: unknown,
    { input, output, why }: { readonly input?: number; readonly output: number; readonly why: string },
  ): Promise<void> {
    const { attempts, faults } = await bill(api, asked, bodies(usage));
    expect(attempts).toHaveLength(2);
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ provenance: 'estimated', unpriced: [why], usage: { output } });
      const counted = attempt.usage.input ?? 0;
      if (input === undefined) expect(counted).toBeGreaterThan(0);
      else expect(counted).toBe(input);
      expect(attempt.costNanoUsd).toBe(1_000 * counted + 2_000 * output);
    }
    expect(faults.map(({ error }) => String(error))).toEqual([expect.stringContaining(why)]);
  }

  test.each(forms)('a count that the reply does not state is estimated, and reported once: %s', async (...form) => {
    const names = form[0] === 'chat' ? ['prompt_tokens', 'completion_tokens'] : ['input_tokens', 'output_tokens'];
    const [inputs = '', outputs = ''] = names;
    await expectEstimates(form, { [inputs]: 1_000 }, { input: 1_000, output: 100, why: 'usage without output' });
    await expectEstimates(form, { [outputs]: 50 }, { output: 50, why: 'usage without input' });
    await expectEstimates(
      form,
      { [outputs]: 50, total_tokens: 1_050 },
      { input: 1_000, output: 50, why: 'usage without input' },
    );
    await expectEstimates(
      form,
      { total_tokens: 1_500 },
      { input: 1_400, output: 100, why: 'usage without input and output' },
    );
  });

  test.each([undefined, null, {}, [], 'x', 7])('a usage of %j counts as missing, and is reported once', async usage => {
    for (const form of forms) await expectEstimates(form, usage, { output: 100, why: 'no usage' });
  });

  test('counts that contradict each other are an estimate, and are named in the ledger', async () => {
    const cached = { prompt_tokens_details: { cached_tokens: 5_000 } };
    const chatUsage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100, ...cached };
    const { attempts } = await bill('chat', model, [JSON.stringify(chat(chatUsage))]);
    const lifetimes = { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 };
    const usage = { input_tokens: 9, output_tokens: 9, cache_creation_input_tokens: 500, cache_creation: lifetimes };
    const written = await bill('messages', claude, [JSON.stringify(reply(usage))]);
    expect([...attempts, ...written.attempts]).toMatchObject([
      { provenance: 'estimated', unpriced: ['usage.cached_tokens beyond the input'] },
      { provenance: 'estimated', unpriced: ['usage.cache_creation beside another total'] },
    ]);
  });

  test('a stream that was cut off is marked in the ledger, and is not a fault', async () => {
    const [first = ''] = chatChunks(undefined).split('\n\n');
    const { attempts, faults } = await bill('chat', model, [`${first}\n\n`]);
    expect(attempts[0]).toMatchObject({ provenance: 'estimated', unpriced: ['usage cut off'], usage: { output: 100 } });
    expect(faults).toEqual([]);
  });
});

describe('invalid amounts and counts', () => {
  test('I31: a count whose cost is not a safe amount is reported, not billed', async () => {
    const usage = { prompt_tokens: 9_007_199_254_740_991, completion_tokens: 10, total_tokens: 10 };
    const { attempts, faults } = await bill('chat', compatible(1, 2), [completion('theirs', usage)]);
    expect(attempts[0]?.provenance).toBe('estimated');
    expect(Number.isSafeInteger(attempts[0]?.costNanoUsd)).toBe(true);
    expect(attempts[0]?.costNanoUsd).toBeLessThanOrEqual(9_000_000 * 1e9);
    expect(faults.map(({ error }) => String(error)).join()).toContain('input');
  });

  const refused = (input: number) => () => routerOf(compatible(input, 2), []);

  test('I32: a rate of a million dollars a token is refused at start-up', () => {
    expect(refused(1e12)).toThrowError(/models\.asked\.price\.inputUsdPerMillion/);
  });

  test('I33: a rate beyond all numbers is refused at start-up, with the largest that is accepted', () => {
    expect(refused(1e300)).toThrowError(/models\.asked\.price\.inputUsdPerMillion.*accepted/);
  });

  test('I34: a rate that is too small to count is refused at start-up: 0 is written as 0', () => {
    expect(refused(1e-30)).toThrowError(/models\.asked\.price\.inputUsdPerMillion.*accepted.*0/);
  });

  test('I35: a rate that would round to nothing is refused at start-up', () => {
    expect(refused(4e-7)).toThrowError(/models\.asked\.price\.inputUsdPerMillion.*accepted/);
    expect(refused(0)).not.toThrow();
  });

  test.each([
    ['I36', Number.NaN],
    ['I37', -5],
  ])('%s: an invalid count from run() (%s) is left out, reported and never in the ledger', async (_, input) => {
    const { router, billed } = routerOf(
      { provider: 'other', model: 'local', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
      [],
    );
    await router.run('support', async () => ({ value: 'Fine.', usage: { input, output: 10 } }));
    const { attempts, faults } = await billed();
    const { costNanoUsd, provenance, usage } = attempts[0] ?? {};
    expect({ costNanoUsd, provenance, usage }).toEqual({
      costNanoUsd: 20_000,
      provenance: 'estimated',
      usage: { output: 10 },
    });
    expect(faults).toHaveLength(1);
  });

  test.each([Number.NaN, -1, 9_000_001])(
    'a costUsd of %s from run() is left out and named, and the value reaches the caller',
    async costUsd => {
      const { router, billed } = routerOf({ provider: 'other', model: 'local', price: 'reported' }, []);
      expect((await router.run('support', async () => ({ value: 'Fine.', costUsd }))).value).toBe('Fine.');
      const { attempts, faults } = await billed();
      const unpriced = ['run().costUsd', 'stated cost'];
      expect(attempts).toMatchObject([{ costNanoUsd: 0, provenance: 'estimated', unpriced }]);
      expect(faults.map(({ error }) => (error as Error).message)).toEqual([
        expect.stringContaining('run().costUsd: not an amount'),
        expect.stringContaining('rates beside `reported: true`'),
      ]);
    },
  );
});
