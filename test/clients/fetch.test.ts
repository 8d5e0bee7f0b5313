import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { FeatureConfig } from '../../src/config/application.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { RouterError } from '../../src/index.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import type { Store } from '../../src/contracts/store.ts';
import { memory } from '../../src/stores/memory.ts';
import { hasty } from '../support/routed.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { chat, chatStream, hang, json, reset, scriptedServer, status } from '../support/scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

const models = {
  mini: { provider: 'openai', model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
  premium: { provider: 'openai', model: 'premium-1', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 20 } },
} as const;

type Feature = Omit<FeatureConfig<'mini' | 'premium'>, 'candidates'>;

async function routed(script: Parameters<typeof scriptedServer>[0], feature: Feature = {}, store: Store = memory()) {
  const server = await scriptedServer(script);
  open.push(server);
  const runtime = hasty();
  const faults: Fault[] = [];
  const router = createRouterOn(runtime, {
    models,
    features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 15, policy: fixed('mini'), ...feature } },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'sk-test', baseURL: `${server.url}/v1` }));
  const ask = async (model: string = router.feature('support').model) =>
    openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello' }] });
  const ledger = async (): Promise<LedgerRecord[]> => {
    await router.flush();
    return Array.fromAsync(store.scan());
  };
  const attempts = async () =>
    (await ledger()).flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
  return { server, router, openai, ask, ledger, attempts, runtime, store, faults };
}

test('observed properties of an intent’s first request are part of its segment', async () => {
  const context = { plan: ['free', 'paid'], turns: 'bucket', tools: 'used', length: 'bucket' } as const;
  const { router, openai, ledger } = await routed([chat('hi'), chat('hi'), chat('hi')], { context });
  const intent = router.feature('support').intent({ context: { plan: 'paid' } } as never);
  const user = { role: 'user', content: 'Hello' } as const;
  const tool = { type: 'function', function: { name: 'look_up', parameters: {} } } as const;
  await openai.chat.completions.create({ model: intent.model, messages: [user] });
  // A later request of the same intent changes nothing.
  await openai.chat.completions.create({ model: intent.model, messages: [user, user], tools: [tool] });
  await openai.chat.completions.create({
    model: router.feature('support').model,
    messages: [user, { role: 'assistant', content: 'a'.repeat(3000) }, user],
    tools: [tool],
  });
  expect((await ledger()).flatMap(record => (record.kind === 'decided' ? [record.segment] : []))).toEqual([
    'plan=paid,turns=1,tools=none,length=short',
    'turns=2-4,tools=used,length=medium',
  ]);
});

test('the model name is replaced, the caller gets the provider’s reply, and the ledger has decision, attempt and cost', async () => {
  const { server, router, ask, ledger } = await routed([chat('hi')]);
  const reply = await ask();
  expect(reply.choices[0]?.message.content).toBe('hi');
  expect(reply.model).toBe('mini-1');
  expect(server.received[0]?.body).toEqual({ model: 'mini-1', messages: [{ role: 'user', content: 'Hello' }] });
  const records = await ledger();
  expect(records.map(record => record.kind)).toEqual(['decided', 'attempted']);
  // 100 tokens at $1 and 10 at $2 a million.
  expect(records[1]).toMatchObject({
    attempt: { costNanoUsd: 120_000, provenance: 'reported', status: 'ok', node: 'mini', kind: 'first' },
  });
  expect(router.receipt(reply)).toMatchObject({ model: 'mini', costUsd: 0.00012, plan: ['mini'], rejected: false });
});

test('the store is asked for an intent only when another process may have decided it', async () => {
  const loaded: string[] = [];
  const inner = memory();
  const store: Store = {
    ...inner,
    load: async id => {
      loaded.push(id);
      return inner.load(id);
    },
  };
  const { router, ask } = await routed([chat('hi')], {}, store);
  const support = router.feature('support');
  await ask(support.model);
  await ask(support.intent().model);
  expect(loaded).toEqual([]);
  await ask(support.intent({ id: 'order-17' }).model);
  await ask(support.resume('order-18').model);
  expect(loaded).toEqual(['order-17', 'order-18']);
});

test('a call with any other model name passes untouched and is not recorded', async () => {
  const { server, ask, ledger } = await routed([chat('hi')]);
  await ask('gpt-5');
  expect(server.models).toEqual(['gpt-5']);
  expect(await ledger()).toEqual([]);
});

