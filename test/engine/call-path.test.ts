/** What a provider really answers, and what the caller gets: two endpoints, `a` is chosen and `b` is healthy. */
import OpenAI from 'openai';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import type { FeatureConfig } from '../../src/config/application.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import type { Runtime } from '../../src/runtime.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { closeAll, hasty, routed } from '../support/routed.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { body, chat, chatChunk, hang, json, scriptedServer, sse, status } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

interface Options {
  readonly provider?: 'openai' | 'anthropic';
  readonly feature?: Omit<FeatureConfig<'a' | 'b'>, 'candidates'>;
  /** The answers of `b`; `undefined`: there is no such candidate. */
  readonly b?: readonly Answer[] | undefined;
  readonly bPrice?: { readonly inputUsdPerMillion: number; readonly outputUsdPerMillion: number };
  readonly runtime?: Runtime;
}

const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

const message: Answer = json({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'b-1',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 100, output_tokens: 10 },
});

async function between(a: readonly Answer[], options: Options = {}) {
  const { provider = 'openai', feature, bPrice = PRICE, runtime = hasty() } = options;
  const bAnswers = 'b' in options ? options.b : [provider === 'openai' ? chat('hi') : message];
  const serverA = await scriptedServer(a);
  const serverB = await scriptedServer(bAnswers ?? []);
  servers.push(serverA, serverB);
  const path = provider === 'openai' ? '/v1' : '';
  const store = memory();
  const faults: Fault[] = [];
  const router = createRouterOn(runtime, {
    models: {
      a: { provider, model: 'a-1', servedAs: ['m'], price: PRICE, baseURL: `${serverA.url}${path}` },
      b: { provider, model: 'b-1', price: bPrice, baseURL: `${serverB.url}${path}` },
    },
    features: {
      f: {
        candidates: bAnswers === undefined ? ['a'] : ['a', 'b'],
        failureCostUsd: 1,
        retries: 0,
        policy: fixed('a'),
        ...feature,
      },
    },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  const url = `${serverA.url}${provider === 'openai' ? '/v1/chat/completions' : '/v1/messages'}`;
  const post = async (more: object = {}, init: RequestInit = {}, at = url): Promise<Response> => {
    const messages = [{ role: 'user', content: 'Hello' }];
    return router.fetch(at, {
      method: 'POST',
      body: JSON.stringify({ model: 'feature:f', messages, ...more }),
      ...init,
    });
  };
  return {
    a: serverA,
    b: serverB,
    router,
    store,
    faults,
    post,
    openai: router.wrap(new OpenAI({ apiKey: 'k', baseURL: `${serverA.url}/v1` })),
    anthropic: router.wrap(new Anthropic({ apiKey: 'k', baseURL: serverA.url })),
    async attempts(): Promise<readonly Attempt[]> {
      await router.flush();
      const records = await Array.fromAsync(store.scan());
      return records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
    },
  };
}

const brief = (attempts: readonly Attempt[]) =>
  attempts.map(({ model, status: ended, costNanoUsd }) => `${model} ${ended} ${costNanoUsd}`);

const ASKED = { stream: true, stream_options: { include_usage: true } } as const;
const USAGE = { prompt_tokens: 1_000, completion_tokens: 500 };
const STREAM = [
  sse(chatChunk({ role: 'assistant', content: '' })),
  sse(chatChunk({ content: 'Hello' })),
  sse(chatChunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })),
  sse(chatChunk({}, { choices: [], usage: USAGE })),
  sse('[DONE]'),
];
const SLOW_DOWN = { error: { message: 'slow down', code: 429 } };

