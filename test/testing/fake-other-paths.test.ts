import { expect, test } from 'vitest';
import { otherPath } from '../../src/testing/fake-other-paths.ts';

const at = (path: string, text = '', model = 'mini') =>
  otherPath({
    path,
    text,
    model,
    models: new Map([['mini', { price: { input: '1', output: '1' } }]]),
    remembered: new Map([['resp_1', { chars: 4, retrieve: () => ({ id: 'resp_1' }) }]]),
  });

test('the models endpoint lists all models and finds each by its name', () => {
  expect(at('/v1/models')).toMatchObject([200, { object: 'list', data: [{ id: 'mini', object: 'model' }] }]);
  expect(at('/v1/models/mini')).toMatchObject([200, { id: 'mini' }]);
  expect(at('/v1/models/none')[0]).toBe(404);
});

test('stored responses and token counts are answered, and every other path is a 404', () => {
  expect(at('/v1/responses/resp_1')).toEqual([200, { id: 'resp_1' }]);
  expect(at('/v1/responses/resp_2')[0]).toBe(404);
  expect(at('/v1/messages/count_tokens', '12345')).toEqual([200, { input_tokens: 2 }]);
  expect(at('/v1/messages/count_tokens', '12345', 'feature:x')).toMatchObject([
    404,
    { error: { message: 'model: feature:x' } },
  ]);
  expect(at('/v1/embeddings')).toMatchObject([404, { error: { type: 'invalid_request_error' } }]);
});
