import { expect, test } from 'vitest';
import { invalidValue, RouterError } from '../../src/errors.ts';
import { refusalOf, wrongField } from '../../src/outcomes/refusal.ts';

test('a wrong value is answered with 400, the field of the row, and what would be accepted', () => {
  expect(refusalOf(invalidValue(-1, 'outcome.costUsd', 'USD from 0'))).toEqual({
    status: 400,
    error: {
      code: 'invalid-value',
      message: 'costUsd: -1 is not accepted (accepted: USD from 0)',
      field: 'costUsd',
      accepted: 'USD from 0',
    },
  });
});

test.each([
  ['unknown-feature', 'feature', 404, 'feature'],
  ['unknown-intent', 'intentId', 404, 'intentId'],
  ['unknown-signal', 'features["support.reply"].signals', 400, 'signal'],
  ['invalid-value', 'features["support.reply"].signals.stars', 400, 'value'],
  ['invalid-value', 'intent.id', 400, 'intentId'],
  ['intent-of-another-feature', 'intent.session', 409, 'intentId'],
  ['intent-removed', 'intentId', 410, 'intentId'],
] as const)('the error %s at %s is answered with %i and names the field %s', (code, path, status, field) => {
  expect(refusalOf(new RouterError(code, 'a reason', { path }))).toMatchObject({ status, error: { code, field } });
});

test('the name of another feature and the text of a store’s error are not passed on', () => {
  for (const code of ['intent-of-another-feature', 'store-unusable'] as const)
    expect(JSON.stringify(refusalOf(new RouterError(code, 'secret words')))).not.toContain('secret words');
});

test('an error that the caller has not caused is not a refusal', () => {
  for (const error of [new Error('x'), 'x', undefined, new RouterError('invalid-data', 'x'), new TypeError('x')])
    expect(refusalOf(error)).toBeUndefined();
});

test('a wrong field is named in the message and in a member of its own', () => {
  expect(wrongField('key', 'too long')).toEqual({
    status: 400,
    error: { code: 'invalid-value', message: 'key: too long', field: 'key' },
  });
});
