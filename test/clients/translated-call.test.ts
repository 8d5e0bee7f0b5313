/** Clients of one API whose feature has models of another, with the official clients over HTTP. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import type { FeatureConfig, ModelConfig } from '../../src/config/application.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { ScriptedServer } from '../support/scripted-server.ts';
import { chat, json, scriptedServer, status } from '../support/scripted-server.ts';

const open: FakeProvider[] = [];
const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
  await Promise.all(open.splice(0).map(async server => server.close()));
});

type ApiName = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

const MODELS: Readonly<Record<ApiName, string>> = {
  'openai-chat': 'gpt-4.1',
  'openai-responses': 'gpt-5',
  'anthropic-messages': 'claude-opus-4-6',
};

async function setUp(
  api: ApiName,
  more: Partial<FeatureConfig> = {},
  native?: Partial<ModelConfig>,
  params?: ModelConfig['params'],
) {
  const price = { input: '3', output: '15', cacheRead: '0.3' };
  const tokens = { input: 120, output: 30, cacheRead: 50 };
  const models = Object.fromEntries([...Object.values(MODELS), 'native'].map(name => [name, { price, tokens }]));
  const fake = await startFakeProvider({ models });
  open.push(fake);
  const isAnthropic = api === 'anthropic-messages';
  const other: ModelConfig = {
    provider: isAnthropic ? 'anthropic' : 'openai',
    model: MODELS[api],
    baseURL: isAnthropic ? fake.anthropicBaseURL : fake.openaiBaseURL,
    apiKey: 'sk-endpoint-key',
    api,
    ...(params && { params }),
    price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15, cacheReadUsdPerMillion: 0.3 },
  };
  const store = memory();
  const router = createRouterOn(testRuntime(), {
    models: { other, ...(native && { native: { model: 'native', price: other.price, ...native } }) } as Record<
      string,
      ModelConfig
    >,
    features: {
      f: {
        candidates: native ? ['other', 'native'] : ['other'],
        failureCostUsd: 15,
        policy: fixed('other'),
        retries: 0,
        stateless: true,
        ...more,
      },
    },
    store,
  });
  const model = router.feature('f').model;
  const openai = router.wrap(new OpenAI({ apiKey: 'sk-client-key', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  const anthropic = router.wrap(
    new Anthropic({ apiKey: 'sk-client-key', baseURL: fake.anthropicBaseURL, maxRetries: 0 }),
  );
  /** What the client calls: the text of the reply, and the reply itself. */
  const clients: Record<ApiName, (isStream: boolean) => Promise<{ text: string; reply: object }>> = {
    async 'openai-chat'(isStream) {
      const body = { model, messages: [{ role: 'user' as const, content: 'Hi' }] };
      const reply = isStream
        ? await openai.chat.completions
            .stream({ ...body, stream_options: { include_usage: true } })
            .finalChatCompletion()
        : await openai.chat.completions.create(body);
      return { text: reply.choices[0]?.message.content ?? '', reply };
    },
    async 'openai-responses'(isStream) {
      const body = { model, input: 'Hi' };
      const reply = isStream
        ? await openai.responses.stream(body).finalResponse()
        : await openai.responses.create(body);
      return { text: reply.output_text, reply };
    },
    async 'anthropic-messages'(isStream) {
      const body = { model, max_tokens: 1_000, messages: [{ role: 'user' as const, content: 'Hi' }] };
      const reply = isStream
        ? await anthropic.messages.stream(body).finalMessage()
        : await anthropic.messages.create(body);
      return { text: reply.content.map(part => (part.type === 'text' ? part.text : '')).join(''), reply };
    },
  };
  const spent = async (): Promise<number> => {
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    return records.reduce((sum, each) => sum + (each.kind === 'attempted' ? each.attempt.costNanoUsd : 0), 0);
  };
  return { fake, router, clients, openai, anthropic, model, spent };
}

const PATHS: Readonly<Record<ApiName, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'anthropic-messages': '/v1/messages',
};
const APIS = Object.keys(PATHS) as ApiName[];
const DIRECTIONS = APIS.flatMap(client => APIS.filter(api => api !== client).map(api => [client, api] as const));

