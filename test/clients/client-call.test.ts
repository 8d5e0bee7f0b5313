import { describe, expect, test } from 'vitest';
import type { ClientCall } from '../../src/clients/client-call.ts';
import {
  attachCall,
  attemptTimeoutOf,
  clientCallOf,
  clientFetch,
  givenUp,
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
  ...changes,
});
const runtime = systemRuntime(1);

/** Answers never, and rejects when it is aborted, as `fetch` does. */
const silent: Fetch = async (_, init) =>
  new Promise((__, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
  });

test('a copy of the `init` has what the client says of its request', () => {
  const init: RequestInit = {};
  const own = call();
  attachCall(init, own);
  attachCall(init, call());
  expect(clientCallOf({ ...init, method: 'POST' })).toBe(own);
  expect(clientCallOf(undefined)).toBeUndefined();
});

describe('the client’s time limit', () => {
  test('an attempt without headers by then is a timeout', async () => {
    const limited = clientFetch(silent, { call: call(), headers: {}, runtime });
    await expect(limited(url, {})).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('the caller’s abort is still the caller’s', async () => {
    const limited = clientFetch(silent, { call: call({ timeoutMs: 10_000 }), headers: {}, runtime });
    const controller = new AbortController();
    const asked = limited(url, { signal: controller.signal });
    controller.abort(new Error('mine'));
    await expect(asked).rejects.toThrow('mine');
  });

  test('the limit is over when the headers are there, and the caller’s abort still stops the body', async () => {
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

  test('where it covers the body, the whole attempt of a plain request is limited, but not a stream', () => {
    expect(attemptTimeoutOf(call())).toBeUndefined();
    expect(attemptTimeoutOf(call({ limitsBody: true }))).toBe(30);
    expect(attemptTimeoutOf(call({ limitsBody: true, route: route({ stream: true }) }))).toBeUndefined();
  });

  test('a limit that no timer holds is none', async () => {
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

describe('a failure that the router has given up', () => {
  test.each([408, 409, 429, 500, 503, 529])('a %s tells the client not to repeat it', status => {
    const response = new Response('down', { status, headers: { 'retry-after': '5' } });
    expect(givenUp(response)).toBe(response);
    expect([...response.headers]).toEqual([
      ['content-type', 'text/plain;charset=UTF-8'],
      ['retry-after', '5'],
      ['x-should-retry', 'false'],
    ]);
  });

  test('the router has repeated what a provider asks to repeat', () => {
    const response = givenUp(new Response('', { status: 422, headers: { 'x-should-retry': 'true' } }));
    expect(response.headers.get('x-should-retry')).toBe('false');
  });

  test.each([200, 400, 401])('a %s goes back as it came', status => {
    expect(givenUp(new Response('', { status })).headers.has('x-should-retry')).toBe(false);
  });
});
