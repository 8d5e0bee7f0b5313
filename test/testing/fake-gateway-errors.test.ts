import { describe, expect, test } from 'vitest';
import type { ErrorKind, ErrorWords } from '../../src/testing/fake-errors.ts';
import { inWordsOf } from '../../src/testing/fake-refusals.ts';
import { azureWords, newApiWords, openrouterWords } from '../../src/testing/fake-gateway-errors.ts';

const context = { api: 'openai-chat', model: 'm', requestId: 'req_1' } as const;
const WORDS: readonly (readonly [string, ErrorWords, readonly (readonly [ErrorKind, number, object])[]])[] = [
  [
    'Azure',
    azureWords,
    [
      [{ kind: 'invalid-key' }, 401, { code: '401' }],
      [{ kind: 'unknown-model' }, 404, { code: 'DeploymentNotFound' }],
      [{ kind: 'retired-model' }, 410, { code: 'ModelDeprecated' }],
      [
        { kind: 'content-filter' },
        400,
        {
          code: 'content_filter',
          innererror: {
            code: 'ResponsibleAIPolicyViolation',
            content_filter_result: expect.objectContaining({ violence: { filtered: true, severity: 'medium' } }),
          },
        },
      ],
    ],
  ],
  [
    'OpenRouter',
    openrouterWords,
    [
      [
        { kind: 'status', status: 502 },
        502,
        { code: 502, metadata: expect.objectContaining({ provider_name: 'Fake' }) },
      ],
      [{ kind: 'invalid-key' }, 401, { code: 401 }],
      [{ kind: 'no-credit' }, 402, { message: expect.stringMatching(/^Insufficient credits/) }],
      [{ kind: 'no-permission' }, 403, { message: expect.stringMatching(/^Key limit exceeded/) }],
      [{ kind: 'unknown-model' }, 400, { message: 'm is not a valid model ID' }],
      [{ kind: 'retired-model' }, 404, { message: 'No endpoints found for m.' }],
      [
        { kind: 'context-too-long', tokens: 9000, limit: 8192 },
        400,
        {
          message: expect.stringContaining('maximum context length is 8192 tokens. However, you requested about 9000'),
        },
      ],
      [{ kind: 'content-filter' }, 403, { metadata: expect.objectContaining({ reasons: ['violence'] }) }],
      [
        { kind: 'unsupported-capability', capability: 'images' },
        404,
        { message: 'No endpoints found that support image input' },
      ],
      [
        { kind: 'unsupported-capability', capability: 'tools' },
        404,
        { message: expect.stringContaining('No endpoints found that support tool use') },
      ],
    ],
  ],
  [
    'New API',
    newApiWords,
    [
      [{ kind: 'invalid-key' }, 401, { type: 'new_api_error' }],
      [{ kind: 'no-credit' }, 403, { code: 'insufficient_user_quota' }],
      [{ kind: 'unknown-model' }, 503, { code: 'model_not_found' }],
      [{ kind: 'retired-model' }, 503, { code: 'model_not_found' }],
    ],
  ],
];

describe.each(WORDS)('%s', (_, words, cases) => {
  test.each(cases)('the error %j has the gateway’s own message', (kind, status, error) => {
    expect(inWordsOf(words, kind, context)).toEqual([status, { error: expect.objectContaining(error) }]);
  });

  test('every other error has the format of the API’s vendor', () => {
    expect(inWordsOf(words, { kind: 'invalid-json' }, context)).toBeUndefined();
    expect(inWordsOf(words, { kind: 'unsupported-capability', capability: 'stop' }, context)).toBeUndefined();
  });
});
