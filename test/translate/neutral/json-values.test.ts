import { expect, test } from 'vitest';
import { RawJson } from '../../../src/translate/neutral/json-text.ts';
import { isObject, memberOf, numberOf, present, textsOf } from '../../../src/translate/neutral/json-values.ts';

test('an object is not a list, a raw text or null', () => {
  expect([{}, [], null, new RawJson('{}'), 'x'].map(isObject)).toStrictEqual([true, false, false, false, false]);
});

test('a number may be a text with more digits than JavaScript can hold', () => {
  expect(numberOf(new RawJson('1e25'))).toBe(1e25);
  expect(numberOf('1')).toBeUndefined();
});

test('a member that is null counts as absent', () => {
  expect(memberOf({ a: null }, 'a')).toBeUndefined();
  expect(memberOf([], 'length')).toBeUndefined();
  expect(present({ a: null, b: undefined, c: 0 })).toStrictEqual({ c: 0 });
});

test('a list with any member that is not a text does not count as a list of texts', () => {
  expect(textsOf(['a'])).toStrictEqual(['a']);
  expect(textsOf(['a', 1])).toBeUndefined();
});
