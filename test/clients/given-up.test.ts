import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { givenUpRequests, markGivenUp } from '../../src/clients/given-up.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { closeAll, routed } from '../support/routed.ts';
import { reset, status } from '../support/scripted-server.ts';

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

  test('the router has repeated what a provider asks to repeat', () => {
    const response = markGivenUp(new Response('', { status: 422, headers: { 'x-should-retry': 'true' } }));
    expect(response.headers.get('x-should-retry')).toBe('false');
  });

  test.each([200, 400, 401])('a %s goes back as it came', status => {
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
  const failure = (headers: Readonly<Record<string, string>> = {}): Response =>
    new Response('down', { status: 503, headers });

  test('the AI SDK over `fetch` makes one intent of a request that fails for ever', async () => {
    const it = await routed([status(503, { 'retry-after-ms': '30' })]);
    const openai = createOpenAI({
      apiKey: 'k',
      baseURL: `${it.server.url}/v1`,
      fetch: it.router.feature('support').fetch,
    });
    await expect(generateText({ model: openai.chat('gpt-5'), prompt: 'Hello' })).rejects.toThrow('after 3 attempts');
    expect(it.server.models).toHaveLength(6);
    expect((await it.ledger()).filter(({ kind }) => kind === 'decided')).toHaveLength(1);
  });

  test('an SDK that was given `router.fetch` makes one intent of a connection that is lost for ever', async () => {
    const it = await routed([reset], { retries: 0 });
    const options = { apiKey: 'k', baseURL: `${it.server.url}/v1`, fetch: it.router.fetch, maxRetries: 1 };
    const asked = new OpenAI(options).chat.completions.create({ model: 'feature:support', messages: [] });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    expect(it.server.models).toHaveLength(2);
  });

  test('the AI SDK repeats after its back-off, which doubles, or after the wait that the provider asked for', async () => {
    const runtime = testRuntime();
    const givenUp = givenUpRequests(runtime);
    expect(givenUp.keep(request, failure()).headers.get('x-should-retry')).toBe('false');
    for (const ms of [2_010, 4_010]) {
      runtime.advance(ms);
      expect(await (await givenUp.answer(request))?.text()).toBe('down');
    }
    givenUp.keep(request, failure({ 'retry-after': '7' }));
    runtime.advance(2_010);
    expect(givenUp.answer(request)).toBeUndefined();
    runtime.advance(5_000);
    expect((await givenUp.answer(request))?.status).toBe(503);
    givenUp.keep(request, failure({ 'retry-after': '120' }));
    runtime.advance(2_010);
    expect((await givenUp.answer(request))?.headers.get('retry-after')).toBe('120');
  });

  test('the same request at any other time, of another client or for another intent is a new one', () => {
    const runtime = testRuntime();
    const givenUp = givenUpRequests(runtime);
    givenUp.keep(request, failure());
    runtime.advance(500);
    expect(givenUp.answer(request)).toBeUndefined();
    runtime.advance(1_510);
    expect(givenUp.answer({ ...request, init: {} })).toBeUndefined();
    expect(givenUp.answer({ ...request, target: 'feature:f#1' })).toBeUndefined();
    expect(givenUp.answer({ ...request, body: '{"n":2}' })).toBeUndefined();
    runtime.advance(600);
    expect(givenUp.answer(request)).toBeUndefined();
  });

  test('an abort by the caller is not kept', () => {
    const runtime = testRuntime();
    const givenUp = givenUpRequests(runtime);
    const init = { headers: { 'x-stainless-retry-count': '1' } };
    const error = new Error('lost');
    expect(givenUp.keepError({ ...request, init: { signal: AbortSignal.abort() } }, error)).toBe(error);
    expect(givenUp.answer({ ...request, init })).toBeUndefined();
    expect(givenUp.keepError(request, error)).toBe(error);
    return expect(givenUp.answer({ ...request, init })).rejects.toBe(error);
  });

  test('a hundred failures are kept at most, for a minute and a half', () => {
    const runtime = testRuntime();
    const givenUp = givenUpRequests(runtime);
    const init = { headers: { 'x-stainless-retry-count': '1' } };
    const numbered = (n: number) => ({ ...request, body: String(n), init });
    for (let n = 0; n < 101; n++) givenUp.keep(numbered(n), failure());
    expect([0, 1, 100].map(n => givenUp.answer(numbered(n)) !== undefined)).toEqual([false, true, true]);
    runtime.advance(90_001);
    expect(givenUp.answer(numbered(100))).toBeUndefined();
  });
});
