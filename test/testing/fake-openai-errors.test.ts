import { expect, test } from 'vitest';
import { openaiError } from '../../src/testing/fake-openai-errors.ts';

test.each([
  [{ kind: 'status', status: 429 }, 429, { code: 'rate_limit_exceeded' }],
  [{ kind: 'status', status: 500 }, 500, { type: 'server_error' }],
  [{ kind: 'status', status: 503 }, 503, { message: 'The engine is currently overloaded, please try again later' }],
  [{ kind: 'status', status: 401 }, 401, { code: 'invalid_api_key' }],
  [{ kind: 'status', status: 409 }, 409, { type: 'invalid_request_error' }],
  [{ kind: 'unknown-model' }, 404, { message: 'The model `x` does not exist or you do not have access to it.' }],
  [
    { kind: 'unsupported-parameter', parameter: 'max_tokens' },
    400,
    { param: 'max_tokens', code: 'unsupported_parameter' },
  ],
  [
    { kind: 'unsupported-value', parameter: 'temperature', value: 0.2 },
    400,
    { param: 'temperature', code: 'unsupported_value' },
  ],
  [{ kind: 'unknown-response', id: 'resp_1' }, 400, { code: 'previous_response_not_found' }],
  [{ kind: 'foreign-thinking' }, 400, { code: 'invalid_encrypted_content' }],
  [{ kind: 'invalid-json' }, 400, { type: 'invalid_request_error' }],
] as const)('the error %j is rendered in OpenAI’s format', (error, status, words) => {
  const context = { api: 'openai-chat', model: 'x', requestId: 'req_1' } as const;
  expect(openaiError(error, context)).toMatchObject({ status, body: { error: words } });
});
