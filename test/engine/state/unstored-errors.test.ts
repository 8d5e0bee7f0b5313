import { expect, test } from 'vitest';
import { RouterError } from '../../../src/errors.ts';
import { lossError, MAX_KEPT_INTENTS, notStored, tooManyKept } from '../../../src/engine/state/unstored-errors.ts';

const error = (message: string): RouterError => new RouterError('store-unusable', message);

test('a RouterError of the store is reported unchanged, and any other error as a store that cannot be used', () => {
  const own = error('gone');
  expect(notStored(own)).toBe(own);
  const cause = new TypeError('secret');
  expect(notStored(cause)).toMatchObject({ code: 'store-unusable', cause });
});

test('several losses are one error with their number and the last loss', () => {
  const losses = ['a', 'b'].map(error);
  expect([lossError([]), lossError(losses.slice(1))]).toEqual([undefined, losses[1]]);
  expect(lossError(losses)?.message).toBe('records of 2 intents are lost; the last: b');
  const many = Array.from({ length: MAX_KEPT_INTENTS }, () => error('c'));
  expect(lossError(many)?.message).toContain('10000 or more intents');
});

test('an intent above the limit is reported with the limit', () => {
  expect(tooManyKept('lost').message).toContain('lost; at most 10000 intents wait for the store');
});
