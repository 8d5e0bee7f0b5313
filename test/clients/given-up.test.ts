import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { givenUpRequests, markGivenUp } from '../../src/clients/given-up.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { closeAll, routed } from '../support/routed.ts';
import { chat, reset, status } from '../support/scripted-server.ts';

afterEach(closeAll);

describe('a failure that the router has given up', () => {
  test.each([408, 409, 429, 500, 503, 529])('a %s tells the client not to repeat it', status => {
    const response = new Response('down', { status, headers: { 'retry-after': '5' } });
    expect(markGivenUp(response)).toBe(response);
    expect([...response.headers]).toEqual([
      ['content-type', 'text/plain;charset=UTF-8'],
      ['retry-after', '5'],
      ['x-should-retry', 'false'],
    ]);
  });

  test('the router has already repeated requests that a provider asks to repeat', () => {
    const response = markGivenUp(new Response('', { status: 422, headers: { 'x-should-retry': 'true' } }));
    expect(response.headers.get('x-should-retry')).toBe('false');
  });

  test.each([200, 400, 401])('a %s is returned unchanged', status => {
    expect(markGivenUp(new Response('', { status })).headers.has('x-should-retry')).toBe(false);
  });
});

describe('a client that repeats a failed request all the same', () => {
  const aiSdk = { 'user-agent': 'ai/7.0.173 ai-sdk-provider-utils/5.0.81 node.js/26' };
  const request = {
    url: 'https://x.example/v1/chat/completions',
    body: '{}',
    target: undefined,
    init: { headers: aiSdk },
  };
  const sent = { ...request, intentId: 'i', repeats: 0 };
  const failure = (headers: Readonly<Record<string, string>> = {}): Response =>
    new Response('down', { status: 503, headers });

  test('a request through the AI SDK and `fetch` that keeps failing is one intent, and each repetition asks each model once', async () => {
    const it = await routed([status(503, { 'retry-after-ms': '30' })]);
    const openai = createOpenAI({
      apiKey: 'k',
      baseURL: `${it.server.url}/v1`,
      fetch: it.router.feature('support').fetch,
    });
    await expect(generateText({ model: openai.chat('gpt-5'), prompt: 'Hello' })).rejects.toThrow('after 3 attempts');
    expect(it.server.models).toHaveLength(6 + 2 * 2);
    expect((await it.ledger()).filter(({ kind }) => kind === 'decided')).toHaveLength(1);
  });

  test('an application that repeats a request of the AI SDK by itself gets a new answer', async () => {
    const down = status(503, { 'retry-after-ms': '2' });
    const it = await routed({ 'mini-1': [down, chat('hi')], 'premium-1': [down] }, { retries: 0 });
    const { fetch } = it.router.feature('support');
    const openai = createOpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1`, fetch });
    const ask = async () => generateText({ model: openai.chat('gpt-5'), prompt: 'Hello', maxRetries: 0 });
    await expect(ask()).rejects.toThrow('scripted 503');
    expect((await ask()).text).toBe('hi');
    expect(it.server.models).toEqual(['mini-1', 'premium-1', 'mini-1']);
  });

  test('a connection that an SDK with `router.fetch` keeps losing is one intent', async () => {
    const it = await routed([reset], { retries: 0 });
    const options = { apiKey: 'k', baseURL: `${it.server.url}/v1`, fetch: it.router.fetch, maxRetries: 1 };
    const asked = new OpenAI(options).chat.completions.create({ model: 'feature:support', messages: [] });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    expect(it.server.models).toHaveLength(2 + 2);
    expect((await it.ledger()).filter(({ kind }) => kind === 'decided')).toHaveLength(1);
  });

  test('the AI SDK repeats after its back-off, which doubles, or after the wait that the provider asked for', async () => {
    const runtime = testRuntime();
    const givenUp = givenUpRequests(runtime);
    expect(givenUp.keep(sent, failure()).headers.get('x-should-retry')).toBe('false');
    for (const [repeats, ms] of [2_010, 4_010].entries()) {
      runtime.advance(ms);
      const repetition = { intentId: 'i', repeats: repeats + 1 };
      expect(givenUp.repeated(request)).toEqual(repetition);
      givenUp.keep({ ...request, ...repetition }, failure());
    }
    givenUp.keep(sent, failure({ 'retry-after': '7' }));
    runtime.advance(2_010);
    expect(givenUp.repeated(request)).toBeUndefined();
    runtime.advance(5_000);
    expect(givenUp.repeated(request)).toBeDefined();
    givenUp.keep(sent, failure({ 'retry-after': '120' }));
    runtime.advance(2_010);
    expect(givenUp.repeated(request)).toBeDefined();
    expect(givenUp.repeated(request)).toBeUndefined();
  });

  test('the same request at another time, from another client or for another intent is a new request', () => {
    const runtime = testRuntime();
    const givenUp = givenUpRequests(runtime);
    givenUp.keep(sent, failure());
    runtime.advance(500);
    expect(givenUp.repeated(request)).toBeUndefined();
    runtime.advance(1_510);
    expect(givenUp.repeated({ ...request, init: {} })).toBeUndefined();
    expect(givenUp.repeated({ ...request, target: 'feature:f#1' })).toBeUndefined();
    expect(givenUp.repeated({ ...request, body: '{"n":2}' })).toBeUndefined();
    runtime.advance(600);
    expect(givenUp.repeated(request)).toBeUndefined();
  });

  test('an abort by the caller is not remembered as a failure', () => {
    const runtime = testRuntime();
    const givenUp = givenUpRequests(runtime);
    const init = { headers: { 'x-stainless-retry-count': '1' } };
    const error = new Error('lost');
    expect(givenUp.keepError({ ...sent, init: { signal: AbortSignal.abort() } }, error)).toBe(error);
    expect(givenUp.repeated({ ...request, init })).toBeUndefined();
    expect(givenUp.keepError(sent, error)).toBe(error);
    expect(givenUp.repeated({ ...request, init })).toEqual({ intentId: 'i', repeats: 1 });
  });

  test('at most a hundred failures are kept, for a minute and a half', () => {
    const runtime = testRuntime();
    const givenUp = givenUpRequests(runtime);
    const init = { headers: { 'x-stainless-retry-count': '1' } };
    const numbered = (n: number) => ({ ...sent, body: String(n), init });
    for (let n = 0; n < 101; n++) givenUp.keep(numbered(n), failure());
    expect([0, 1, 100].map(n => givenUp.repeated(numbered(n)) !== undefined)).toEqual([false, true, true]);
    runtime.advance(90_001);
    expect(givenUp.repeated(numbered(100))).toBeUndefined();
    // Late failures are kept as long as early ones.
    for (const n of [200, 201]) givenUp.keep(numbered(n), failure());
    expect([200, 201].map(n => givenUp.repeated(numbered(n)) !== undefined)).toEqual([true, true]);
  });
});
