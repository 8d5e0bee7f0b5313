import { expect, test } from 'vitest';
import { number, options, positiveInteger, rule } from '../../src/config/schema-rules.ts';

test('a rule says what it accepts', () => {
  const even = rule<number>('an even number', value => (value as number) % 2 === 0);
  expect(even.safeParse(2).success).toBe(true);
  expect(even.safeParse(1).error?.issues).toMatchObject([{ code: 'custom', params: { accepted: 'an even number' } }]);
});

test('a number is never a text, and a count starts at 1', () => {
  expect(number('any', () => true).safeParse('1').success).toBe(false);
  expect([0, 1, 1.5, 2 ** 53].map(value => positiveInteger.safeParse(value).success)).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

test('options are an object: a map and a promise are none', () => {
  const some = options({ a: positiveInteger.optional() });
  expect([{}, { a: 1 }].map(value => some.safeParse(value).success)).toEqual([true, true]);
  expect([new Map(), Promise.resolve({}), { b: 1 }].map(value => some.safeParse(value).success)).toEqual([
    false,
    false,
    false,
  ]);
});