describe('exact attempt counts: retries × failover × climb', () => {
  const rejecting = {
    validate: (reply: { text: string }) => reply.text === 'good',
    policy: fixed(['mini', 'premium']),
  };
  const cases: readonly [
    what: string,
    script: Readonly<Record<string, readonly Answer[]>>,
    feature: Feature,
    asked: readonly string[],
    kinds: readonly string[],
  ][] = [
    ['the first model answers at once', { 'mini-1': [chat('good')] }, {}, ['mini-1'], ['first']],
    [
      'an answer follows two faults',
      { 'mini-1': [status(500), status(429), chat('good')] },
      {},
      ['mini-1', 'mini-1', 'mini-1'],
      ['first', 'retry', 'retry'],
    ],
    [
      'no retries are allowed and the next candidate answers',
      { 'mini-1': [status(503)], 'premium-1': [chat('good')] },
      { retries: 0 },
      ['mini-1', 'premium-1'],
      ['first', 'escalation'],
    ],
    [
      'the retries are used up and the next candidate has its own',
      { 'mini-1': [status(500)], 'premium-1': [status(500), chat('good')] },
      { retries: 1 },
      ['mini-1', 'mini-1', 'premium-1', 'premium-1'],
      ['first', 'retry', 'escalation', 'retry'],
    ],
    [
      'every model is down',
      { 'mini-1': [status(500)], 'premium-1': [status(529)] },
      { retries: 1 },
      ['mini-1', 'mini-1', 'premium-1', 'premium-1'],
      ['first', 'retry', 'escalation', 'retry'],
    ],
    [
      'a rejected reply climbs',
      { 'mini-1': [chat('bad')], 'premium-1': [chat('good')] },
      rejecting,
      ['mini-1', 'premium-1'],
      ['first', 'escalation'],
    ],
    [
      'faults come both before a rejected reply and after the climb',
      { 'mini-1': [reset, chat('bad')], 'premium-1': [status(500), chat('good')] },
      rejecting,
      ['mini-1', 'mini-1', 'premium-1', 'premium-1'],
      ['first', 'retry', 'escalation', 'retry'],
    ],
    [
      'no candidate is left to climb to',
      { 'mini-1': [chat('bad')], 'premium-1': [chat('bad')] },
      rejecting,
      ['mini-1', 'premium-1'],
      ['first', 'escalation'],
    ],
    ['a refused request is not repeated', { 'mini-1': [status(401)] }, {}, ['mini-1'], ['first']],
    [
      'a single-model plan does not climb',
      { 'mini-1': [chat('bad')] },
      { ...rejecting, policy: fixed('mini') },
      ['mini-1'],
      ['first'],
    ],
  ];
  test.each(cases)('the attempts and their kinds are exact when %s', async (_, script, feature, asked, kinds) => {
    const { server, ask, attempts } = await routed(script, feature);
    await ask().catch(() => {});
    expect(server.models).toEqual(asked);
    expect((await attempts()).map(attempt => attempt.kind)).toEqual(kinds);
  });
});

test('when no model is left, the last reply is returned as the provider sent it, and the receipt says `rejected`', async () => {
  const { router, ask } = await routed(
    { 'mini-1': [chat('bad')], 'premium-1': [chat('also bad')] },
    { validate: () => false, policy: fixed(['mini', 'premium']) },
  );
  const reply = await ask();
  expect(reply.choices[0]?.message.content).toBe('also bad');
  expect(router.receipt(reply)).toMatchObject({ rejected: true, model: 'premium' });
});

test('a rejected reply is returned rather than the fault of the model after it', async () => {
  const { ask } = await routed(
    { 'mini-1': [chat('bad')], 'premium-1': [status(500)] },
    { validate: () => false, retries: 0, policy: fixed(['mini', 'premium']) },
  );
  expect((await ask()).choices[0]?.message.content).toBe('bad');
});

test('withResponse and the request id belong to the reply that was returned', async () => {
  const { openai, router } = await routed(
    { 'mini-1': [chat('bad')], 'premium-1': [chat('good')] },
    { validate: z.literal('never'), policy: fixed(['mini', 'premium']) },
  );
  const { data, response, request_id } = await openai.chat.completions
    .create({ model: router.feature('support').model, messages: [{ role: 'user', content: 'Hello' }] })
    .withResponse();
  expect(data.model).toBe('premium-1');
  expect(request_id).toBe(`req_${data.id}`);
  expect(data).toHaveProperty('_request_id', request_id);
  expect(response.headers.get('x-request-id')).toBe(request_id);
});

