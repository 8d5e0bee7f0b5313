import { describe, expect, test } from 'vitest';
import { readEventError, readReplyError } from '../../src/wires/reply-error.ts';

describe('a 2xx', () => {
  test.each([
    { choices: [], error: null },
    { choices: [], error: {} },
    { choices: [], error: '' },
    { choices: [], error: { message: null, code: null } },
    { choices: [{ finish_reason: 'stop', error: null }] },
    { status: 'completed', error: null, output: [] },
    { status: 'incomplete', output: [] },
    { type: 'message', content: [] },
    {},
    undefined,
    'error',
  ])('%j is not an error', body => {
    expect(readReplyError(body, 200)).toBeUndefined();
  });

  test.each([
    [{ error: { message: 'slow down', code: 429 } }, 'fault'],
    [{ error: { message: 'slow down', code: '429' } }, 'fault'],
    [{ error: 'something' }, 'fault'],
    [{ error: { message: 'no', code: 401 } }, 'account'],
    [{ error: { message: 'no', code: 400 } }, 'request'],
    [{ error: { message: 'no', type: 'invalid_request_error' } }, 'request'],
    [[{ error: { message: 'no', code: 503, status: 'UNAVAILABLE' } }], 'fault'],
    [{ object: 'error', message: 'no', code: 500 }, 'fault'],
    [{ type: 'error', error: { type: 'rate_limit_error', message: 'no' } }, 'fault'],
    [{ type: 'error', error: { type: 'authentication_error', message: 'no' } }, 'account'],
    [{ status: 'failed', error: { code: 'server_error', message: 'no' } }, 'fault'],
    [{ status: 'failed', error: null }, 'fault'],
    [{ choices: [{ finish_reason: 'error', message: { content: 'Hel' } }] }, 'fault'],
    [{ choices: [{ finish_reason: 'stop', error: { code: 402, message: 'no' } }] }, 'account'],
  ])('%j is an error, about %s', (body, about) => {
    expect(readReplyError(body, 200)?.about).toBe(about);
  });
});

test('an event named `error` is an error whatever its data is', () => {
  expect(readEventError({ message: 'x', code: 402 }, true)?.about).toBe('account');
  expect(readEventError({ choices: [] }, true)?.about).toBe('fault');
  expect(readEventError(undefined, true)?.about).toBe('fault');
  expect(readEventError({ choices: [] }, false)).toBeUndefined();
});

describe('an error status', () => {
  test.each([
    [400, 'request'],
    [401, 'account'],
    [402, 'account'],
    [403, 'account'],
    [404, 'request'],
    [408, 'fault'],
    [409, 'fault'],
    [410, 'model'],
    [413, 'unable'],
    [422, 'request'],
    [424, 'fault'],
    [429, 'fault'],
    [451, 'unable'],
    [499, 'fault'],
    [500, 'fault'],
    [529, 'fault'],
  ])('%d without an informative body is about %s', (httpStatus, about) => {
    for (const body of [{}, { error: {} }, { message: 'x' }, 'x', null, []])
      expect(readReplyError(body, httpStatus)?.about).toBe(about);
    if (httpStatus !== 404) expect(readReplyError(undefined, httpStatus)?.about).toBe(about);
  });

  // Each as the server sends it: a page, FastAPI, Express, Azure, OpenAI, Kong, APISIX, Spring.
  test.each([
    undefined,
    { detail: 'Not Found' },
    { message: 'Cannot POST /v1/chat/completions', error: 'Not Found', statusCode: 404 },
    { error: { code: '404', message: 'Resource not found' } },
    { error: { message: 'Invalid URL (POST /v1/v1/chat/completions)', type: 'invalid_request_error' } },
    {
      error: {
        message: 'Unknown request URL: POST /chat/completions. Please check the URL for typos.',
        type: 'invalid_request_error',
        code: 'unknown_url',
      },
    },
    { message: 'no Route matched with those values' },
    { error_msg: '404 Route Not Found', message: '404 Route Not Found' },
    { timestamp: '2026-11-29T00:00:00Z', status: 404, error: 'Not Found', path: '/v1/messages' },
  ])(
    'a path that the server does not know is not the caller’s mistake, so that another candidate is tried: %j',
    body => {
      for (const httpStatus of [404, 405]) expect(readReplyError(body, httpStatus)?.about).toBe('model');
    },
  );

  test.each([
    {
      error: { message: "Item with id 'msg_1' not found.", type: 'invalid_request_error', param: 'input', code: null },
    },
    { error: { message: "No file found with id 'file-1'.", type: 'invalid_request_error' } },
    { type: 'error', error: { type: 'not_found_error', message: 'File not found: file_1' } },
    { error: { message: 'Container not found.', code: null } },
  ])('a missing resource that the request names is a mistake of the request: %j', body => {
    expect(readReplyError(body, 404)?.about).toBe('request');
  });

  test('the code of an error is the most specific name that the vendor gives', () => {
    const error = { message: 'x', type: 'invalid_request_error', code: 'content_filter', param: null };
    expect(readReplyError({ error }, 400)?.code).toBe('content_filter');
    expect(readReplyError({ error: { ...error, code: 400 } }, 400)?.code).toBe('invalid_request_error');
  });
});

describe('an error that repeats the prompt', () => {
  const PROMPTS = [
    'Your credit balance is too low',
    'I get the error "The model `gpt-9` does not exist"',
    'why: maximum context length is 4096 tokens',
    'it says: tools is not supported with this model',
    "it's said that the account isn't active, the organization is disabled",
  ];
  const python = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);

  test.each(PROMPTS)('an error that quotes the request is not classified by the quoted text: %s', prompt => {
    const listed = `[{'type': 'literal_error', 'loc': ('body', 'messages', 0, 'role'), 'msg': "Input should be 'user'", 'input': {'role': 'foo', 'content': ${python(prompt)}}}]`;
    const vllm = { object: 'error', message: listed, type: 'BadRequestError', param: null, code: 400 };
    const openai = {
      error: {
        message: `Invalid 'messages[0].content': expected a list, but got ${python(prompt)} instead.`,
        type: 'invalid_request_error',
        param: 'messages[0].content',
        code: 'invalid_type',
      },
    };
    const cut = { error: { message: `Invalid input: ${python(prompt).slice(0, -1)}`, type: 'invalid_request_error' } };
    for (const body of [vllm, openai, cut]) expect(readReplyError(body, 400)).toMatchObject({ about: 'request' });
  });

  test('an upstream error message inside a gateway’s error is read as the provider’s own', () => {
    const message = `Error code: 400 - {'type': 'error', 'error': {'message': 'Your credit balance is too low to access the API.'}}`;
    expect(readReplyError({ error: { message } }, 400)).toMatchObject({ about: 'account' });
  });
});
