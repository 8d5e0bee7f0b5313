import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { readRequest, unreadRequest } from '../../src/clients/unread-request.ts';
import { invalidValue, RouterError } from '../../src/errors.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

test('the reason why a request cannot be sent is the error message without the path at its beginning', () => {
  expect(unreadRequest(invalidValue(5, 'input[1]', 'an item'))).toEqual([
    { path: 'input[1]', mark: 'unable', reason: '5 is not accepted (accepted: an item)' },
  ]);
  expect(unreadRequest(new RouterError('invalid-value', 'no JSON'))).toEqual([
    { path: 'body', mark: 'unable', reason: 'no JSON' },
  ]);
});

test('a request that is nested too deeply gets an error with a reason, not a stack overflow', () => {
  let schema: object = { type: 'string' };
  for (let level = 0; level < 1_000; level++) schema = { type: 'object', properties: { a: schema } };
  const format = { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } };
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], response_format: format };
  const error = readRequest('openai-chat', JSON.stringify(body));
  expect(RouterError.isInstance(error) && unreadRequest(error)).toEqual([
    { path: 'body', mark: 'unable', reason: 'it is nested too deeply to be translated' },
  ]);
});

test.each([5, { type: 'a_kind_of_the_future' }])(
  'an item that cannot be sent is named only once in the error: %j',
  async item => {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const router = createRouterOn(testRuntime(), {
      models: {
        claude: { provider: 'anthropic', model: 'claude', apiKey: 'key', params: { maxOutputTokens: 9 }, price },
      },
      features: { f: { candidates: ['claude'], failureCostUsd: 1 } },
    });
    const openai = router.wrap(new OpenAI({ apiKey: 'sk', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 }));
    const input = [{ role: 'user', content: 'Hi' }, item] as OpenAI.Responses.ResponseInput;
    const error: unknown = await openai.responses
      .create({ model: router.feature('f').model, input, store: false })
      .catch((thrown: unknown) => thrown);
    expect(String(error).split('input[1]')).toHaveLength(2);
  },
);
