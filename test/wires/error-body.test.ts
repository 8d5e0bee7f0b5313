import { expect, test } from 'vitest';
import { readErrorBody } from '../../src/wires/error-body.ts';

test.each([
  [{ error: { message: 'no', type: 't', code: 'c', param: 'p' } }, { message: 'no', codes: ['c', 't'], param: 'p' }],
  [{ error: 'no' }, { message: 'no', codes: [] }],
  [
    { code: 'c', error: 'no' },
    { message: 'no', codes: ['c'] },
  ],
  [{ message: 'no' }, { message: 'no', codes: [] }],
  [{ detail: 'no' }, { message: 'no' }],
  [
    { detail: [{ type: 'missing', loc: ['body', 'a', 0, 'b'], msg: 'Field required' }] },
    { message: 'a.0.b: Field required' },
  ],
  [{ message: { detail: [{ loc: ['body', 'a'], msg: 'no' }] } }, { message: 'a: no' }],
  [
    { object: 'error', message: 'no', type: 'BadRequestError', code: 400 },
    { codes: ['BadRequestError'], status: 400 },
  ],
  [
    { code: 503, message: 'no' },
    { message: 'no', status: 503 },
  ],
  [
    [{ error: { code: 429, message: 'no', status: 'RESOURCE_EXHAUSTED' } }],
    { codes: ['RESOURCE_EXHAUSTED'], status: 429 },
  ],
  [{ error: { code: '404', message: 'no' } }, { codes: [], status: 404 }],
  [{ error: { code: '1000', message: 'no' } }, { codes: ['1000'], status: undefined }],
  [
    { error: { code: 'rate_limit_429', type: '429_rate_limit', message: 'no' } },
    { codes: ['rate_limit_429', '429_rate_limit'] },
  ],
  [
    { error: { message: 'no', code: 400, metadata: { raw: 'why', error_type: 'provider' } } },
    { message: 'no\nwhy', codes: ['provider'] },
  ],
  [{ error: { code: 'c', innererror: { code: 'inner' } } }, { codes: ['inner', 'c'] }],
  [undefined, { message: '', codes: [] }],
  ['no', { message: 'no', codes: [] }],
  [{ errors: [{ message: 'a' }, { message: 'b' }] }, { message: 'a\nb' }],
  [{ message: '{"detail":[{"loc":["body","a"],"msg":"no"}]}' }, { message: 'a: no' }],
  [{ error: 'x'.repeat(5000) }, { message: 'x'.repeat(2000) }],
  [
    { error: { message: 'no', code: 400, metadata: { raw: '{"error":{"message":"why","code":"c"}}' } } },
    { message: 'no\nwhy', codes: ['c'], status: 400 },
  ],
])('the error in the body %j is read', (body, expected) => {
  expect(readErrorBody(body)).toMatchObject(expected);
});
