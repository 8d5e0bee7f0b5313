import { expect, test } from 'vitest';
import { isList, isObject, memberOf, textOf } from '../../../src/translate/neutral/json-values.ts';
import { RawJson } from '../../../src/translate/neutral/json-text.ts';

test('neither a list nor a number that is kept as its text is an object', () => {
  expect([{}, [], null, new RawJson('1e400'), 'a'].map(isObject)).toEqual([true, false, false, false, false]);
  expect(isList([])).toBe(true);
});

test('a member that is null or absent, and one of no object, is undefined', () => {
  expect([memberOf({ a: 1 }, 'a'), memberOf({ a: null }, 'a'), memberOf({}, 'a'), memberOf('a', 'length')]).toEqual([
    1,
    undefined,
    undefined,
    undefined,
  ]);
  expect([textOf('a'), textOf(1)]).toEqual(['a', undefined]);
});
