import { expect, test } from 'vitest';
import type { HttpRequest } from '../../src/clients/http-request.ts';
import { endpointHeaders, requestTo } from '../../src/clients/translated-request.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';

const headers = { authorization: 'Bearer sk-client', 'x-own': '1', traceparent: '00-1-2-03' };
const written = '{"model":"m","input":"Hi"}';

function nativeOf(url: string): HttpRequest {
  return { wire: openaiChat, url, init: { method: 'POST', headers }, body: '{}' } as unknown as HttpRequest;
}

test('an endpoint of another API gets the client’s trace, and none of its other headers', () => {
  expect(Object.fromEntries(endpointHeaders(openaiChat, new Headers(headers)))).toEqual({
    accept: 'application/json',
    'content-type': 'application/json',
    traceparent: '00-1-2-03',
  });
  expect(endpointHeaders(anthropicMessages, new Headers()).get('anthropic-version')).toBe('2023-06-01');
});

test('a translated request goes to the path of the candidate’s API, and its model, length and features are read from the translated body', () => {
  const native = nativeOf('https://api.example/v1/chat/completions');
  const model = { baseURL: 'https://other.example' } as ResolvedModel;
  const { url, body, facts, init } = requestTo(openaiResponses, { native, written, model, wantsText: false });

  expect(url).toBe('https://api.example/v1/responses');
  expect(body).toBe(written);
  expect(facts.model).toBe('m');
  expect(new Headers(init.headers).has('x-own')).toBe(false);
});

test('another API of the client’s own vendor, at the client’s address, gets the client’s headers', () => {
  const native = nativeOf('https://api.example/v1/chat/completions');

  expect(
    requestTo(openaiResponses, { native, written, model: {} as ResolvedModel, wantsText: false }).init.headers,
  ).toBe(headers);
});