describe('a fault inside a 200', () => {
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const created = { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } };
  const failed = {
    type: 'response.failed',
    response: { id: 'resp_1', status: 'failed', output: [], error: { code: 'server_error' }, usage: null },
  };
  const response = json({
    id: 'resp_2',
    object: 'response',
    model: 'b-1',
    status: 'completed',
    output: [],
    usage: { input_tokens: 100, output_tokens: 10 },
  });

  test.each<[what: string, answer: Answer, more: object, path: string, options: Options]>([
    ['JSON of a chat', json(SLOW_DOWN), {}, '/v1/chat/completions', {}],
    ['the first event of a chat stream', body([sse(SLOW_DOWN), sse('[DONE]')]), ASKED, '/v1/chat/completions', {}],
    [
      'the first event of a message stream',
      body([sse(overloaded, 'error')]),
      { stream: true, max_tokens: 9 },
      '/v1/messages',
      { provider: 'anthropic' },
    ],
    [
      'the failure of a response',
      body([sse(created, created.type), sse(failed, failed.type)]),
      { stream: true },
      '/v1/responses',
      { b: [response] },
    ],
  ])('%s costs nothing, and the other candidate answers', async (_, answer, more, path, options) => {
    const it = await between([answer], options);
    const reply = await it.post(more, {}, `${it.a.url}${path}`);
    expect([reply.status, await reply.text()]).toEqual([200, expect.stringContaining('b-1')]);
    expect(brief(await it.attempts())).toEqual(['a provider-fault 0', 'b ok 120000']);
  });

  test('silence does not label a reply with an error body a success, and the model’s circuit opens', async () => {
    const silence = { after: 0, means: 'success' } as const;
    const bPrice = { inputUsdPerMillion: 10, outputUsdPerMillion: 20 };
    const it = await between([json(SLOW_DOWN)], { feature: { silence, policy: thompson() }, bPrice });
    for (let i = 0; i < 40; i++) {
      await (await it.post()).text();
      await it.router.labelSilentIntents();
    }
    const attempts = await it.attempts();
    expect(attempts.filter(({ model }) => model === 'b')).toHaveLength(40);
    expect(it.a.received.length).toBeLessThanOrEqual(7);
    const explained = await it.router.explain('f');
    expect(explained.plans.find(({ plan }) => plan === 'a')?.success.value).toBe(0.5);
  });

  test('a stream that is an error from its first event opens the circuit', async () => {
    const it = await between([body([sse(overloaded, 'error')])], { provider: 'anthropic' });
    for (let i = 0; i < 12; i++) expect(await (await it.post({ stream: true, max_tokens: 9 })).text()).toContain('b-1');
    expect(it.a.received).toHaveLength(5);
  });

  test('an error after the first event is the provider’s fault even if the caller’s SDK cancels the stream, and its input is as reported', async () => {
    const start = {
      type: 'message_start',
      message: { id: 'm', type: 'message', role: 'assistant', content: [], model: 'a-1', usage: { input_tokens: 10 } },
    };
    let callerHasIt = (): void => {};
    const afterwards: Answer = (_, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.write(sse(start, 'message_start'));
      callerHasIt = () => reply.end(sse(overloaded, 'error'));
    };
    const it = await between([afterwards], { provider: 'anthropic' });
    const read = async (): Promise<void> => {
      const messages = [{ role: 'user', content: 'Hello' }] as const;
      const stream = await it.anthropic.messages.create({
        model: 'feature:f',
        max_tokens: 9,
        messages: [...messages],
        stream: true,
      });
      callerHasIt();
      await Array.fromAsync(stream);
    };
    for (let i = 0; i < 5; i++) await expect(read()).rejects.toThrow('Overloaded');
    const attempts = await it.attempts();
    expect((await it.router.explain('f')).plans[0]?.reason).toContain('circuit is open');
    expect(brief(attempts)).toEqual(Array.from({ length: 5 }, () => 'a broken 10000'));
    expect(attempts[0]?.usage).toMatchObject({ input: 10, output: 0 });
  });

  test('an error about the request after the first event is not the provider’s fault: no other candidate is asked', async () => {
    const start = { type: 'message_start', message: { id: 'm', role: 'assistant', usage: { input_tokens: 10 } } };
    const error = {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'messages: roles must alternate' },
    };
    const it = await between([body([sse(start, start.type), sse(error, 'error')])], { provider: 'anthropic' });
    expect(await (await it.post({ stream: true, max_tokens: 9 })).text()).toContain('roles must alternate');
    expect(brief(await it.attempts())).toEqual(['a rejected-request 10000']);
  });

  test('an error after output is a broken reply, estimated from its characters, and silence does not label it a success', async () => {
    const silence = { after: 0, means: 'success' } as const;
    const parts = [sse(chatChunk({ content: 'Hel' })), sse({ error: { message: 'x', code: 500 } }), sse('[DONE]')];
    const it = await between([body(parts)], { feature: { silence } });
    expect(await (await it.post(ASKED)).text()).toBe(parts.join(''));
    const [attempt] = await it.attempts();
    expect(attempt).toMatchObject({ status: 'broken', provenance: 'estimated', usage: { output: 1 } });
    expect(await it.router.labelSilentIntents()).toBe(0);
  });

  test.each([
    [sse('[DONE]')],
    [`data: upstream connect error\n\n${sse('[DONE]')}`],
    [sse({ detail: 'Internal Server Error' }) + sse('[DONE]')],
    [sse({ detail: 'Internal Server Error' })],
  ])('the stream %j is not an answer: the other candidate answers', async text => {
    const it = await between([body([text])]);
    expect(await (await it.post(ASKED)).text()).toContain('b-1');
    expect((await it.attempts()).map(({ status: ended }) => ended)).toEqual(['broken', 'ok']);
    expect(it.faults.map(({ where }) => where)).toEqual(['wire']);
  });

  test.each<[path: string, options: Options]>([
    ['/v1/chat/completions', {}],
    ['/v1/responses', {}],
    ['/v1/messages', { provider: 'anthropic' }],
  ])('a reply that cannot be understood has the same result as JSON and as an event: %s', async (path, options) => {
    const unknown = { detail: 'Internal Server Error' };
    const answers = [json(unknown), body([sse(unknown)]), body([sse(unknown), sse('[DONE]')])];
    for (const answer of answers) {
      const it = await between([answer], { ...options, feature: { retries: 2 } });
      await it.post(ASKED, {}, it.a.url + path);
      expect((await it.attempts()).slice(0, 1)).toMatchObject([
        { model: 'a', status: 'broken', provenance: 'estimated' },
      ]);
      expect([it.a.received.length, it.b.received.length]).toEqual([1, 1]);
      expect(it.faults.slice(0, 1)).toMatchObject([{ where: 'wire', error: { path: 'models.a' } }]);
    }
  });

  test('a stream in which nothing was understood is also reported if it went to the caller with its headers', async () => {
    const page = sse({ detail: 'Internal Server Error' });
    const it = await between([body([page])], { feature: { release: 'headers' } });
    expect(await (await it.post(ASKED)).text()).toBe(page);
    expect(await it.attempts()).toMatchObject([{ status: 'broken', provenance: 'estimated', usage: { output: 0 } }]);
    expect(it.faults).toMatchObject([{ where: 'wire', error: { path: 'models.a' } }]);
  });

  test('a stream that has output and then an event that is not JSON is a broken reply, also where the SDK cancels it', async () => {
    const parts = [sse(chatChunk({ content: 'Hel' })), 'data: {"id":"x", oops\n\n', ...STREAM.slice(2)];
    const silence = { after: 0, means: 'success' } as const;
    const it = await between([body(parts)], { feature: { silence } });
    const stream = await it.openai.chat.completions.create({ model: 'feature:f', messages: [], stream: true });
    await expect(Array.fromAsync(stream)).rejects.toThrow('malformed');
    expect(await it.attempts()).toMatchObject([{ status: 'broken', usage: { output: expect.any(Number) } }]);
    expect(await it.router.labelSilentIntents()).toBe(0);
  });

  test('a stream that ends after its finish reason, without usage and without [DONE], is a complete reply', async () => {
    const it = await between([body(STREAM.slice(0, 3))]);
    expect(await (await it.post(ASKED)).text()).toBe(STREAM.slice(0, 3).join(''));
    expect(await it.attempts()).toMatchObject([{ status: 'ok', provenance: 'estimated', usage: { output: 2 } }]);
  });

  test('a page of a proxy is replaced by the other candidate, and goes through unchanged where there is none', async () => {
    const page = body(['<html>down</html>'], { type: 'text/html' });
    const it = await between([page]);
    expect(await (await it.post()).text()).toContain('b-1');
    expect(it.faults.map(({ where }) => where)).toEqual(['wire']);
    const alone = await between([page], { b: undefined, feature: { silence: { after: 0, means: 'success' } } });
    const reply = await alone.post();
    expect([reply.status, await reply.text()]).toEqual([200, '<html>down</html>']);
    expect(await alone.attempts()).toMatchObject([{ status: 'broken', provenance: 'estimated' }]);
    expect(await alone.router.labelSilentIntents()).toBe(0);
  });
});

