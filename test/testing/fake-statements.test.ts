import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import type { ScriptedReply } from '../../src/testing/scripted-replies.ts';
import { ANTHROPICS, collect, OPENAIS, user } from './official-clients.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({
    models: {
      opus: {
        price: { input: '5', output: '25', webSearch: '10' },
        tierPrices: { priority: { input: '10', output: '50' } },
        speeds: { fast: '2' },
        regions: { us: '1.1' },
      },
      haiku: { price: { input: '1', output: '5' } },
      mini: {
        price: {
          input: '0.25',
          output: '2',
          webSearch: '10',
          imageGenInput: '5',
          imageGenOutput: '40',
          request: '0.005',
        },
      },
    },
  });
});
afterAll(() => provider.close());

/** What the provider has charged since the last time. */
function usd(): number {
  const { totalNanoUsd } = provider.bill();
  const spent = Number(totalNanoUsd - charged) / 1e9;
  charged = totalNanoUsd;
  return spent;
}
let charged = 0n;
const [, newAnthropic] = ANTHROPICS[0];
const [, newOpenai] = OPENAIS[0];
const MILLION = 1_000_000;

/** The message that the official client makes of the script, plain and streamed, with what each cost. */
async function messages(script: ScriptedReply, model = 'opus', options: object = {}) {
  const client = newAnthropic(provider);
  const body = { model, max_tokens: 100, messages: user('Hello'), ...options };
  provider.reply(script, script);
  const plain = await client.beta.messages.create(body);
  const plainUsd = usd();
  const streamed = await client.beta.messages.stream(body).finalMessage();
  expect(usd()).toBe(plainUsd);
  return { plain, streamed, usd: plainUsd };
}

async function responses(script: ScriptedReply) {
  const client = newOpenai(provider);
  const body = { model: 'mini', input: 'Hello' };
  provider.reply(script, script);
  const plain = await client.responses.create(body);
  const plainUsd = usd();
  const streamed = await client.responses.stream(body).finalResponse();
  expect(usd()).toBe(plainUsd);
  return { plain, streamed, usd: plainUsd };
}

