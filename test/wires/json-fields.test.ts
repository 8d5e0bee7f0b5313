import { expect, test } from 'vitest';
import {
  citesWeb,
  countField,
  field,
  isCount,
  listField,
  parseJson,
  stringField,
} from '../../src/wires/json-fields.ts';

test('a field of a value that has no fields is undefined', () => {
  expect([null, undefined, 7, 'text', []].map(value => field(value, 'a'))).toEqual(Array(5).fill(undefined));
  expect(field({ a: 1 }, 'a')).toBe(1);
});

test('a field of another type counts as absent', () => {
  expect([stringField({ a: 1 }, 'a'), stringField({ a: 'x' }, 'a')]).toEqual([undefined, 'x']);
  expect([listField({ a: {} }, 'a'), listField({ a: [1] }, 'a')]).toEqual([[], [1]]);
});

test('a count is a non-negative integer', () => {
  const counts = [0, 7, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, '7', null];
  expect(counts.map(a => countField({ a }, 'a'))).toEqual([0, 7, ...Array(7).fill(undefined)]);
  expect(counts.filter(isCount)).toEqual([0, 7]);
});

test('text that is not JSON has no value', () => {
  expect([parseJson('{"a":1}'), parseJson('{'), parseJson('')]).toEqual([{ a: 1 }, undefined, undefined]);
});

test('only a web annotation counts as a citation of a page', () => {
  const messages = [
    { annotations: [{ type: 'file_citation' }, { type: 'url_citation' }] },
    { annotations: [{}] },
    {},
    null,
  ];
  expect(messages.map(citesWeb)).toEqual([true, false, false, false]);
});
