import { describe, expect, test } from 'vitest';
import { responseObject } from '../../../src/translate/responses/response.ts';

const asked = {
  request: { model: 'feature:x', input: 'hi', temperature: 0.5, tools: [{ type: 'function' }], user: null },
  id: 'resp_or_1',
  nowS: 5,
};

describe('the object of a response', () => {
  test('the response object repeats the fields of the request, and has defaults for the others', () => {
    const response = responseObject(asked, { model: 'claude-opus-5', status: 'completed', output: [] });
    expect(response).toMatchObject({
      id: 'resp_or_1',
      model: 'claude-opus-5',
      temperature: 0.5,
      tools: [{ type: 'function' }],
      top_p: 1,
    });
    expect(response).not.toHaveProperty('input');
    expect(response).not.toHaveProperty('user');
  });

  test('a response that is still being written has no completion time', () => {
    expect(responseObject(asked, { model: 'm', status: 'in_progress', output: [] }).completed_at).toBeNull();
    expect(responseObject(asked, { model: 'm', status: 'completed', output: [] }).completed_at).toBe(5);
  });
});