describe.each(DIRECTIONS)('a client of %s whose model speaks %s', (client, api) => {
  test.each([false, true])(
    'the client gets its reply in its own API, and the ledger equals the bill (streamed: %s)',
    async isStream => {
      const { fake, router, clients, spent } = await setUp(api);
      fake.reply({ text: 'Your parcel arrives on Monday.' });
      const { text, reply } = await clients[client](isStream);
      expect(text).toBe('Your parcel arrives on Monday.');
      const [request] = fake.requests();
      expect(request).toMatchObject({ path: PATHS[api], model: MODELS[api], stream: isStream });
      expect(JSON.stringify(request?.headers)).not.toContain('sk-client-key');
      expect(JSON.stringify(request?.headers)).toContain('sk-endpoint-key');
      expect(await spent()).toBeGreaterThan(0);
      expect(await spent()).toBe(Number(fake.bill().totalNanoUsd));
      expect(router.receipt(reply)).toMatchObject({
        model: 'other',
        attempts: [{ providerModel: MODELS[api], status: 'ok' }],
      });
    },
  );

  test('the client gets an error in its own API’s form, with the original inside', async () => {
    const { fake, clients } = await setUp(api);
    fake.reply(400);
    const error = await clients[client](false).catch(
      (thrown: unknown) => thrown as Error & { status?: number; error?: unknown },
    );
    expect(error).toMatchObject({ status: 400 });
    const inside = JSON.stringify((error as { error?: unknown }).error);
    expect(inside).toContain('"upstream"');
    expect(inside).toContain(`"api":"${api}"`);
  });
});

