import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvLine, csvText } from '../../../src/exports/focus/csv.ts';

it('null is written as an empty field and an empty string as a quoted one', () => {
  expect(csvLine(['a', null, '', 'b'])).toBe('a,,"",b');
});

it('law: another CSV parser reads back the written fields, and none of them is a formula', () => {
  const special = fc.constantFrom('"', ',', '\n', '\r', ' ', 'ä', 'x', '=', '+', '-', '@', '\t', "'", '1');
  const field = fc.oneof(fc.string(), fc.string({ unit: special }));
  fc.assert(
    fc.property(fc.array(field, { minLength: 2, maxLength: 6 }), fields => {
      const [read = []] = parse(`${csvLine(fields)}\n`, { relaxColumnCount: true });
      expect(read.map(csvText)).toEqual(fields);
      for (const cell of read) if (/^[=+\-@\t\r]/.test(cell)) expect(cell).toMatch(/^-\d+(\.\d+)?$/);
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
  ['=1+1', "'=1+1"],
  ['=HYPERLINK("http://example.test","x")', `"'=HYPERLINK(""http://example.test"",""x"")"`],
  ['+49 30', "'+49 30"],
  ['-1.5', '-1.5'],
  ['-1.5e', "'-1.5e"],
  ['@sum', "'@sum"],
  ["'=1", "''=1"],
  ["it's", "it's"],
])('the field %j is written as %j', (field, written) => {
  expect(csvLine([field])).toBe(written);
});
