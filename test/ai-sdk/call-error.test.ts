import * as ai7 from 'ai';
import * as ai6 from 'ai-6';
import { expect, test } from 'vitest';
import { CallError } from '../../src/ai-sdk/call-error.ts';

const details = { url: 'u', requestBodyValues: { model: 'm' }, statusCode: 400, responseHeaders: { 'x-a': 'b' } };

test.each([
  ['version 7', ai7.APICallError],
  ['version 6', ai6.APICallError],
])('%s of the AI SDK recognizes the error as an APICallError of its own', (_, ErrorClass) => {
  expect(ErrorClass.isInstance(new CallError({ ...details, responseBody: '' }))).toBe(true);
});

test('an error of a call has the vendor’s message and body, and is not retryable', () => {
  const responseBody = '{"error":{"message":"No."}}';
  expect(new CallError({ ...details, responseBody })).toMatchObject({
    ...details,
    name: 'AI_APICallError',
    message: 'No.',
    isRetryable: false,
    responseBody,
    data: { error: { message: 'No.' } },
  });
});

test('a body without a message is described by its status', () => {
  expect(new CallError({ ...details, responseBody: '<html>' })).toMatchObject({
    message: 'status 400',
    data: undefined,
  });
});