test('a retry waits as long as `retry-after` or `retry-after-ms` says', async () => {
  const { ask, runtime } = await routed([
    status(429, { 'retry-after': '3' }),
    status(500, { 'retry-after-ms': '40' }),
    chat('ok'),
  ]);
  await ask();
  expect(runtime.slept).toEqual([3_000, 40]);
});

test('a retry-after above the limit marks the model unavailable', async () => {
  const { ask, server } = await routed({
    'mini-1': [status(429, { 'retry-after': '3600' })],
    'premium-1': [chat('ok')],
  });
  await ask();
  expect(server.models).toEqual(['mini-1', 'premium-1']);
});

test('a provider error reaches the caller as the SDK’s typed error, with status, code and request id', async () => {
  const { ask } = await routed([status(401, {}, { code: 'invalid_api_key' })]);
  const error = await ask().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
  expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', requestID: 'req_401' });
});

test('a parameter that the model refuses is renamed, the request is resent once, and the name is remembered', async () => {
  const refused = status(400, {}, { code: 'unsupported_parameter', param: 'max_tokens' });
  const { openai, router, server, attempts } = await routed([refused, chat('ok'), chat('ok')]);
  const ask = async () =>
    openai.chat.completions.create({ model: router.feature('support').model, messages: [], max_tokens: 5 });
  await ask();
  await ask();
  expect(server.received.map(request => [request.body['max_tokens'], request.body['max_completion_tokens']])).toEqual([
    [5, undefined],
    [undefined, 5],
    [undefined, 5],
  ]);
  expect((await attempts()).map(attempt => attempt.status)).toEqual(['rejected-request', 'ok', 'ok']);
});

test('an HTML page of a proxy is passed through unchanged where no other candidate can answer, estimated and reported', async () => {
  const html: Answer = (_, response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>');
  const { router, server, attempts, faults } = await routed([html]);
  const response = await router.fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'feature:support', messages: [] }),
  });
  expect(await response.text()).toBe('<h1>Sign in</h1>');
  const told = { status: 'broken', provenance: 'estimated', usage: { output: 0 } };
  expect(await attempts()).toMatchObject([told, told]);
  expect(faults.map(({ where }) => where)).toEqual(['wire', 'wire']);
});

test.each([
  ['an object', { 'Content-Length': '62' }],
  ['a list', [['content-length', '62']] as [string, string][]],
  ['Headers', new Headers({ 'content-length': '62' })],
])('a content-length that the client set in %s is dropped, because the body changes', async (_, headers) => {
  const { router, server } = await routed([chat('hi')]);
  const response = await router.fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ model: 'feature:support', messages: [] }),
  });
  expect(response.status).toBe(200);
  expect(server.models).toEqual(['mini-1']);
});

test('a request for an unknown feature rejects with a RouterError that lists the configured features', async () => {
  const { router, server } = await routed([chat('hi')]);
  const call = router.fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'feature:suport', messages: [] }),
  });
  const error = await call.catch((caught: unknown) => caught);
  expect(RouterError.isInstance(error) && { code: error.code, accepted: error.accepted }).toEqual({
    code: 'unknown-feature',
    accepted: ['support'],
  });
  expect(server.received).toEqual([]);
});

test('an abort ends the call at once and is recorded as aborted', async () => {
  const { openai, router, attempts, server } = await routed([hang]);
  const controller = new AbortController();
  const call = openai.chat.completions.create(
    { model: router.feature('support').model, messages: [] },
    { signal: controller.signal },
  );
  await expect.poll(() => server.received).toHaveLength(1);
  controller.abort();
  await expect(call).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
  expect(await attempts()).toMatchObject([{ status: 'aborted', provenance: 'estimated', usage: { output: 0 } }]);
});

test('a call whose signal is already aborted sends and records nothing', async () => {
  const { router, server, ledger } = await routed([chat('hi')]);
  const call = router.fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'feature:support', messages: [] }),
    signal: AbortSignal.abort(),
  });
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(server.received).toEqual([]);
  expect(await ledger()).toEqual([]);
});

