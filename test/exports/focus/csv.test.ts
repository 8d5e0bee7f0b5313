import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvLine } from '../../../src/exports/focus/csv.ts';

it('null is written as an empty field and an empty string as a quoted one', () => {
  expect(csvLine(['a', null, '', 'b'])).toBe('a,,"",b');
});

it('law: another CSV parser reads the fields that were written', () => {
  const field = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'ä', 'x') }));
  fc.assert(
    fc.property(fc.array(field, { minLength: 2, maxLength: 6 }), fields => {
      expect(parse(`${csvLine(fields)}\n`, { relaxColumnCount: true })).toEqual([fields]);
    }),
  );
});

it.each([
  ['plain', 'plain'],
  ['in between', 'in between'],
  [' before', '" before"'],
  ['after ', '"after "'],
  ['tab\t', '"tab\t"'],
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  ['a\nb', '"a\nb"'],
  ['a\rb', '"a\rb"'],
])('the field %j is written as %j', (field, written) => {
  expect(csvLine([field])).toBe(written);
});