describe('content types', () => {
  test.each(['Text/Event-Stream', 'text/plain; charset=utf-8', '', 'application/json'])(
    'a stream with the content type %j reaches the SDK as a stream, is requested once, and its usage is reported',
    async type => {
      const it = await between([body(STREAM, { type })], { feature: { retries: 2 } });
      // The caller did not ask for the usage chunk, which has no choice.
      const reply = await it.post({ stream: true });
      const text = await reply.text();
      expect(text).toContain('Hello');
      expect(text).not.toContain('"choices":[]');
      expect(it.a.received).toHaveLength(1);
      expect(await it.attempts()).toMatchObject([{ status: 'ok', provenance: 'reported', costNanoUsd: 2_000_000 }]);
    },
  );
});

describe('a refusal of the account or the model', () => {
  test.each<[what: string, answer: Answer, options: Options]>([
    ['an invalid key', status(401, {}, { code: 'invalid_api_key' }), {}],
    ['no quota left', status(403, {}, { code: 'insufficient_user_quota' }), {}],
    ['quota used up, with retries', status(429, {}, { code: 'insufficient_quota' }), { feature: { retries: 2 } }],
    ['an unknown model', status(404, {}, { code: 'model_not_found' }), {}],
    ['a proxy’s page', (_, reply) => void reply.writeHead(404).end('<html>404 Not Found</html>'), {}],
    [
      'no credit at Anthropic',
      status(400, {}, { type: 'invalid_request_error', message: 'Your credit balance is too low to access the API.' }),
      { provider: 'anthropic' },
    ],
  ])('%s is asked once, reported once, and the other candidate answers every call', async (_, answer, options) => {
    const it = await between([answer], options);
    for (let i = 0; i < 12; i++) expect((await it.post({ max_tokens: 9 })).status).toBe(200);
    expect([it.a.received.length, it.b.received.length]).toEqual([1, 12]);
    expect(it.faults.map(({ where }) => where)).toEqual(['provider']);
    expect(await it.attempts()).toContainEqual(
      expect.objectContaining({ model: 'a', status: 'refused', costNanoUsd: 0 }),
    );
  });

  test('a refusal goes to the caller, with one request per call, where there is no other candidate', async () => {
    const it = await between([status(401, {}, { code: 'invalid_api_key' })], { b: undefined, feature: { retries: 2 } });
    for (let i = 0; i < 3; i++) {
      const reply = await it.post();
      expect([reply.status, await reply.text()]).toEqual([401, expect.stringContaining('invalid_api_key')]);
    }
    expect(it.a.received).toHaveLength(3);
    expect(it.faults).toHaveLength(1);
  });

  test('a refused key is not evidence about another client’s key', async () => {
    const keyed: Answer = (request, response) =>
      (request.headers.authorization === 'Bearer good' ? chat('a-1') : status(401, {}, { code: 'invalid_api_key' }))(
        request,
        response,
      );
    const server = await scriptedServer([keyed]);
    const spare = await scriptedServer([chat('spare')]);
    servers.push(server, spare);
    const router = createRouterOn(hasty(), {
      models: {
        a: { provider: 'openai', model: 'a-1', price: PRICE },
        b: { provider: 'openai', model: 'b-1', price: PRICE, baseURL: `${spare.url}/v1` },
      },
      features: { f: { candidates: ['a', 'b'], failureCostUsd: 1, policy: fixed('a') } },
    });
    const clientWith = (apiKey: string) => router.wrap(new OpenAI({ apiKey, baseURL: `${server.url}/v1` }));
    const modelFor = async (client: OpenAI): Promise<string> =>
      (await client.chat.completions.create({ model: 'feature:f', messages: [] })).model;
    const [bad, good] = [clientWith('bad'), clientWith('good')];
    const models = [];
    for (const client of [bad, good, bad, good]) models.push(await modelFor(client));
    expect(models).toEqual(['b-1', 'a-1', 'b-1', 'a-1']);
    expect(server.received).toHaveLength(3);
  });

  test('a missing model does not fail half of the traffic, because the policy learns that it is down', async () => {
    const it = await between([status(404, {}, { code: 'model_not_found' })], { feature: { policy: thompson() } });
    for (let i = 0; i < 40; i++) expect((await it.post()).status).toBe(200);
    expect(it.a.received.length).toBeLessThanOrEqual(1);
  });
});

