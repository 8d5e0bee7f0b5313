import { expect, test } from 'vitest';
import {
  areUnique,
  isNamed,
  isOneOf,
  partAt,
  TOO_MUCH,
  UNDECIDED,
  Work,
} from '../../../src/translate/neutral/schema-work.ts';

test('the number of steps of a check is limited, and a long text takes many steps', () => {
  const work = new Work();
  work.spend(2_999_990);
  expect(work.text({ b: 1, a: '' })).toBe('{"a":"","b":1}');
  expect(() => work.text('a'.repeat(1_000))).toThrow(TOO_MUCH);
});

test('a pattern is matched step by step, and one that JavaScript cannot read is undecided', () => {
  const work = new Work();
  expect([work.isMatch('^a+$', 'aa'), work.isMatch('^a+$', 'ab')]).toEqual([true, false]);
  expect(() => work.isMatch('(', 'a')).toThrow(UNDECIDED);
  expect(() => work.isMatch('^(?:a{1,1000}){1,1000}$', 'a')).toThrow(TOO_MUCH);
});

test('lists and objects are equal if their contents are', () => {
  const work = new Work();
  expect([isOneOf([1, { a: [1], b: 2 }], { b: 2, a: [1] }, work), isOneOf([[1, 2]], [2, 1], work)]).toEqual([
    true,
    false,
  ]);
  expect([isOneOf([0], -0, work), isOneOf(['1', true], 1, work), isOneOf([null], null, work)]).toEqual([
    true,
    false,
    true,
  ]);
  expect([
    areUnique([{ a: 1 }, { a: 2 }], work),
    areUnique(
      [
        { a: 1, b: 1 },
        { b: 1, a: 1 },
      ],
      work,
    ),
  ]).toEqual([true, false]);
});

test('a reference names a part of the schema, unless that part has an `$id` of its own', () => {
  const root = { $defs: { 'a/b': 1, c: { $id: 'other', d: 2 } }, list: [3] };
  const named = (ref: unknown): unknown => partAt(root, ref, new Work());
  expect([named('#'), named('#/$defs/a~1b'), named('#/%24defs/a~1b'), named('#/list/0')]).toEqual([root, 1, 1, 3]);
  expect(['#/$defs/c/d', '#/none', 'other#', '#anchor', '#/%', 7].map(named)).toEqual(Array.from({ length: 6 }));
});

test('a member matches by its name, or by a pattern for names', () => {
  const schema = { properties: { a: {} }, patternProperties: { '^b': {} } };
  expect(['a', 'b2', 'ab', 'toString'].map(name => isNamed(schema, name, new Work()))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
