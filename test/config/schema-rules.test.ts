import { expect, test } from 'vitest';
import { number, object, options, positiveInteger, rule } from '../../src/config/schema-rules.ts';
import type { Shape } from '../../src/config/shape.ts';
import { issuesOf } from '../../src/config/shape.ts';

const accepts = (shape: Shape, value: unknown): boolean => issuesOf(shape, value).length === 0;

test('a rule describes the values that it accepts', () => {
  const even = rule('an even number', value => (value as number) % 2 === 0);
  expect(issuesOf(even, 2)).toEqual([]);
  expect(issuesOf(even, 1)).toEqual([{ kind: 'value', path: [], accepted: 'an even number' }]);
});

test('a number is never a text, and a count starts at 1', () => {
  const anyNumber = number('any', () => true);
  expect(accepts(anyNumber, '1')).toBe(false);
  expect([0, 1, 1.5, 2 ** 53].map(value => accepts(positiveInteger, value))).toEqual([false, true, false, false]);
});

test('an object needs its required members, and only those', () => {
  const some = object({ a: positiveInteger }, { b: positiveInteger });
  expect([{ a: 1 }, { a: 1, b: 2 }, { a: 1, b: undefined }].map(value => accepts(some, value))).toEqual([
    true,
    true,
    true,
  ]);
  expect([{}, { b: 2 }, { a: 1, c: 3 }].map(value => accepts(some, value))).toEqual([false, false, false]);
});

test('options must be a plain object: a map and a promise are refused', () => {
  const some = options({ a: positiveInteger });
  expect([{}, { a: 1 }].map(value => accepts(some, value))).toEqual([true, true]);
  expect([new Map(), Promise.resolve({}), { b: 1 }].map(value => accepts(some, value))).toEqual([false, false, false]);
});
