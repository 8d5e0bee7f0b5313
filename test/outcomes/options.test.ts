import { expect, test } from 'vitest';
import type { OutcomeHandlerOptions } from '../../src/outcomes/options.ts';
import { checkOutcomeOptions } from '../../src/outcomes/options.ts';

const check = (options: unknown): void => checkOutcomeOptions(options as OutcomeHandlerOptions, 'outcomeHandler');
const SECRET = '0123456789abcdef';

test.each([
  [undefined, 'outcomeHandler'],
  [{}, 'outcomeHandler.token'],
  [{ features: ['support.reply'] }, 'outcomeHandler.token'],
  [{ token: undefined }, 'outcomeHandler.token'],
  [{ token: SECRET, authorize: () => 'all' }, 'outcomeHandler.token'],
  [{ token: '' }, 'outcomeHandler.token'],
  [{ token: SECRET.slice(1) }, 'outcomeHandler.token'],
  [{ token: `${SECRET} ` }, 'outcomeHandler.token'],
  [{ token: `${SECRET}\n` }, 'outcomeHandler.token'],
  [{ token: `${SECRET}é` }, 'outcomeHandler.token'],
  [{ token: 'x'.repeat(513) }, 'outcomeHandler.token'],
  [{ token: [] }, 'outcomeHandler.token'],
  [{ token: [SECRET, ''] }, 'outcomeHandler.token'],
  [{ token: true }, 'outcomeHandler.token'],
  [{ authorize: 'all' }, 'outcomeHandler.authorize'],
  [{ authorise: () => 'all', token: SECRET }, 'outcomeHandler.authorise'],
  [{ token: SECRET, features: [] }, 'outcomeHandler.features'],
  [{ token: SECRET, features: 'support.reply' }, 'outcomeHandler.features'],
  [{ token: SECRET, features: [''] }, 'outcomeHandler.features[0]'],
  [{ token: SECRET, onError: true }, 'outcomeHandler.onError'],
])('a handler without authentication, or with options that are wrong, cannot be made: %j', (options, path) => {
  expect(() => check(options)).toThrow(expect.objectContaining({ code: 'invalid-value', path }));
});

test('a token is not quoted in the error about it', () => {
  expect(() => check({ token: 'short secret' })).toThrow(/^(?!.*short secret)/s);
});

test.each([
  { token: SECRET },
  { token: [SECRET, 'x'.repeat(512)], features: ['support.reply'] },
  { authorize: () => 'all', onError: () => {} },
])('a token or a function is enough: %j', options => {
  expect(() => check(options)).not.toThrow();
});
