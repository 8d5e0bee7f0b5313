import { describe, expect, test } from 'vitest';
import { charsOf, isMultiple, isOfType, sizeOf, sortedText } from '../../../src/translate/neutral/schema-values.ts';

test.each([
  [1, 'integer', true],
  [1.5, 'integer', false],
  [Number.POSITIVE_INFINITY, 'integer', true],
  [1.5, 'number', true],
  [[], 'object', false],
  [[], 'array', true],
  [null, 'null', true],
  [null, 'object', false],
  [true, 'boolean', true],
  ['', 'a type of the future', false],
])('whether %j has the type %s: %s', (value, type, expected) => {
  expect(isOfType(value, type)).toBe(expected);
});

describe('equality of values', () => {
  test.each([
    [{ a: 1, b: [{}] }, { b: [{}], a: 1 }, true],
    [0, -0, true],
    [1, true, false],
    ['1', 1, false],
    [[1, 2], [2, 1], false],
  ])('%j and %j are equal values: %s', (one, other, expected) => {
    expect(sortedText(one) === sortedText(other)).toBe(expected);
  });
});

test('the length of a text is counted in characters, not in UTF-16 code units', () => {
  expect(charsOf('é🙂')).toBe(2);
});

test('multiples are computed in decimal', () => {
  expect([0.3, 0.35, 1e308].map(value => isMultiple(value, 0.1))).toEqual([true, false, true]);
  expect(isMultiple(1e308, 1e-308)).toBe(true);
});

test('the size of a value is its number of characters or items, or four times its number of members', () => {
  expect([sizeOf('abc'), sizeOf([[1, 2]]), sizeOf({ a: {}, b: 1 }), sizeOf(7), sizeOf(null)]).toEqual([3, 1, 8, 0, 0]);
});
