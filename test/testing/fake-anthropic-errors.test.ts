import { expect, test } from 'vitest';
import { anthropicError } from '../../src/testing/fake-anthropic-errors.ts';

const context = { api: 'anthropic-messages', model: 'claude-x', requestId: 'req_1' } as const;

test.each([
  [{ kind: 'status', status: 402 }, 402, 'billing_error', undefined],
  [{ kind: 'status', status: 409 }, 409, 'conflict_error', undefined],
  [{ kind: 'status', status: 418 }, 418, 'invalid_request_error', 'Status 418'],
  [{ kind: 'status', status: 502 }, 502, 'api_error', 'Internal server error'],
  [{ kind: 'status', status: 504 }, 504, 'timeout_error', undefined],
  [{ kind: 'status', status: 529 }, 529, 'overloaded_error', 'Overloaded'],
  [{ kind: 'invalid-key' }, 401, 'authentication_error', 'invalid x-api-key'],
  [{ kind: 'no-credit' }, 400, 'invalid_request_error', /^Your credit balance is too low/],
  [{ kind: 'no-permission' }, 403, 'permission_error', undefined],
  [{ kind: 'unknown-model' }, 404, 'not_found_error', 'model: claude-x'],
  [{ kind: 'retired-model' }, 404, 'not_found_error', 'model: claude-x'],
  [{ kind: 'request-too-large' }, 413, 'request_too_large', undefined],
  [
    { kind: 'context-too-long', tokens: 213_462, limit: 200_000 },
    400,
    'invalid_request_error',
    'prompt is too long: 213462 tokens > 200000 maximum',
  ],
  [
    { kind: 'output-too-long', parameter: 'max_tokens', tokens: 9000, limit: 8192 },
    400,
    'invalid_request_error',
    'max_tokens: 9000 > 8192, which is the maximum allowed number of output tokens for claude-x',
  ],
  [{ kind: 'content-filter' }, 400, 'invalid_request_error', 'Output blocked by content filtering policy'],
  [{ kind: 'unsupported-parameter', parameter: 'top_p' }, 400, 'invalid_request_error', /^`top_p` is deprecated/],
  [{ kind: 'unsupported-value', parameter: 'temperature' }, 400, 'invalid_request_error', /Input should be 1$/],
  [
    { kind: 'unsupported-value', parameter: 'service_tier', supported: ['auto', 'standard_only'] },
    400,
    'invalid_request_error',
    "service_tier: Input should be 'auto' or 'standard_only'",
  ],
  [
    { kind: 'unsupported-capability', capability: 'images' },
    400,
    'invalid_request_error',
    "'claude-x' does not support image input.",
  ],
  [
    { kind: 'unsupported-capability', capability: 'schema' },
    400,
    'invalid_request_error',
    'output_config.format: Extra inputs are not permitted',
  ],
  [{ kind: 'status', status: 408 }, 408, 'timeout_error', undefined],
  [{ kind: 'status', status: 410 }, 410, 'not_found_error', 'model: retired'],
  [{ kind: 'foreign-thinking' }, 400, 'invalid_request_error', /signature/],
  [{ kind: 'unknown-response', id: 'r' }, 404, 'not_found_error', 'response: r'],
  [{ kind: 'invalid-json' }, 400, 'invalid_request_error', undefined],
] as const)('the error %j is rendered in Anthropic’s format', (error, status, type, words = /./) => {
  const message = typeof words === 'string' ? words : expect.stringMatching(words);
  expect(anthropicError(error, context)).toEqual({
    status,
    body: { type: 'error', error: { type, message }, request_id: 'req_1' },
  });
});
