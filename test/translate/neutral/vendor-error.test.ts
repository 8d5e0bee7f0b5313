import { describe, expect, test } from 'vitest';
import { readVendorError } from '../../../src/translate/neutral/vendor-error.ts';

const read = (body: unknown, status = 400) => readVendorError(JSON.stringify(body), status);

describe('an error of a vendor', () => {
  test('an error code takes precedence over the status, which may come from a gateway', () => {
    expect(read({ error: { type: 'overloaded_error', message: 'Overloaded' } }, 500)).toMatchObject({
      anthropicType: 'overloaded_error',
      code: 'overloaded',
    });
    expect(read({ error: { code: 'insufficient_quota', message: 'No credit.' } }, 429)).toMatchObject({
      openaiType: 'insufficient_quota',
      anthropicType: 'billing_error',
    });
  });

  test('an account without credit is distinguished from a wrong request by the vendor’s message', () => {
    const message = 'Your credit balance is too low to access the Anthropic API.';

    expect(read({ error: { type: 'invalid_request_error', message } })).toMatchObject({
      anthropicType: 'billing_error',
    });
  });

  test('the vendor’s own error code is kept where this API has no field for it', () => {
    expect(read({ error: { code: 'unsupported_value', param: 'temperature', message: 'x' } })).toMatchObject({
      code: 'unsupported_value',
      param: 'temperature',
      openaiType: 'invalid_request_error',
    });
    expect(read({ error: { type: 'invalid_request_error', message: 'x' } }).code).toBeNull();
  });

  test('an error may be the only event of a stream', () => {
    const error = readVendorError(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      502,
    );

    expect(error).toMatchObject({ message: 'Overloaded', anthropicType: 'overloaded_error' });
  });

  test.each([
    ['data: {"choices":[]}', 'data: {"error":{"message":"boom"}}', 'boom'],
    ['data: {"type":"message_start"}', 'data: {"type":"error","error":{"message":"Overloaded"}}', 'Overloaded'],
    ['data: {"response":{}}', 'data: {"type":"response.failed","response":{"error":{"message":"no"}}}', 'no'],
    ['data: {"choices":[],"error":null}', 'data: [DONE]', 'The stream ended before the reply did.'],
  ])('the error of a stream is read at any position: %s, %s', (first, second, message) => {
    expect(readVendorError(`${first}\n\n${second}\n\ndata: [DONE]\n\n`, 200).message).toBe(message);
  });

  test('an error in a stream has the kind that its numeric code states', () => {
    const types = (code: number) => {
      const { openaiType, anthropicType, code: own } = read({ error: { code, message: 'up' } }, 200);
      return [openaiType, own, anthropicType];
    };

    expect(types(429)).toEqual(['rate_limit_error', 'rate_limit_exceeded', 'rate_limit_error']);
    expect(types(402)).toEqual(['insufficient_quota', 'insufficient_quota', 'billing_error']);
    expect(types(502)).toEqual(['server_error', null, 'api_error']);
    expect(read({ type: 'error', code: null, message: 'x' }, 200).code).toBeNull();
  });

  test('an error in a reply with status 200 is classified by its content', () => {
    expect(read({ error: { message: 'The server had an error.' } }, 200)).toMatchObject({ anthropicType: 'api_error' });
    expect(read({ error: { message: 'Invalid API key', code: 'invalid_api_key' } }, 200)).toMatchObject({
      anthropicType: 'authentication_error',
    });
  });
});
