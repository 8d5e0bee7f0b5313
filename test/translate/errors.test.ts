import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { ErrorKind } from '../../src/testing/fake-errors.ts';
import { anthropicError } from '../../src/testing/fake-anthropic-errors.ts';
import { openaiError } from '../../src/testing/fake-openai-errors.ts';
import { clientError, translatedError } from '../../src/translate/errors.ts';
import type { Api } from '../../src/translate/neutral/conversation.ts';

const APIS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;
const PAIRS = APIS.flatMap(from => APIS.filter(to => to !== from).map(to => [from, to] as const));

interface ErrorBody {
  readonly type?: string;
  readonly request_id?: string | null;
  readonly error: {
    readonly type: string;
    readonly code?: string | null;
    readonly param?: string | null;
    readonly message: string;
    readonly upstream?: { readonly api: string; readonly status: number; readonly body: unknown };
  };
}

/** The error of a vendor as the fake provider sends it, in the format of the client's API. */
function translated(kind: ErrorKind, from: Api, to: Api) {
  const context = { api: from, model: 'm', requestId: 'req_1' } as never;
  const { status, body } = from === 'anthropic-messages' ? anthropicError(kind, context) : openaiError(kind, context);
  const text = translatedError(JSON.stringify(body), { status, from, to, requestId: 'req_1' });
  return { status, original: body as unknown as ErrorBody, body: JSON.parse(text) as ErrorBody };
}

const statuses = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529];

describe.each(PAIRS)('an error of %s for a client of %s', (from, to) => {
  test.each(statuses)('the client’s SDK reads status %i as it reads one of its own vendor', status => {
    const { body } = translated({ kind: 'status', status }, from, to);
    const sdk = to === 'anthropic-messages' ? Anthropic.APIError : OpenAI.APIError;
    const error = sdk.generate(
      status,
      body,
      undefined,
      new Headers({ 'x-request-id': 'req_1', 'request-id': 'req_1' }),
    );

    expect(error.status).toBe(status);
    expect(error.requestID).toBe('req_1');
    expect(error.message).toContain(body.error.message);
    if (to === 'anthropic-messages') expect(body).toMatchObject({ type: 'error', request_id: 'req_1' });
    else expect(Object.keys(body.error)).toStrictEqual(['message', 'type', 'param', 'code', 'upstream']);
  });

  test('the translated error contains the original error', () => {
    const { original, body, status } = translated({ kind: 'status', status: 500 }, from, to);

    expect(body.error.upstream).toStrictEqual({ api: from, status, body: original });
  });

  test('the client reads the cause of an error in the codes of its own vendor', () => {
    const words: readonly (readonly [ErrorKind, string, string | null, string])[] = [
      [{ kind: 'invalid-key' }, 'invalid_request_error', 'invalid_api_key', 'authentication_error'],
      [{ kind: 'no-credit' }, 'insufficient_quota', 'insufficient_quota', 'billing_error'],
      [{ kind: 'unknown-model' }, 'invalid_request_error', 'model_not_found', 'not_found_error'],
      [
        { kind: 'context-too-long', tokens: 9, limit: 5 },
        'invalid_request_error',
        'context_length_exceeded',
        'invalid_request_error',
      ],
      [{ kind: 'status', status: 429 }, 'rate_limit_error', 'rate_limit_exceeded', 'rate_limit_error'],
      [{ kind: 'status', status: 529 }, 'server_error', 'overloaded', 'overloaded_error'],
      [{ kind: 'status', status: 504 }, 'server_error', null, 'timeout_error'],
      [{ kind: 'status', status: 413 }, 'invalid_request_error', null, 'request_too_large'],
      [{ kind: 'status', status: 500 }, 'server_error', null, 'api_error'],
    ];

    for (const [kind, openaiType, code, anthropicType] of words) {
      const { body, original } = translated(kind, from, to);
      const isSameVendor = from !== 'anthropic-messages' && to !== 'anthropic-messages';
      const type = isSameVendor ? original.error.type : openaiType;
      expect(body.error.type, kind.kind).toBe(to === 'anthropic-messages' ? anthropicType : type);
      if (to !== 'anthropic-messages' && code !== null) expect(body.error.code, kind.kind).toBe(code);
    }
  });
});

