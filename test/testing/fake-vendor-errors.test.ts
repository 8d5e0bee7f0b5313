import { describe, expect, test } from 'vitest';
import type { ErrorKind, ErrorWords } from '../../src/testing/fake-errors.ts';
import { inWordsOf } from '../../src/testing/fake-refusals.ts';
import {
  deepseekWords,
  groqWords,
  mistralWords,
  togetherWords,
  vllmWords,
  xaiWords,
} from '../../src/testing/fake-vendor-errors.ts';

const context = { api: 'openai-chat', model: 'm', requestId: 'req_1' } as const;
const TOO_LONG = { kind: 'context-too-long', tokens: 9000, limit: 8192 } as const;
const TOO_MUCH = { kind: 'output-too-long', parameter: 'max_tokens', tokens: 9000, limit: 8192 } as const;
const lacks = (capability: 'images' | 'tools' | 'schema' | 'reasoning' | 'stop') =>
  ({ kind: 'unsupported-capability', capability }) as const;
const EXTRA = { kind: 'unsupported-parameter', parameter: 'stream_options', value: { include_usage: true } } as const;
const EFFORT = {
  kind: 'unsupported-value',
  parameter: 'reasoning_effort',
  value: 'high',
  supported: ['none', 'default'],
} as const;

const error = (fields: object) => ({ error: expect.objectContaining(fields) });
const WORDS: readonly (readonly [string, ErrorWords, readonly (readonly [ErrorKind, number, object])[]])[] = [
  [
    'DeepSeek',
    deepseekWords,
    [
      [{ kind: 'invalid-key' }, 401, error({ type: 'authentication_error' })],
      [{ kind: 'no-credit' }, 402, error({ message: 'Insufficient Balance' })],
      [{ kind: 'unknown-model' }, 400, error({ message: 'Model Not Exist' })],
      [TOO_MUCH, 400, error({ message: 'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]' })],
      [{ kind: 'content-filter' }, 400, error({ message: 'Content Exists Risk' })],
      [lacks('schema'), 400, error({ message: 'This response_format type is unavailable now' })],
      [lacks('images'), 400, error({ message: expect.stringContaining('unknown variant `image_url`') })],
    ],
  ],
  [
    'Groq',
    groqWords,
    [
      [{ kind: 'retired-model' }, 400, error({ code: 'model_decommissioned' })],
      [{ kind: 'request-too-large' }, 413, error({ type: 'tokens', code: 'rate_limit_exceeded' })],
      [TOO_LONG, 400, error({ code: 'context_length_exceeded' })],
      [TOO_MUCH, 400, error({ message: expect.stringContaining('must be less than or equal to `8192`') })],
      [EXTRA, 400, error({ message: "property 'stream_options' is unsupported" })],
      [EFFORT, 400, error({ message: '`reasoning_effort` must be one of `none` or `default`' })],
      [lacks('tools'), 400, error({ message: '`tool calling` is not supported with this model' })],
      [lacks('images'), 400, error({ message: 'messages[0].content must be a string' })],
      [lacks('schema'), 400, error({ param: 'response_format' })],
    ],
  ],
  [
    'Mistral',
    mistralWords,
    [
      [{ kind: 'status', status: 429 }, 429, { message: 'Requests rate limit exceeded', code: '1300' }],
      [{ kind: 'invalid-key' }, 401, { detail: 'Unauthorized' }],
      [{ kind: 'unknown-model' }, 400, { message: 'Invalid model: m', type: 'invalid_model' }],
      [TOO_LONG, 400, { message: expect.stringContaining('too large for model with 8192 maximum context length') }],
      [
        EXTRA,
        422,
        {
          object: 'error',
          message: {
            detail: [
              {
                type: 'extra_forbidden',
                loc: ['body', 'stream_options'],
                msg: 'Extra inputs are not permitted',
                input: { include_usage: true },
              },
            ],
          },
        },
      ],
      [
        EFFORT,
        422,
        { message: { detail: [{ type: 'literal_error', loc: ['body', 'reasoning_effort'], input: 'high' }] } },
      ],
    ],
  ],
  [
    'Together',
    togetherWords,
    [
      [{ kind: 'invalid-key' }, 401, error({ code: 'invalid_api_key' })],
      [{ kind: 'no-credit' }, 402, error({ type: 'credit_limit' })],
      [{ kind: 'unknown-model' }, 404, error({ code: 'model_not_available' })],
      [TOO_LONG, 422, error({ message: expect.stringContaining('must be <= 8192. Given: 9000 `inputs` tokens') })],
      [TOO_MUCH, 422, error({ message: expect.stringContaining('and 9000 `max_new_tokens`') })],
    ],
  ],
  [
    'vLLM',
    vllmWords,
    [
      [{ kind: 'invalid-key' }, 401, { error: 'Unauthorized' }],
      [{ kind: 'unknown-model' }, 404, { type: 'NotFoundError', code: 404 }],
      [TOO_LONG, 400, { message: expect.stringContaining('maximum context length is 8192 tokens') }],
      [EXTRA, 400, { message: expect.stringContaining("'loc': ('body', 'stream_options')") }],
      [lacks('images'), 400, { message: 'm is not a multimodal model' }],
      [lacks('tools'), 400, { message: expect.stringContaining('--enable-auto-tool-choice') }],
    ],
  ],
  [
    'xAI',
    xaiWords,
    [
      [{ kind: 'invalid-key' }, 400, { error: expect.stringContaining('Incorrect API key') }],
      [{ kind: 'no-credit' }, 403, { error: expect.stringContaining('credits') }],
      [{ kind: 'unknown-model' }, 404, { error: 'The model m does not exist.' }],
      [TOO_LONG, 400, { error: expect.stringContaining('maximum prompt length is 8192') }],
      [EXTRA, 400, { error: 'Argument not supported on this model: stream_options' }],
      [lacks('reasoning'), 400, { error: 'Model m does not support parameter reasoningEffort.' }],
    ],
  ],
];

describe.each(WORDS)('%s', (_, words, cases) => {
  test.each(cases)('the error %j has the vendor’s own message', (kind, status, body) => {
    expect(inWordsOf(words, kind, context)).toMatchObject([status, body]);
  });

  test('every other error has the format of the API’s vendor', () => {
    expect(inWordsOf(words, { kind: 'invalid-json' }, context)).toBeUndefined();
    expect(inWordsOf(words, { kind: 'status', status: 500 }, context)).toBeUndefined();
    expect(inWordsOf(words, lacks('stop'), context)).toBeUndefined();
  });
});
