/** Keys that do not come, over HTTP with the official clients: every limit of the request holds while it waits for one. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { timelyKey } from '../../src/clients/timely-key.ts';
import type { FeatureConfig, ModelConfig } from '../../src/config/application.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { chat, scriptedServer, status } from '../support/scripted-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async each => each.close()));
});

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
type Limits = Pick<FeatureConfig, 'attemptTimeout' | 'deadline'>;
const messages = [{ role: 'user' as const, content: 'Hi' }];

/** A router whose first candidate `a` waits for this key; the server answers `chat('b')` as `b`. */
async function routed(own: Partial<ModelConfig>, limits: Limits = {}, others: readonly 'b'[] = []) {
  const server = await scriptedServer([chat('b')]);
  const runtime = testRuntime();
  const at = { provider: 'openai', api: 'openai-chat', baseURL: `${server.url}/v1`, price } as const;
  const router = createRouterOn(runtime, {
    models: { a: { ...at, model: 'a-1', ...own }, b: { ...at, model: 'b-1', apiKey: 'sk-key-of-b' } },
    features: {
      f: {
        candidates: ['a', ...others],
        failureCostUsd: 1,
        policy: fixed('a'),
        retries: 0,
        stateless: true,
        ...limits,
      },
    },
  });
  opened.push(router, server);
  const client = { apiKey: 'sk-client', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 };
  const { model } = router.feature('f');
  const openai = router.wrap(new OpenAI(client));
  const anthropic = router.wrap(new Anthropic(client));
  return {
    router,
    runtime,
    server,
    openai: async (more: OpenAI.RequestOptions = {}) => openai.chat.completions.create({ model, messages }, more),
    anthropic: async (more: Anthropic.RequestOptions = {}) =>
      anthropic.messages.create({ model, max_tokens: 9, messages }, more),
    count: async (more: Anthropic.RequestOptions = {}) => anthropic.messages.countTokens({ model, messages }, more),
  };
}

/** A promise that never settles. It records when it was asked for. */
function absentKey() {
  const apiKey = vi.fn(async () => new Promise<string>(() => {}));
  return { apiKey, asked: async () => expect.poll(() => apiKey).toHaveBeenCalled() };
}

describe.each(['openai', 'anthropic'] as const)('a client of %s', client => {
  test.each<readonly [string, Limits, { timeout?: number }]>([
    ['an attempt’s time limit', { attemptTimeout: '1s' }, {}],
    ['the deadline', { deadline: '1s' }, {}],
    ['its own time limit', {}, { timeout: 1000 }],
  ])('the router waits for a key no longer than %s allows', async (_, limits, options) => {
    const { apiKey, asked } = absentKey();
    const it = await routed({ apiKey }, limits);
    const answer = expect(it[client](options)).rejects.toThrow(/timed out/i);
    await asked();
    it.runtime.advance(1000);
    await answer;
    expect(it.server.received).toEqual([]);
  });

  test('the router stops waiting for a key when the caller aborts', async () => {
    const { apiKey, asked } = absentKey();
    const it = await routed({ apiKey });
    const stop = new AbortController();
    const answer = expect(it[client]({ signal: stop.signal })).rejects.toThrow(/abort/i);
    await asked();
    stop.abort();
    await answer;
  });

  test('a key that does not come counts as a fault of its candidate, and the next one answers', async () => {
    const { apiKey, asked } = absentKey();
    const it = await routed({ apiKey }, { attemptTimeout: '1s' }, ['b']);
    const answer = it[client]();
    await asked();
    it.runtime.advance(1000);
    expect(it.router.receipt(await answer)?.attempts).toMatchObject([
      { model: 'a', status: 'timeout', costNanoUsd: 0 },
      { model: 'b', status: 'ok' },
    ]);
  });
});

test('the router waits for the headers of a function no longer than for a key', async () => {
  const { apiKey, asked } = absentKey();
  const it = await routed({ headers: async () => ({ 'x-team': await apiKey() }) }, { attemptTimeout: '1s' }, ['b']);
  const answer = it.openai();
  await asked();
  it.runtime.advance(1000);
  expect((await answer).choices[0]?.message.content).toBe('b');
});

test('waiting for the key after a refused one does not extend the attempt’s time limit', async () => {
  const { apiKey } = absentKey();
  apiKey.mockImplementationOnce(async () => 'sk-old-key');
  const refusing = await scriptedServer([status(401)]);
  opened.push(refusing);
  const it = await routed({ apiKey, baseURL: `${refusing.url}/v1` }, { attemptTimeout: '1s' }, ['b']);
  const answer = it.openai();
  await expect.poll(() => apiKey).toHaveBeenCalledTimes(2);
  it.runtime.advance(1000);
  expect((await answer).choices[0]?.message.content).toBe('b');
});

test('counting tokens waits for a key no longer than the caller does', async () => {
  const { apiKey, asked } = absentKey();
  const it = await routed({ apiKey, provider: 'anthropic', api: 'anthropic-messages' });
  const stop = new AbortController();
  const answer = expect(it.count({ signal: stop.signal })).rejects.toThrow(/abort/i);
  await asked();
  stop.abort();
  await answer;
});

test('a key that comes in time leaves no listener or timer behind, and a later failure causes no unhandled rejection', async () => {
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, 'removeEventListener');
  const stopClock = vi.fn();
  expect(await timelyKey(Promise.resolve('key'), signal, () => stopClock)).toBe('key');
  expect([removed.mock.calls.length, stopClock.mock.calls.length]).toEqual([1, 1]);
  const { promise, reject } = Promise.withResolvers<string>();
  await expect(timelyKey(promise, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  reject(new Error('late'));
});