async function chats(script: ScriptedReply) {
  const client = newOpenai(provider);
  const body = { model: 'mini', messages: user('Hello') };
  provider.reply(script, script);
  const plain = await client.chat.completions.create(body);
  const plainUsd = usd();
  const stream = await client.chat.completions.create({
    ...body,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  expect(usd()).toBe(plainUsd);
  return { plain, chunks, usd: plainUsd };
}

describe('terms of service', () => {
  const tokens = { input: MILLION, output: 0 };

  test('a message states the tier, the speed and the region that served it, and is charged by them', async () => {
    const served = { tier: 'priority', speed: 'fast', region: 'us' };
    const { plain, streamed, usd } = await messages({ text: 'x', tokens, served });
    for (const { usage } of [plain, streamed]) {
      expect(usage).toMatchObject({ service_tier: 'priority', speed: 'fast', inference_geo: 'us' });
    }
    expect(usd).toBe(22);
  });

  test('terms without a price are stated as scripted, and charged as standard', async () => {
    const served = { tier: 'ultrafast', speed: 'turbo', region: 'eu' };
    expect(await messages({ text: 'x', tokens, served })).toMatchObject({
      plain: { usage: { service_tier: 'ultrafast', speed: 'turbo', inference_geo: 'eu' } },
      usd: 5,
    });
    expect(await responses({ text: 'x', tokens, served })).toMatchObject({
      plain: { service_tier: 'ultrafast' },
      streamed: { service_tier: 'ultrafast' },
      usd: 0.255,
    });
  });

  test('a message is served at the requested terms if the model has a price for them', async () => {
    const asked = { speed: 'fast' as const, inference_geo: 'us' };
    expect(await messages({ text: 'x', tokens }, 'opus', asked)).toMatchObject({
      plain: { usage: { speed: 'fast', inference_geo: 'us' } },
      usd: 11,
    });
    expect(await messages({ text: 'x', tokens }, 'haiku', asked)).toMatchObject({
      plain: { usage: { speed: null, inference_geo: null } },
      usd: 1,
    });
  });
});

describe('another model', () => {
  test.each([
    ['haiku', 1],
    ['opus-20260101', 5],
  ])('the reply names %s, and costs what that model does if the provider has it', async (model, costUsd) => {
    const script = { text: 'x', tokens: { input: MILLION, output: 0 }, served: { model } };
    expect(await messages(script)).toMatchObject({ plain: { model }, streamed: { model }, usd: costUsd });
  });

  test('a fallback model is named in the message, in its iterations and in the handover block', async () => {
    const calls = [
      { type: 'message', model: 'opus', tokens: { input: MILLION }, declined: 'cyber' },
      { type: 'fallback_message', model: 'haiku', tokens: { input: MILLION, output: 2 } },
    ];
    const { plain, streamed, usd } = await messages({ text: 'x', calls, served: { model: 'haiku' } });
    for (const { model, content, usage } of [plain, streamed]) {
      expect(model).toBe('haiku');
      expect(content[0]).toMatchObject({ type: 'fallback', from: { model: 'opus' }, to: { model: 'haiku' } });
      expect(usage.input_tokens).toBe(MILLION);
      expect(usage.iterations).toMatchObject([{ type: 'message', model: 'opus' }, { type: 'fallback_message' }]);
    }
    expect(usd).toBe(1.00001);
  });
});

describe('calls inside a message', () => {
  test('each call is an iteration and a line of the bill at its own model’s price, and the totals leave some of them out', async () => {
    const own = { type: 'message', tokens: { input: 50_000, output: 5_000 } };
    const advisor = { type: 'advisor_message', model: 'opus', tokens: { input: 50_000, output: 5_000 } };
    const compaction = { type: 'compaction', tokens: { input: 1_000, output: 10 } };
    const { plain, streamed, usd } = await messages({ text: 'x', calls: [own, advisor, compaction, own] }, 'haiku');
    for (const { usage } of [plain, streamed]) {
      expect(usage).toMatchObject({ input_tokens: 100_000, output_tokens: 10_000 });
      expect(usage.iterations).toMatchObject([{ type: 'message' }, { model: 'opus' }, { type: 'compaction' }, {}]);
    }
    expect(usd).toBe(0.15 + 0.375 + 0.00105);
    expect(provider.bill().requests.at(-1)?.lines[2]).toMatchObject({ meter: 'input', model: 'opus' });
  });

  test.each([
    ['cyber', {}, 0],
    ['bio', {}, 5],
    ['cyber', { output: MILLION }, 30],
  ])('a model that declines (%s, %j) is charged $%d', async (declined, more, costUsd) => {
    const script = { declined, tokens: { input: MILLION, output: 0, ...more } };
    const { plain, usd } = await messages(script);
    expect(plain).toMatchObject({ stop_reason: 'refusal', stop_details: { category: declined } });
    expect(usd).toBe(costUsd);
  });
});

describe('tools', () => {
  test('images that a tool draws are stated beside the usage of the response, and charged at their own price', async () => {
    const tokens = { input: 0, output: 0, imageGenInput: 50, imageGenOutput: 6_240, webSearch: 1 };
    const { plain, streamed, usd } = await responses({ text: 'x', tokens });
    const toolUsage = { image_gen: { input_tokens: 50, output_tokens: 6_240 }, web_search: { num_requests: 1 } };
    for (const response of [plain, streamed]) expect(response.tool_usage).toMatchObject(toolUsage);
    expect(usd).toBe(0.00025 + 0.2496 + 0.01 + 0.005);
  });

  test('searches in files and code containers are items of the output, and further items can be anything', async () => {
    const items = [{ type: 'map_lookup_call', id: 'm' }];
    const toolUsage = { map_lookup: { num_requests: 2 } };
    const { plain } = await responses({
      text: 'x',
      tokens: { input: 0, fileSearch: 1, codeSession: 1 },
      items,
      toolUsage,
    });
    const types = ['file_search_call', 'code_interpreter_call', 'map_lookup_call', 'message'];
    expect(plain.output.map(({ type }) => type)).toEqual(types);
    expect(plain.tool_usage).toEqual(toolUsage);
  });

  test('a message has a block for each run of code, and further blocks can be anything', async () => {
    const items = [{ type: 'map_lookup_result', id: 'm' }];
    const { plain, streamed } = await messages({ text: 'x', tokens: { input: 0, codeSession: 1 }, items });
    for (const { content } of [plain, streamed]) {
      expect(content.map(({ type }) => type)).toEqual(['text', 'server_tool_use', 'map_lookup_result']);
    }
  });
});

describe('another vendor’s usage', () => {
  test('an object replaces the API’s usage, and a function changes it', async () => {
    const tokens = { input: 20, output: 40 };
    const deepseek = { prompt_tokens: 100, completion_tokens: 40, prompt_cache_hit_tokens: 80 };
    const { plain, chunks } = await chats({ text: 'x', tokens, usage: deepseek });
    expect([plain.usage, chunks.at(-1)?.usage]).toEqual([deepseek, deepseek]);
    const stated = await chats({ text: 'x', tokens, usage: own => ({ ...own, cost: 0.5 }), costUsd: '0.5' });
    expect(stated.plain.usage).toMatchObject({ prompt_tokens: 20, cost: 0.5 });
    expect(stated.chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 20, cost: 0.5 });
    expect(stated.usd).toBe(0.5);
    expect(provider.bill().requests.at(-1)?.lines).toMatchObject([{ meter: 'stated' }]);
  });

  test('a script can change the JSON of a reply and of each event', async () => {
    const { plain, chunks } = await chats({
      text: 'x',
      tokens: { input: 0 },
      edit: json => ({ ...json, citations: 2 }),
    });
    expect([plain, ...chunks].every(json => 'citations' in json)).toBe(true);
  });

  test('a fee for each request is a line of the bill', async () => {
    expect((await chats({ text: 'x', tokens: { input: 0, output: 0 } })).usd).toBe(0.005);
    expect(provider.bill().requests.at(-1)?.lines).toMatchObject([{ meter: 'request', quantity: 1 }]);
  });
});

test('a response in the background states its usage when it is complete, and is charged once', async () => {
  const client = newOpenai(provider);
  provider.reply({ text: 'x', tokens: { input: MILLION, output: 0 }, served: { tier: 'flex' } });
  const { id, status, usage } = await client.responses.create({ model: 'mini', input: 'x', background: true });
  expect([status, usage]).toEqual(['queued', null]);
  await client.responses.retrieve(id);
  const before = provider.bill().requests.length;
  usd();
  expect(await client.responses.retrieve(id)).toMatchObject({ status: 'completed', service_tier: 'flex' });
  await client.responses.retrieve(id);
  expect([provider.bill().requests.length - before, usd()]).toEqual([1, 0.255]);
});
