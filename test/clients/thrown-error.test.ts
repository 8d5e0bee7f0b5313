import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { thrownFailure } from '../../src/clients/thrown-error.ts';
import { RouterError } from '../../src/errors.ts';

const openai = (status: number, error: object, headers = {}) =>
  OpenAI.APIError.generate(status, { error }, undefined, new Headers(headers));
const anthropic = (status: number, type: string, message: string) =>
  Anthropic.APIError.generate(status, { type: 'error', error: { type, message } }, undefined, new Headers());

test.each([
  ['a wrong key', openai(401, { code: 'invalid_api_key', message: 'Incorrect API key provided' }), 'account'],
  ['quota used up', openai(429, { code: 'insufficient_quota', message: 'You exceeded your quota' }), 'account'],
  ['an unknown model', openai(404, { code: 'model_not_found', message: 'no such model' }), 'model'],
  ['a request that is too long', openai(400, { code: 'context_length_exceeded', message: 'too long' }), 'unable'],
  ['no credit', anthropic(400, 'invalid_request_error', 'Your credit balance is too low'), 'account'],
  ['a wrong key of Anthropic', anthropic(401, 'authentication_error', 'invalid x-api-key'), 'account'],
])('an SDK’s error about %s is a refusal, as over HTTP', (_, error, about) => {
  expect(thrownFailure(error, 0)).toMatchObject({ status: 'refused', refusal: { about }, error });
});

test('a provider fault keeps the wait that the provider asked for', () => {
  const error = openai(429, { message: 'slow down' }, { 'retry-after': '3' });
  expect(thrownFailure(error, 0)).toMatchObject({ status: 'provider-fault', httpStatus: 429, retryAfterMs: 3_000 });
});

test('the status of another service is not taken for a refusal of the model', () => {
  for (const status of [400, 401, 403, 404])
    expect(thrownFailure(Object.assign(new Error('no customer'), { status }), 0).status).toBe('rejected-request');
  expect(thrownFailure(Object.assign(new Error('down'), { status: 503 }), 0).status).toBe('provider-fault');
});

test.each([
  [new DOMException('late', 'TimeoutError'), 'timeout'],
  [new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }), 'connection'],
  [new TypeError('undefined is not a function'), 'rejected-request'],
  [new RouterError('invalid-value', 'wrong'), 'rejected-request'],
  ['text', 'rejected-request'],
  [null, 'rejected-request'],
  [undefined, 'rejected-request'],
  [new Error('without a cause', { cause: null }), 'rejected-request'],
  [new RouterError('invalid-value', 'wrong', { cause: { code: 'ECONNRESET' } }), 'rejected-request'],
])('%s is classified as %s', (error, status) => {
  expect(thrownFailure(error, 0)).toMatchObject({ status });
});

test('a circular chain of causes without a network code is a mistake of the function', () => {
  const error = new Error('one');
  error.cause = new Error('two', { cause: error });
  expect(thrownFailure(error, 0).status).toBe('rejected-request');
});
