import { describe, expect, test } from 'vitest';
import type { HttpRequest, SentRequest } from '../../src/clients/http-request.ts';
import { reportedFailure, streamFailure, unreadable } from '../../src/clients/reply-failure.ts';
import type { ModelTransforms } from '../../src/clients/transforms.ts';
import type { ReplyError, StreamReader } from '../../src/contracts/wire.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { mini } from './exchanged.ts';

function sent(lesson?: ReturnType<ModelTransforms['learn']>): SentRequest {
  const transforms = { learn: () => lesson } as Partial<ModelTransforms> as ModelTransforms;
  const request = {
    wire: openaiChat,
    init: {},
    runtime: testRuntime(),
    transforms,
  } as Partial<HttpRequest> as HttpRequest;
  return { request, signal: undefined, requestChars: 512, model: mini, transform: undefined };
}

const head = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  new Response(null, { status, headers });

describe('what a provider reports', () => {
  test.each<[about: ReplyError['about'], status: string]>([
    ['fault', 'provider-fault'],
    ['account', 'refused'],
    ['model', 'refused'],
    ['unable', 'refused'],
    ['request', 'rejected-request'],
  ])('an error about the %s is a %s', (about, status) => {
    expect(reportedFailure(sent(), head(400), { about })).toMatchObject({
      status,
      httpStatus: 400,
      refusal: { about },
    });
  });

  test('a redirect that was not followed is a fault of its endpoint, which a retry would meet again', () => {
    expect(reportedFailure(sent(), head(304), undefined)).toMatchObject({
      status: 'provider-fault',
      noRetry: true,
      httpStatus: 304,
    });
  });

  test('`x-should-retry: true` turns a rejected request into a fault with the reply’s wait', () => {
    const headers = { 'x-should-retry': 'true', 'retry-after-ms': '5' };
    const failure = reportedFailure(sent(), head(422, headers), { about: 'request' });
    expect(failure).toMatchObject({ status: 'provider-fault', retryAfterMs: 5, refusal: { about: 'fault' } });
  });

  test('`x-should-retry: true` does not repeat a request to a refused account: used-up quota remains used up', () => {
    const failure = reportedFailure(sent(), head(429, { 'x-should-retry': 'true' }), { about: 'account' });
    expect(failure).toMatchObject({ status: 'refused' });
  });

  test('`x-should-retry: false` leaves a fault without a retry', () => {
    const failure = reportedFailure(sent(), head(503, { 'x-should-retry': 'false' }), { about: 'fault' });
    expect(failure).toMatchObject({ status: 'provider-fault', noRetry: true });
  });

  test('a request with a refused parameter is sent again without it, or the model counts as unable', () => {
    expect(reportedFailure(sent('resend'), head(400), { about: 'request' })).toMatchObject({
      status: 'rejected-request',
      isRewritten: true,
    });
    expect(reportedFailure(sent('unable'), head(400), { about: 'request' })).toMatchObject({ status: 'refused' });
  });
});

describe('an error in a stream', () => {
  const reader = (more: Partial<StreamReader>, facts: object = {}): StreamReader => ({
    push: chunk => chunk,
    end: () => new Uint8Array(),
    facts: () => ({ finish: 'other', text: '', hasToolCalls: false, ...facts }),
    phase: 'begun',
    error: { about: 'fault' },
    chars: 0,
    done: false,
    ...more,
  });

  test('an error before any output counts like its HTTP status, and costs nothing', () => {
    const failure = streamFailure(sent(), head(200), reader({}));
    expect(failure).toMatchObject({ status: 'provider-fault' });
    expect(failure.answer).toBeUndefined();
  });

  test('the usage that an error in a stream reports is charged', () => {
    const failure = streamFailure(sent(), head(200), reader({}, { usage: { input: 7, output: 0 } }));
    expect(failure).toMatchObject({
      status: 'provider-fault',
      answer: { provenance: 'reported', usage: { input: 7 } },
    });
  });

  test('a stream with an error after output is a broken reply, estimated from its characters', () => {
    const failure = streamFailure(sent(), head(200), reader({ phase: 'output', chars: 3 }));
    expect(failure).toMatchObject({ status: 'broken', answer: { usage: { input: 128, output: 1 } } });
  });

  test('input that the provider has reported before the error is charged, and the reply is broken', () => {
    const failure = streamFailure(sent(), head(200), reader({}, { partialUsage: { input: 10 } }));
    expect(failure).toMatchObject({ status: 'broken', answer: { usage: { input: 10, output: 0 } } });
  });
});

test.each([
  ['request', 'rejected-request'],
  ['unable', 'refused'],
  ['account', 'refused'],
] as const)(
  'an error about the %s in a stream without output is %s, even after reported input, which is charged',
  (about, status) => {
    const reader = {
      push: (chunk: Uint8Array) => chunk,
      end: () => new Uint8Array(),
      facts: () => ({ finish: 'other', text: '', hasToolCalls: false, partialUsage: { input: 10 } }) as const,
      phase: 'begun',
      error: { about },
      chars: 0,
      done: false,
    } as const;
    expect(streamFailure(sent(), head(200), reader)).toMatchObject({
      status,
      answer: { usage: { input: 10, output: 0 } },
    });
  },
);

test('the error for an unreadable reply describes what came, without quoting its body', () => {
  const { unreadable: error } = unreadable(sent(), head(200, { 'content-type': 'text/html; x="secret"' }), '<p>secret');
  expect(error?.message).toContain('"mini" answered with no openai-chat reply: 200 text/html');
  expect(error?.message).not.toContain('secret');
  expect(error).toMatchObject({
    code: 'invalid-data',
    path: 'models.mini',
    accepted: 'an endpoint that speaks this API',
  });
});