describe('a refusal that another candidate can take', () => {
  const tooLong = status(400, {}, { code: 'context_length_exceeded', type: 'invalid_request_error' });

  test.each<[string, Answer]>([
    ['a request that is too long', tooLong],
    ['a request that is too large', status(413, {}, { type: 'request_too_large' })],
    [
      'a schema',
      status(400, {}, { type: 'invalid_request_error', message: 'This response_format type is unavailable now' }),
    ],
  ])('%s goes to the other candidate', async (_, answer) => {
    const it = await between([answer]);
    const schema = { type: 'json_schema', json_schema: { name: 's', schema: {} } };
    expect((await it.post({ response_format: schema })).status).toBe(200);
    expect((await it.attempts())[0]).toMatchObject({ model: 'a', status: 'refused' });
    expect(it.faults.filter(({ where }) => where === 'provider')).toEqual([]);
  });

  test('a request that a content filter refuses goes to the next model only where the feature says so', async () => {
    const filtered = status(400, {}, { code: 'content_filter' });
    const strict = await between([filtered]);
    expect((await strict.post()).status).toBe(400);
    const moving = await between([filtered], { feature: { onFiltered: 'next-model' } });
    expect((await moving.post()).status).toBe(200);
  });

  test('the refusal of a substitute does not replace an earlier fault', async () => {
    const it = await between([status(503, { 'retry-after': '5' })], { b: [tooLong] });
    const reply = await it.post();
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5']);
  });
});

