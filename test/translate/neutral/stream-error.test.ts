import { describe, expect, test } from 'vitest';
import { readStreamError } from '../../../src/translate/neutral/stream-error.ts';

describe('the error of a stream', () => {
  test('an overloaded server and a limit of requests keep their type at Anthropic', () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(readStreamError(overloaded)).toMatchObject({ message: 'Overloaded', anthropicType: 'overloaded_error' });
    const limited = { type: 'error', code: 'rate_limit_exceeded', message: 'Slow down', param: null };
    expect(readStreamError(limited)).toMatchObject({ code: 'rate_limit_exceeded', anthropicType: 'rate_limit_error' });
  });

  test('an error that is of no known kind is a fault of the provider', () => {
    expect(readStreamError({ error: { message: 'Oh no' } })).toEqual({
      message: 'Oh no',
      code: null,
      openaiType: 'server_error',
      anthropicType: 'api_error',
    });
  });

  test('a request that is refused in the stream stays one', () => {
    const refused = { error: { type: 'invalid_request_error', message: 'messages: roles must alternate' } };
    expect(readStreamError(refused)).toMatchObject({
      openaiType: 'invalid_request_error',
      anthropicType: 'invalid_request_error',
    });
  });

  test('an error without words has some', () => {
    expect(readStreamError({ error: {} }).message).toBe('The provider reported an error.');
  });
});