test('an attempt over its time limit is a timeout, and the next candidate answers', async () => {
  const { ask, attempts } = await routed(
    { 'mini-1': [hang], 'premium-1': [chat('ok')] },
    { attemptTimeout: 60, retries: 0 },
  );
  expect((await ask()).model).toBe('premium-1');
  expect((await attempts()).map(attempt => [attempt.status, attempt.node])).toEqual([
    ['timeout', 'mini'],
    ['ok', 'mini!premium'],
  ]);
});

test('a request that reaches its deadline fails with the SDK’s timeout error', async () => {
  const { ask } = await routed([hang], { deadline: 60, retries: 0 });
  await expect(ask()).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
});

describe('the body of an error that is long and does not end', () => {
  /** A reply with status 400 whose body begins and does not end, and a promise for the end of its connection. */
  async function endless(feature: Feature, signal?: AbortSignal) {
    const closed = Promise.withResolvers<void>();
    const { router, server, attempts } = await routed(
      [(_, response) => void response.on('close', closed.resolve).writeHead(400).write('x'.repeat(70_000))],
      { retries: 0, ...feature },
    );
    const reply = await router.fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'feature:support', messages: [] }),
      ...(signal === undefined ? {} : { signal }),
    });
    expect(reply.status).toBe(400);
    expect((await attempts()).map(attempt => attempt.status)).toEqual(['rejected-request']);
    return { reply, closed: closed.promise };
  }

  test.each([{}, { attemptTimeout: '1m' }, { deadline: '1m' }] as const)(
    'the caller’s abort stops an endless error body, and its connection is closed, with the limits %j',
    async limits => {
      const caller = new AbortController();
      const { reply, closed } = await endless(limits, caller.signal);
      const text = reply.text();
      caller.abort();
      await expect(text).rejects.toMatchObject({ name: 'AbortError' });
      await closed;
    },
  );

  test.each([{ attemptTimeout: 60 }, { deadline: 60 }])('the limit %j stops an endless error body', async limits => {
    const { reply, closed } = await endless(limits);
    await expect(reply.text()).rejects.toMatchObject({ name: 'TimeoutError' });
    await closed;
  });
});