describe('what the provider says about a retry', () => {
  test('`x-should-retry: true` repeats a request that its status would end', async () => {
    const again = status(422, { 'x-should-retry': 'true', 'retry-after-ms': '5' });
    const it = await between([again, chat('hi')], { feature: { retries: 2 } });
    expect((await it.post()).status).toBe(200);
    expect([it.a.received.length, it.b.received.length]).toEqual([2, 0]);
  });

  test('`x-should-retry: false` ends the retries of a fault, and the other candidate answers', async () => {
    const it = await between([status(503, { 'x-should-retry': 'false' })], { feature: { retries: 2 } });
    expect((await it.post()).status).toBe(200);
    expect([it.a.received.length, it.b.received.length]).toEqual([1, 1]);
  });

  test.each(['-5', '1, 2'])('a wait that cannot be read (%j) is replaced by the router’s own', async value => {
    const runtime = hasty();
    const it = await between([status(429, { 'retry-after': value }), chat('hi')], { feature: { retries: 1 }, runtime });
    await it.post();
    expect(runtime.slept).toHaveLength(1);
    expect(runtime.slept[0]).toBeGreaterThanOrEqual(375);
    expect(runtime.slept[0]).toBeLessThanOrEqual(500);
  });
});

describe('a plain request without a reply', () => {
  const request = { messages: [{ role: 'user', content: 'x'.repeat(455) }] };

  test('the input of a request is estimated when the caller aborts it', async () => {
    const it = await between([hang]);
    const caller = new AbortController();
    const call = it.post(request, { signal: caller.signal });
    await expect.poll(() => it.a.received).toHaveLength(1);
    caller.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(JSON.stringify(it.a.received[0]?.body)).toHaveLength(512);
    expect(await it.attempts()).toMatchObject([
      { status: 'aborted', provenance: 'estimated', usage: { input: 128, output: 0 }, costNanoUsd: 128_000 },
    ]);
  });

  test('the input of a request is estimated when it times out, and the retry is charged as well', async () => {
    const it = await between([hang, chat('hi')], { feature: { attemptTimeout: 60, retries: 1 } });
    await it.post(request);
    expect(brief(await it.attempts())).toEqual(['a timeout 128000', 'a ok 120000']);
  });
});

