/** Fields that translation leaves out are reported once, and every receipt names them. */
import OpenAI from 'openai';
import { afterEach, expect, test, vi } from 'vitest';
import type { Fault, Observer } from '../../src/contracts/observer.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { json, scriptedServer, sse } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

const SEARCH = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [SEARCH, { type: 'text', text: 'hello', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 2 },
};

const EVENTS = [
  { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } },
  { type: 'content_block_start', index: 0, content_block: SEARCH },
  { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'ping' },
  { type: 'weather', temperature: 20 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'hello' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'citations_delta', citation: { type: 'page_location' } } },
  { type: 'content_block_stop', index: 1 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
];
const streamed: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(EVENTS.map(event => sse(event, event.type)).join(''));
};

async function setUp(answer: Answer, observers: readonly Observer[] = []) {
  const server = await scriptedServer([answer]);
  servers.push(server);
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const claude = { provider: 'anthropic', model: 'claude', baseURL: server.url, apiKey: 'key', price } as const;
  const router = createRouterOn(testRuntime(), {
    observers,
    models: { claude: { ...claude, params: { maxOutputTokens: 100 } } },
    features: { f: { candidates: ['claude'], failureCostUsd: 1, retries: 0 } },
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'sk', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 }));
  const body = { model: router.feature('f').model, messages: [{ role: 'user' as const, content: 'Hi' }] };
  return { router, openai, body };
}

test('a preference that is left out is reported once for each feature, model and field', async () => {
  const faults: Fault[] = [];
  const { openai, body, router } = await setUp(json({ ...MESSAGE, content: [] }), [
    { name: 'test', faulted: fault => faults.push(fault) },
  ]);
  for (const seed of [1, 2]) {
    const reply = await openai.chat.completions.create({ ...body, seed });
    expect(router.receipt(reply)?.dropped).toMatchObject({ claude: [{ path: 'seed' }] });
  }
  await openai.chat.completions.create({ ...body, presence_penalty: 1 });
  expect(faults.map(({ feature, error }) => [feature, String(error)])).toEqual([
    ['f', expect.stringContaining('without `seed`')],
    ['f', expect.stringContaining('without `presence_penalty`')],
  ]);
});

test('one warning names what the keywords of a schema have in common, and the first five of them', async () => {
  const faults: Fault[] = [];
  const { openai, body } = await setUp(json({ ...MESSAGE, content: [{ type: 'text', text: '{}', citations: null }] }), [
    { name: 'test', faulted: fault => faults.push(fault) },
  ]);
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const schema = {
    type: 'object',
    properties: Object.fromEntries(names.map(name => [name, { type: 'integer', minimum: 1 }])),
    required: names,
    additionalProperties: false,
  };
  const format = { type: 'json_schema', json_schema: { name: 'all', strict: true, schema } } as const;
  for (let call = 0; call < 2; call++) await openai.chat.completions.create({ ...body, response_format: format });
  const told = faults.map(({ error }) => String(error)).filter(text => text.includes('without'));
  expect(told).toEqual([
    expect.stringContaining('schema.properties.e.minimum` and 2 more: the API does not enforce it'),
  ]);
});

test('the process is warned if no observer receives faults', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const { openai, body } = await setUp(json({ ...MESSAGE, content: [] }));
  for (const seed of [1, 2]) await openai.chat.completions.create({ ...body, seed });
  expect(warn.mock.calls.map(([message, options]) => [message, (options as { code?: string }).code])).toEqual([
    [expect.stringContaining('without `seed`'), 'LEFT_OUT_BY_TRANSLATION'],
  ]);
});

test.each([false, true])(
  'the router reports the parts of a reply that the client does not get (streamed: %s)',
  async isStream => {
    const faults: Fault[] = [];
    const { openai, body, router } = await setUp(isStream ? streamed : json(MESSAGE), [
      { name: 'test', faulted: fault => faults.push(fault) },
    ]);
    for (let call = 0; call < 2; call++) {
      const reply = isStream
        ? await openai.chat.completions.stream(body).finalChatCompletion()
        : await openai.chat.completions.create(body);
      expect(reply.choices[0]?.message.content).toBe('hello');
      const left = isStream ? ['server_tool_use', 'weather', 'citations_delta'] : ['server_tool_use'];
      expect(router.receipt(reply)?.dropped?.claude?.map(({ path }) => path)).toEqual(left);
      expect(faults.map(({ error }) => String(error))).toEqual(
        left.map(name => expect.stringContaining(`without \`${name}\``) as string),
      );
    }
  },
);

test('a candidate that a client of the Responses API never gets is reported once', async () => {
  const faults: Fault[] = [];
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const { router, openai } = await setUp(json(MESSAGE), [{ name: 'test', observed: () => {} } as Observer]);
  const told = await setUp(json(MESSAGE), [{ name: 'test', faulted: fault => void faults.push(fault) }]);
  for (const each of [{ router, openai }, told])
    for (let index = 0; index < 2; index++)
      await expect(
        each.openai.responses.create({ model: each.router.feature('f').model, input: 'Hi' }),
      ).rejects.toThrow('stateless: true');
  expect(faults).toMatchObject([{ where: 'wire', feature: 'f', error: { path: 'features["f"].stateless' } }]);
  expect(warn.mock.calls).toMatchObject([
    [expect.stringContaining('"claude" gets no requests of "f"'), { code: 'CANDIDATES_OUT_OF_REACH' }],
  ]);
});
