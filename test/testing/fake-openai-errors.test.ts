import { expect, test } from 'vitest';
import { openaiError } from '../../src/testing/fake-openai-errors.ts';

test.each([
  [{ kind: 'status', status: 429 }, 429, { code: 'rate_limit_exceeded' }],
  [{ kind: 'status', status: 500 }, 500, { type: 'server_error' }],
  [{ kind: 'status', status: 503 }, 503, { message: 'The engine is currently overloaded, please try again later' }],
  [{ kind: 'status', status: 401 }, 401, { code: 'invalid_api_key' }],
  [{ kind: 'status', status: 402 }, 402, { code: 'insufficient_quota' }],
  [{ kind: 'status', status: 408 }, 408, { type: 'timeout_error' }],
  [{ kind: 'status', status: 409 }, 409, { type: 'conflict_error' }],
  [{ kind: 'status', status: 410 }, 410, { code: 'model_not_found' }],
  [{ kind: 'status', status: 418 }, 418, { type: 'invalid_request_error', message: 'Status 418' }],
  [{ kind: 'invalid-key' }, 401, { code: 'invalid_api_key' }],
  [{ kind: 'no-credit' }, 429, { type: 'insufficient_quota', code: 'insufficient_quota' }],
  [{ kind: 'no-permission' }, 403, { code: 'unsupported_country_region_territory' }],
  [{ kind: 'retired-model' }, 404, { code: 'model_not_found', message: expect.stringContaining('deprecated') }],
  [{ kind: 'request-too-large' }, 413, { type: 'request_too_large' }],
  [
    { kind: 'context-too-long', tokens: 9000, limit: 8192 },
    400,
    { code: 'context_length_exceeded', param: 'messages' },
  ],
  [{ kind: 'content-filter' }, 400, { code: 'invalid_prompt' }],
  [
    { kind: 'output-too-long', parameter: 'max_tokens', tokens: 32_000, limit: 16_384 },
    400,
    {
      message:
        'max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you provided 32000.',
    },
  ],
  [
    {
      kind: 'unsupported-value',
      parameter: 'reasoning_effort',
      value: 'minimal',
      supported: ['low', 'medium', 'high'],
    },
    400,
    {
      message:
        "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.",
    },
  ],
  [{ kind: 'unsupported-capability', capability: 'files' }, 400, { param: 'messages' }],
  [{ kind: 'unsupported-capability', capability: 'audio' }, 400, { message: expect.stringContaining('input_audio') }],
  [{ kind: 'unsupported-capability', capability: 'several-choices' }, 400, { code: 'unsupported_value', param: 'n' }],
  [{ kind: 'unsupported-capability', capability: 'reasoning' }, 400, { param: 'reasoning_effort' }],
  [{ kind: 'unsupported-capability', capability: 'schema' }, 400, { param: 'response_format' }],
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

test.each([
  [{ kind: 'context-too-long', tokens: 9000, limit: 8192 }, { param: 'input' }],
  [
    { kind: 'output-too-long', parameter: 'max_output_tokens', tokens: 2, limit: 1 },
    { code: 'integer_above_max_value' },
  ],
  [{ kind: 'unsupported-capability', capability: 'images' }, { message: 'This model does not support image input.' }],
  [{ kind: 'unsupported-capability', capability: 'schema' }, { param: 'text.format' }],
  [{ kind: 'unsupported-capability', capability: 'files' }, { param: 'input' }],
  [{ kind: 'unsupported-capability', capability: 'reasoning' }, { param: 'reasoning.effort' }],
] as const)('the Responses API has its own message for %j', (error, words) => {
  const context = { api: 'openai-responses', model: 'x', requestId: 'req_1' } as const;
  expect(openaiError(error, context)).toMatchObject({ status: 400, body: { error: words } });
});
