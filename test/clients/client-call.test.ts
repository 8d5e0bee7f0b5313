import { describe, expect, test } from 'vitest';
import type { ClientCall } from '../../src/clients/client-call.ts';
import {
  attachCall,
  attemptTimeoutOf,
  clientCallOf,
  clientFetch,
  MAX_TIMER_MS,
} from '../../src/clients/client-call.ts';
import type { Fetch } from '../../src/clients/http-request.ts';
import { routeCall } from '../../src/clients/route-call.ts';
import type { CallRoute } from '../../src/clients/route-call.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';

const url = 'https://x.example/v1/chat/completions';
const route = (body: object): CallRoute =>
  routeCall([openaiChat], { url, body: JSON.stringify({ model: 'feature:f', ...body }) }) as CallRoute;
const call = (changes: Partial<ClientCall> = {}): ClientCall => ({
  route: route({}),
  timeoutMs: 30,
  limitsBody: false,
  mayRetry: true,
  headers: async retryCount => ({ 'x-retry': String(retryCount) }),
  renews: async () => false,
  ...changes,
});
const runtime = systemRuntime(1);

/** Answers never, and rejects when it is aborted, as `fetch` does. */
const silent: Fetch = async (_, init) =>
  new Promise((__, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
  });

test('a copy of the `init` carries the client’s information about its request', () => {
  const init: RequestInit = {};
  const own = call();
  attachCall(init, own);
  expect(clientCallOf({ ...init, method: 'POST' })).toBe(own);
  expect(clientCallOf(undefined)).toBeUndefined();
});

describe('the client’s time limit', () => {
  test('an attempt whose headers do not arrive within the limit is a timeout', async () => {
    const limited = clientFetch(silent, { call: call(), headers: {}, runtime });
    await expect(limited(url, {})).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('an abort by the caller rejects with the caller’s own reason', async () => {
    const limited = clientFetch(silent, { call: call({ timeoutMs: 10_000 }), headers: {}, runtime });
    const controller = new AbortController();
    const asked = limited(url, { signal: controller.signal });
    controller.abort(new Error('mine'));
    await expect(asked).rejects.toThrow('mine');
  });

  test('the time limit ends when the headers arrive, and the caller’s abort still stops the body', async () => {
    let signal: AbortSignal | undefined;
    const inner: Fetch = async (_, init) => {
      signal = init?.signal ?? undefined;
      return new Response('ok');
    };
    const controller = new AbortController();
    await clientFetch(inner, { call: call({ timeoutMs: 1 }), headers: {}, runtime })(url, {
      signal: controller.signal,
    });
    await runtime.sleep(5);
    expect(signal?.aborted).toBe(false);
    controller.abort();
    expect(signal?.aborted).toBe(true);
  });

  test('where the limit covers the body, the whole attempt of a plain request is limited, but not a stream', () => {
    expect(attemptTimeoutOf(call())).toBeUndefined();
    expect(attemptTimeoutOf(call({ limitsBody: true }))).toBe(30);
    expect(attemptTimeoutOf(call({ limitsBody: true, route: route({ stream: true }) }))).toBeUndefined();
  });

  test('a time limit longer than any timer counts as no limit', async () => {
    const inner: Fetch = async (_, init) => Response.json({ hasSignal: init?.signal !== undefined });
    const limited = clientFetch(inner, { call: call({ timeoutMs: MAX_TIMER_MS }), headers: {}, runtime });
    expect(await (await limited(url, {})).json()).toEqual({ hasSignal: false });
  });
});

test('each attempt after the first has new headers, unless its endpoint has headers of its own', async () => {
  const seen: unknown[] = [];
  const inner: Fetch = async (_, init) => {
    seen.push(init?.headers);
    return new Response();
  };
  const headers = { 'x-retry': 'none' };
  const attempt = clientFetch(inner, { call: call(), headers, runtime });
  for (const own of [headers, headers, { own: 'yes' }, headers]) await attempt(url, { headers: own });
  expect(seen).toEqual([headers, { 'x-retry': '1' }, { own: 'yes' }, { 'x-retry': '3' }]);
});

describe('a token that the provider refuses', () => {
  const refusing = (refusals: number): { inner: Fetch; sent: unknown[] } => {
    const sent: unknown[] = [];
    const inner: Fetch = async (_, init) => {
      sent.push(init?.headers);
      return new Response('', { status: sent.length > refusals ? 200 : 401 });
    };
    return { inner, sent };
  };

  test('a client that renews its token sends the request once more with it', async () => {
    const { inner, sent } = refusing(1);
    const headers = {};
    const attempt = clientFetch(inner, { call: call({ renews: async () => true }), headers, runtime });
    expect((await attempt(url, { headers })).status).toBe(200);
    expect(sent).toEqual([{}, { 'x-retry': '0' }]);
  });

  test('a token is renewed once, and only for the client’s own endpoint', async () => {
    const { inner, sent } = refusing(9);
    const headers = {};
    const attempt = clientFetch(inner, { call: call({ renews: async () => true }), headers, runtime });
    for (const own of [{ other: 'endpoint' }, headers, headers])
      expect((await attempt(url, { headers: own })).status).toBe(401);
    expect(sent).toHaveLength(4);
  });

  test('a client that cannot renew its token gets the refusal', async () => {
    const { inner, sent } = refusing(1);
    const headers = {};
    expect((await clientFetch(inner, { call: call(), headers, runtime })(url, { headers })).status).toBe(401);
    expect(sent).toHaveLength(1);
  });
});