describe('a candidate that cannot serve the request', () => {
  const native = { provider: 'openai', api: 'openai-chat' } as const;

  test('the router leaves the candidate out, and the receipt names the field that it cannot serve', async () => {
    const { router, openai, model } = await setUp('anthropic-messages', { policy: fixed('other') }, native);
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const reply = await openai.chat.completions.create({ model, messages, n: 2 });
    expect(router.receipt(reply)).toMatchObject({
      model: 'native',
      ineligible: { other: [{ path: 'n', mark: 'unable', reason: expect.any(String) as string }] },
    });
  });

  test('if no other candidate is left, a 400 in the client’s own form names that field, and nothing is sent', async () => {
    const { fake, openai, anthropic, model } = await setUp('anthropic-messages');
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const error = await openai.chat.completions.create({ model, messages, n: 2 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({
      code: 'no-eligible-candidate',
      message: expect.stringMatching(/other: n: /) as string,
    });
    expect(fake.requests()).toEqual([]);
    await anthropic.messages.create({ model, max_tokens: 100, messages });
  });

  test('the 400 of a client of Anthropic has the router’s code too', async () => {
    const { fake, anthropic, model } = await setUp('openai-chat');
    const asked = { model, max_tokens: 100, top_k: 5, stop_sequences: ['a', 'b', 'c', 'd', 'e'] };
    const error = anthropic.messages.create({ ...asked, messages: [{ role: 'user', content: 'Hi' }] });
    await expect(error).rejects.toMatchObject({ status: 400, error: { error: { code: 'no-eligible-candidate' } } });
    expect(fake.requests()).toEqual([]);
  });

  test('the router does not ask the candidate if the client of the Responses API lets its reply be stored', async () => {
    const { fake, openai, model } = await setUp('anthropic-messages', { stateless: false });
    await expect(openai.responses.create({ model, input: 'Hi' })).rejects.toThrow(/other: store: .*store: false/);
    expect(fake.requests()).toEqual([]);
    await openai.responses.create({ model, input: 'Hi', store: false });
    expect(fake.requests()).toHaveLength(1);
  });

  test('the router does not call the candidate with the client’s key, because that key belongs to another vendor', async () => {
    const { fake, router } = await setUp('openai-chat');
    const keyless = createRouterOn(testRuntime(), {
      models: { claude: { provider: 'anthropic', model: MODELS['anthropic-messages'] } },
      features: { f: { candidates: ['claude'], failureCostUsd: 1 } },
    });
    const openai = keyless.wrap(new OpenAI({ apiKey: 'sk-client-key', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
    const call = openai.chat.completions.create({ model: router.feature('f').model, messages: [] });
    await expect(call).rejects.toThrow('a client of the anthropic API');
    expect(fake.requests()).toEqual([]);
  });
});

describe('a parameter that a model has refused', () => {
  /** The model of another API refuses whatever has this field, and the client's own takes all. */
  async function refusing(field: string) {
    const server = await scriptedServer({
      claude: [
        (request, response) =>
          field in request.body
            ? status(
                400,
                {},
                { type: 'invalid_request_error', message: `${field}: Extra inputs are not permitted` },
              )(request, response)
            : json(MESSAGE)(request, response),
      ],
      gpt: [chat('hello')],
    });
    servers.push(server);
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const router = createRouterOn(testRuntime(), {
      models: {
        claude: {
          provider: 'anthropic',
          model: 'claude',
          baseURL: server.url,
          apiKey: 'key',
          price,
          params: { maxOutputTokens: 9 },
        },
        gpt: { provider: 'openai', model: 'gpt', price },
      },
      features: { f: { candidates: ['claude', 'gpt'], failureCostUsd: 1, policy: fixed('claude'), retries: 0 } },
    });
    const openai = router.wrap(new OpenAI({ apiKey: 'sk', baseURL: `${server.url}/v1`, maxRetries: 0 }));
    const body = { model: router.feature('f').model, messages: [{ role: 'user' as const, content: 'Hi' }] };
    return { server, openai, body };
  }

  test('after the refusal, a request that sets the parameter under the client’s name for it goes to another candidate, and one without it does not', async () => {
    const { server, openai, body } = await refusing('stop_sequences');
    await openai.chat.completions.create({ ...body, stop: ['END'] });
    expect(server.models).toEqual(['claude', 'gpt']);
    await openai.chat.completions.create({ ...body, stop: ['END'] });
    expect(server.models).toEqual(['claude', 'gpt', 'gpt']);
    await openai.chat.completions.create(body);
    expect(server.models).toEqual(['claude', 'gpt', 'gpt', 'claude']);
  });
});

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 2 },
};

test('the receipt names fields that a translated model’s parameters exclude, once and by the client’s names', async () => {
  const pathsAt = async (params: ModelConfig['params']) => {
    const { router, openai, model } = await setUp('anthropic-messages', {}, undefined, params);
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const limit = 1_000;
    const replies = [
      await openai.chat.completions.create({ model, messages, max_completion_tokens: limit }),
      await openai.responses.create({ model, input: 'Hi', max_output_tokens: limit }),
      await openai.chat.completions.create({ model, messages, max_completion_tokens: 9_000, temperature: 0.2 }),
    ];
    return replies.map(reply => router.receipt(reply)?.dropped?.['other']?.map(({ path }) => path));
  };

  expect(await pathsAt({ thinkingBudget: 4_000 })).toEqual([['reasoning_effort'], ['reasoning'], ['temperature']]);
  expect(await pathsAt({ thinkingBudget: 4_000, effort: 'high' })).toEqual([
    ['reasoning_effort'],
    ['reasoning'],
    ['temperature'],
  ]);
});

test('a preference for which the other API has no field is dropped, and the receipt says so', async () => {
  const { fake, router, openai, model } = await setUp('anthropic-messages');
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const reply = await openai.chat.completions.create({ model, messages, seed: 7 });
  expect(router.receipt(reply)?.dropped).toMatchObject({ other: [{ path: 'seed', mark: 'preference' }] });
  expect(fake.requests()[0]?.body).not.toHaveProperty('seed');
});

test('two APIs of one vendor share the client’s key and address if the model has none of its own', async () => {
  const fake = await startFakeProvider({ models: { m: { price: { input: '1', output: '2' } } } });
  open.push(fake);
  const router = createRouterOn(testRuntime(), {
    models: {
      m: {
        provider: 'openai',
        model: 'm',
        api: 'openai-responses',
        price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
      },
    },
    features: { f: { candidates: ['m'], failureCostUsd: 1 } },
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'sk-client-key', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  await openai.chat.completions.create({
    model: router.feature('f').model,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  expect(fake.requests()).toMatchObject([
    { path: '/v1/responses', headers: { authorization: 'Bearer sk-client-key' } },
  ]);
});

test('a conversation continues with a reasoning model of the responses API, although nothing is stored there', async () => {
  const { fake, anthropic, openai, model } = await setUp('openai-responses');
  const asked = { model, max_tokens: 5_000, thinking: { type: 'adaptive' as const } };
  const question = { role: 'user' as const, content: 'Hi' };
  const first = await anthropic.messages.create({ ...asked, messages: [question] });
  expect(first.content[0]).toMatchObject({ type: 'thinking' });
  const messages = [question, { role: 'assistant' as const, content: first.content }, question];
  await anthropic.messages.create({ ...asked, messages });
  expect(fake.requests().at(-1)?.body.input).toContainEqual(
    expect.objectContaining({ type: 'reasoning', encrypted_content: expect.any(String) as string }),
  );

  const chat = await openai.chat.completions.create({ model, reasoning_effort: 'high', messages: [question] });
  const turns = [question, chat.choices[0]?.message as OpenAI.ChatCompletionMessage, question];
  await openai.chat.completions.create({ model, reasoning_effort: 'high', messages: turns });
  expect(fake.requests().at(-1)?.status).toBe(200);
});

test('the receipt names the fields that a model’s configured effort excludes', async () => {
  const { fake, router, openai, model } = await setUp('anthropic-messages', {}, undefined, { effort: 'high' });
  const reply = await openai.chat.completions.create({
    model,
    temperature: 0,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  expect(fake.requests().at(-1)?.body).not.toHaveProperty('temperature');
  expect(router.receipt(reply)?.dropped?.other).toMatchObject([{ path: 'temperature', mark: 'preference' }]);
});

describe('a request that another vendor refuses as wrong', () => {
  const native = { provider: 'openai', api: 'openai-chat' } as const;
  const wrong = { fault: { kind: 'status', status: 400 } } as const;
  const question = { messages: [{ role: 'user' as const, content: 'Hi' }] };

  test('a candidate of the client’s own vendor is asked where another one refuses a request as wrong', async () => {
    const { fake, router, openai, model } = await setUp('anthropic-messages', {}, native);
    fake.reply(wrong, 'Hello');
    const reply = await openai.chat.completions.create({ model, ...question });
    expect(reply.choices[0]?.message.content).toContain('Hello');
    expect(router.receipt(reply)?.attempts).toMatchObject([
      { model: 'other', status: 'refused', costNanoUsd: 0 },
      { model: 'native', status: 'ok' },
    ]);
    // The refusal has no effect on other requests.
    fake.reply('Hello');
    await openai.chat.completions.create({ model, ...question });
    expect(fake.requests().map(request => request.model)).toEqual([
      MODELS['anthropic-messages'],
      'native',
      MODELS['anthropic-messages'],
    ]);
  });

  test('if both vendors refuse a request, the client gets its own vendor’s error', async () => {
    const { fake, openai, model } = await setUp('anthropic-messages', {}, native);
    fake.reply(wrong, wrong);
    const error: unknown = await openai.chat.completions
      .create({ model, ...question })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 400 });
    expect(error).not.toHaveProperty('error.upstream');
    expect(fake.requests().map(request => request.model)).toEqual([MODELS['anthropic-messages'], 'native']);
  });

  test('if no candidate is of the client’s own vendor, no other candidate is asked', async () => {
    const { fake, openai, model } = await setUp('anthropic-messages');
    fake.reply(wrong);
    await expect(openai.chat.completions.create({ model, ...question })).rejects.toMatchObject({ status: 400 });
    expect(fake.requests()).toHaveLength(1);
  });
});
