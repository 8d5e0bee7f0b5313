import { expect, test } from 'vitest';
import { clientError, translatedError } from '../../src/clients/translated-error.ts';

const anthropic = JSON.stringify({
  type: 'error',
  error: { type: 'overloaded_error', message: 'Overloaded' },
  request_id: 'req_1',
});

test('an error has the shape of the client’s vendor, and the original inside', () => {
  const options = { status: 529, from: 'anthropic-messages', to: 'openai-chat', secrets: [] } as const;
  expect(JSON.parse(translatedError(anthropic, options))).toEqual({
    error: {
      message: 'Overloaded',
      type: 'server_error',
      param: null,
      code: 'overloaded_error',
      upstream: { api: 'anthropic-messages', status: 529, body: JSON.parse(anthropic) as unknown },
    },
  });
});

test('no key of the endpoint is quoted, and a page of a proxy is cut', () => {
  const options = {
    status: 401,
    from: 'openai-chat',
    to: 'anthropic-messages',
    secrets: ['Bearer sk-endpoint'],
  } as const;
  const refused = translatedError('{"error":{"message":"Incorrect API key provided: sk-endpoint"}}', options);
  expect(refused).not.toContain('sk-endpoint');
  expect(JSON.parse(refused)).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
  expect(translatedError(`<html>${'x'.repeat(9_999)}`, options).length).toBeLessThan(5_000);
});

test('the status decides the type by which the client’s SDK tells errors apart', () => {
  const typeAt = (status: number): unknown => {
    const text = clientError('anthropic-messages', { status, message: 'm', code: null, param: null });
    return (JSON.parse(text) as { error: { type: string } }).error.type;
  };
  expect([400, 404, 429, 500, 529].map(typeAt)).toEqual([
    'invalid_request_error',
    'not_found_error',
    'rate_limit_error',
    'api_error',
    'overloaded_error',
  ]);
});
