import { describe, expect, test } from 'vitest';
import type { HttpRequest, SentRequest } from '../../src/clients/http-request.ts';
import { addressed, brokenStatus, exchangeFacts, faultStatus, headOf } from '../../src/clients/http-request.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { mini } from './exchanged.ts';

describe('the address of a model', () => {
  const request = { url: 'https://api.example/v1/chat/completions', wire: openaiChat };

  test('a model without an endpoint of its own is called where the client calls, with the client’s headers', () => {
    const init: RequestInit = { headers: { authorization: 'Bearer client' } };
    expect(addressed(mini, request, init)).toBe(request.url);
    expect(init.headers).toEqual({ authorization: 'Bearer client' });
  });

  test('a model with an endpoint is called there, with its own headers and none of the client’s credentials', () => {
    const own: ResolvedModel = { ...mini, baseURL: 'http://gpu/v1', headers: () => ({ 'x-own': 'yes' }) };
    const init: RequestInit = { headers: { authorization: 'Bearer client', accept: 'application/json' } };
    expect(addressed(own, request, init)).toBe('http://gpu/v1/chat/completions');
    expect(Object.fromEntries(init.headers as Headers)).toEqual({ accept: 'application/json', 'x-own': 'yes' });
  });
});

describe('the status of a request that failed', () => {
  const aborted = AbortSignal.abort();
  const sent = (caller: AbortSignal | null, signal: AbortSignal | undefined): SentRequest =>
    ({ request: { init: { signal: caller } } as HttpRequest, signal }) as SentRequest;

  test.each([
    [
      'the caller’s abort takes precedence over a timeout',
      sent(aborted, aborted),
      new DOMException('late', 'TimeoutError'),
      'aborted',
    ],
    ['an abort by the router’s own signal is a timeout', sent(null, aborted), new TypeError('fetch failed'), 'timeout'],
    [
      'a TimeoutError of fetch is a timeout',
      sent(null, undefined),
      new DOMException('late', 'TimeoutError'),
      'timeout',
    ],
    ['any other error is a failed connection', sent(null, undefined), new TypeError('fetch failed'), 'connection'],
  ] as const)('the status of a failed request is determined: %s', (_, request, error, expected) => {
    expect(faultStatus(request, error)).toBe(expected);
  });
});

test('a connection that fails after the reply has begun leaves it broken', () => {
  const sent = { request: { init: {} } as HttpRequest, signal: undefined } as SentRequest;
  expect(brokenStatus(sent, new TypeError('terminated'))).toBe('broken');
  expect(brokenStatus(sent, new DOMException('late', 'TimeoutError'))).toBe('timeout');
});

test('the request id is read from the header of either provider', () => {
  const factsOf = (headers: Record<string, string>) => exchangeFacts(headOf(new Response(null, { headers })));
  expect(factsOf({ 'x-request-id': 'a' })).toEqual({ httpStatus: 200, providerRequestId: 'a' });
  expect(factsOf({ 'request-id': 'b' }).providerRequestId).toBe('b');
  expect(factsOf({}).providerRequestId).toBeUndefined();
});