describe('the release of a stream', () => {
  /** A stream whose events a test sends one by one. */
  function stepping() {
    const steps: ((text?: string) => void)[] = [];
    const answer: Answer = (_, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.flushHeaders();
      steps.push(text => void (text === undefined ? reply.end() : reply.write(text)));
    };
    return { answer, send: (text?: string) => steps[0]?.(text) };
  }
  /**
   * Waits for a call that is expected to settle, however long it takes; gives a call that is not expected to settle a short time in which
   * it could.
   */
  const isSettled = async (call: Promise<unknown>, is: boolean): Promise<boolean> => {
    const pending = new Promise<string>(resolve => is || setTimeout(() => resolve('pending'), 30));
    return (await Promise.race([call, pending])) !== 'pending';
  };

  test.each<[release: 'headers' | 'output' | undefined, settled: readonly boolean[]]>([
    ['headers', [false, true, true, true]],
    [undefined, [false, false, true, true]],
    ['output', [false, false, false, true]],
  ])(
    'a stream with release at %s waits for exactly that among headers, comment, first event and first output',
    async (release, settled) => {
      const { answer, send } = stepping();
      const it = await between([answer], { feature: release === undefined ? {} : { release } });
      const { body, status } = await it.post(ASKED);
      expect(status).toBe(200);
      const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
      const first = reader.read();
      const seen = [await isSettled(first, settled[0] === true)];
      for (const text of [
        ': ping\n\n',
        sse(chatChunk({ role: 'assistant', content: '' })),
        sse(chatChunk({ content: 'H' })),
      ]) {
        send(text);
        seen.push(await isSettled(first, settled[seen.length] === true));
      }
      expect(seen).toEqual(settled);
      send(sse('[DONE]'));
      send();
      expect((await first).value).toContain(': ping');
    },
  );

  test('an error between the first event and the first output moves the request to the next model if the feature releases at output', async () => {
    const { answer, send } = stepping();
    const it = await between([answer], { feature: { release: 'output' } });
    const call = it.post(ASKED);
    await expect.poll(() => it.a.received).toHaveLength(1);
    send(sse(chatChunk({ role: 'assistant', content: '' })));
    send(sse(SLOW_DOWN));
    expect(await (await call).text()).toContain('b-1');
    expect(brief(await it.attempts())).toEqual(['a provider-fault 0', 'b ok 120000']);
  });

  test('an error as the first event after a release at the headers is recorded like any other error', async () => {
    const it = await between([body([sse(SLOW_DOWN)])], { feature: { release: 'headers' } });
    expect(await (await it.post(ASKED)).text()).toBe(sse(SLOW_DOWN));
    expect(brief(await it.attempts())).toEqual(['a provider-fault 0']);
  });
});

describe('a failed reply that charges output', () => {
  afterEach(closeAll);
  const usage = { prompt_tokens: 100, completion_tokens: 10 };

  test.each<[string, Answer]>([
    ['an HTTP error with usage', status(500, {}, {}, { usage })],
    ['an error with usage in a 200', json({ error: { message: 'x', code: 500 }, usage })],
    ['a reply without a choice', json({ id: 'x', choices: [], usage })],
    ['JSON of another shape', json({ hello: 'world and more' })],
    ['half a reply', body(['{"id":"chatcmpl-1","cho'], { type: 'application/json' })],
  ])('%s is not evidence about its model’s quality, and is paid for', async (_, answer) => {
    const it = await routed({ 'mini-1': [answer], 'premium-1': [chat('hi')] }, { retries: 0 });
    expect((await it.ask()).status).toBe(200);
    const [first, second] = await it.attempts();
    const cells = await it.store.cells('support');
    const spent = BigInt((first?.costNanoUsd ?? 0) + (second?.costNanoUsd ?? 0));
    expect(first?.usage.output).toBeGreaterThan(0);
    expect(cells.map(({ key, sums }) => [key.scope, key.subject, sums.cost])).toEqual([
      ['plan', 'mini', spent],
      ['node', 'mini!premium', BigInt(second?.costNanoUsd ?? 0)],
    ]);
  });
});