describe('streams', () => {
  const streaming = { messages: [] as OpenAI.ChatCompletionMessageParam[], stream: true } as const;

  test('a stream’s usage is requested and recorded, and the usage chunk never reaches the caller', async () => {
    const { openai, router, server, attempts } = await routed([chatStream(['a', 'b', 'c'])]);
    const chunks = await Array.fromAsync(
      await openai.chat.completions.create({ model: router.feature('support').model, ...streaming }),
    );
    expect(server.received[0]?.body['stream_options']).toEqual({ include_usage: true });
    expect(chunks.map(chunk => chunk.choices.length)).toEqual([1, 1, 1, 1]);
    expect(await attempts()).toMatchObject([
      { status: 'ok', provenance: 'reported', usage: { input: 100, output: 3 }, costNanoUsd: 106_000 },
    ]);
    expect(router.receipt(chunks[0])?.costUsd).toBe(0.000106);
  });

  test('a streamed request that fails before its first byte is retried', async () => {
    const { openai, router, server } = await routed([status(500), chatStream(['a'])]);
    const chunks = await Array.fromAsync(
      await openai.chat.completions.create({ model: router.feature('support').model, ...streaming }),
    );
    expect(chunks).toHaveLength(2);
    expect(server.received).toHaveLength(2);
  });

  test('a caller that leaves the loop early cancels the provider’s stream, and is charged by estimate', async () => {
    const paused: Answer = (request, response) => {
      chatStream(['aaaa', 'bbbb'], { cut: 2 })(request, { ...stubbed(response), end: () => response } as never);
    };
    const { openai, router, attempts } = await routed([paused]);
    for await (const chunk of await openai.chat.completions.create({
      model: router.feature('support').model,
      ...streaming,
    })) {
      if (chunk.choices[0]?.delta.content === 'bbbb') break;
    }
    const [attempt] = await attempts();
    expect(attempt).toMatchObject({ status: 'aborted', provenance: 'estimated', usage: { output: 2 } });
  });

  test('a stream that breaks off is charged by estimate, and the caller gets everything before the break', async () => {
    const { openai, router, attempts } = await routed([chatStream(['abcd', 'efgh', 'i'], { cut: 3 })]);
    const words: string[] = [];
    for await (const chunk of await openai.chat.completions.create({
      model: router.feature('support').model,
      ...streaming,
    })) {
      words.push(chunk.choices[0]?.delta.content ?? '');
    }
    expect(words.join('')).toBe('abcdefghi');
    expect(await attempts()).toMatchObject([{ status: 'broken', provenance: 'estimated', usage: { output: 3 } }]);
  });

  test('a stream with a validator reaches the caller as it arrives, is validated at its end and does not climb', async () => {
    const { openai, router, server, attempts } = await routed(
      { 'mini-1': [chatStream(['bad'])] },
      { validate: () => false, policy: fixed(['mini', 'premium']) },
    );
    await Array.fromAsync(
      await openai.chat.completions.create({ model: router.feature('support').model, ...streaming }),
    );
    await router.flush();
    expect(server.models).toEqual(['mini-1']);
    expect(await attempts()).toMatchObject([{ verdict: { accepted: false } }]);
  });

  test('a request whose stream is held back and rejected climbs, and the caller gets only the accepted stream', async () => {
    const script = { 'mini-1': [chatStream(['bad'])], 'premium-1': [chatStream(['go', 'od'])] };
    const { openai, router, server } = await routed(script, {
      validate: reply => reply.text === 'good',
      hold: 'until-verdict',
      policy: fixed(['mini', 'premium']),
    });
    const stream = await openai.chat.completions.create({ model: router.feature('support').model, ...streaming });
    const words = (await Array.fromAsync(stream)).map(chunk => chunk.choices[0]?.delta.content ?? '');
    expect(words.join('')).toBe('good');
    expect(server.models).toEqual(['mini-1', 'premium-1']);
  });

  test('a judge’s own stream is not held back where the feature holds its streams until the verdict', async () => {
    const finish: (() => void)[] = [];
    const paused: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"id":"c","choices":[{"index":0,"delta":{"content":"yes"},"finish_reason":null}]}\n\n');
      finish.push(() => void response.end('data: [DONE]\n\n'));
    };
    const script = { 'mini-1': [chatStream(['fine'])], 'premium-1': [paused] };
    const judged: string[] = [];
    const it = await routed(script, {
      hold: 'until-verdict',
      async validate(reply) {
        const model = reply.judgeModel('premium');
        for await (const chunk of await it.openai.chat.completions.create({ model, ...streaming })) {
          judged.push(chunk.choices[0]?.delta.content ?? '');
          finish[0]?.();
        }
        return true;
      },
    });
    const stream = await it.openai.chat.completions.create({ model: it.router.feature('support').model, ...streaming });
    const words = (await Array.fromAsync(stream)).map(chunk => chunk.choices[0]?.delta.content ?? '');
    expect([judged, words.join('')]).toEqual([['yes'], 'fine']);
  });
});

/** The parts of a response that the scripted stream writes with. */
function stubbed(response: Parameters<Answer>[1]) {
  return { writeHead: response.writeHead.bind(response), write: response.write.bind(response) };
}

test('an unread reply is the provider’s own Response, which can be read in every way', async () => {
  const { openai, router } = await routed([
    json(
      { id: 'x', model: 'mini-1', choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
      { 'x-own': 'yes' },
    ),
  ]);
  const ask = async () =>
    openai.chat.completions.create({ model: router.feature('support').model, messages: [] }).asResponse();
  const response = await ask();
  expect(response).toBeInstanceOf(Response);
  expect([response.status, response.ok, response.bodyUsed, response.headers.get('x-own')]).toEqual([
    200,
    true,
    false,
    'yes',
  ]);
  expect(response.url).toMatch(/\/v1\/chat\/completions$/);
  expect(await response.clone().json()).toMatchObject({ id: 'x' });
  expect(await response.json()).toMatchObject({ id: 'x' });
  expect(response.bodyUsed).toBe(true);
  await expect(response.text()).rejects.toThrow(TypeError);
  expect(new TextDecoder().decode(await (await ask()).arrayBuffer())).toContain('"id":"x"');
  expect(await (await ask()).blob()).toBeInstanceOf(Blob);
  const reader = (await ask()).body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"id":"x"');
});

test('a slot with an id that no intent can have is refused, and nothing is sent or recorded', async () => {
  const { server, ask, ledger } = await routed([chat('hi')]);
  for (const id of ['', 'a#b', ' x', 'ticket-\ud83d', 'z'.repeat(50_000)])
    await expect(ask(`feature:support#${id}`)).rejects.toMatchObject({ code: 'invalid-value', path: 'model' });
  expect([server.received.length, await ledger()]).toEqual([0, []]);
});