describe('a translated error', () => {
  test('an Anthropic client whose prompt is too long gets the message on which it shortens the conversation', () => {
    const { body } = translated({ kind: 'context-too-long', tokens: 9, limit: 5 }, 'openai-chat', 'anthropic-messages');

    expect(body.error.message).toMatch(/^prompt is too long: /);
  });

  test('a parameter in an error has the name that the client knows', () => {
    const unsupported = (parameter: string, from: Api, to: Api) =>
      translated({ kind: 'unsupported-parameter', parameter }, from, to).body.error.param;

    expect(unsupported('max_output_tokens', 'openai-responses', 'openai-chat')).toBe('max_completion_tokens');
    expect(unsupported('reasoning_effort', 'openai-chat', 'openai-responses')).toBe('reasoning.effort');
    expect(unsupported('no_such_field', 'openai-chat', 'openai-responses')).toBeNull();
    const wrong = (message: string) =>
      JSON.parse(
        translatedError(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } }), {
          status: 400,
          from: 'anthropic-messages',
          to: 'openai-chat',
        }),
      ) as ErrorBody;
    expect(wrong('messages.3.content: Field required').error.param).toBe('messages');
    expect(wrong('stop_sequences: each stop sequence must contain non-whitespace').error.param).toBe('stop');
    expect(wrong('Something else').error.param).toBeNull();
  });

  test('an API key that the vendor’s error quotes, masked or not, is not repeated', () => {
    const body = {
      error: { message: 'Incorrect API key provided: sk-proj-abc***xyz.', code: 'invalid_api_key' },
    };
    const text = translatedError(JSON.stringify(body), {
      status: 401,
      from: 'openai-chat',
      to: 'anthropic-messages',
    });

    expect(text).not.toContain('sk-proj');
    expect(text).toContain('Incorrect API key provided: …');
  });

  test('a translated error quotes no part of the request', () => {
    const detail = [{ loc: ['body', 'messages'], msg: 'field required', input: 'my private prompt', ctx: { a: 1 } }];
    const text = translatedError(JSON.stringify({ detail, echo: 'x'.repeat(5000) }), {
      status: 422,
      from: 'openai-chat',
      to: 'anthropic-messages',
    });

    expect(text).not.toContain('private');
    expect(text.length).toBeLessThan(3000);
    expect(text).toContain('field required');
  });

  test('a body that is empty or not JSON still is an error', () => {
    const error = (text: string, status: number) =>
      JSON.parse(translatedError(text, { status, from: 'openai-chat', to: 'anthropic-messages' })) as ErrorBody;

    expect(error('<html>Bad gateway</html>', 502).error).toMatchObject({
      type: 'api_error',
      upstream: { body: '<html>Bad gateway</html>' },
    });
    expect(error('', 503).error.message).toBe('The provider answered with status 503.');
  });

  test('an error of the router itself has the format of the client’s vendor', () => {
    const error = {
      type: 'invalid_request_error',
      message: 'No candidate can serve it.',
      code: 'no-eligible-candidate',
    };

    expect(JSON.parse(clientError('openai-chat', error))).toStrictEqual({ error: { ...error, param: null } });
    expect(JSON.parse(clientError('anthropic-messages', error))).toStrictEqual({
      type: 'error',
      error: { ...error, details: { error_code: error.code } },
      request_id: null,
    });
  });
});

test.each([
  ['openai-chat', 'openai-responses'],
  ['openai-responses', 'openai-chat'],
] as const)('an error of %s has its own type and code for a client of %s, which is the same vendor’s', (from, to) => {
  const { original, body } = translated({ kind: 'status', status: 403 }, from, to);
  const { type, code } = original.error;
  expect(code).toBe('unsupported_country_region_territory');
  expect(body.error).toMatchObject({ type, code });
});
