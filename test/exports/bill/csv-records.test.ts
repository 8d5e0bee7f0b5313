import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRecords } from '../../../src/exports/bill/csv-records.ts';

async function read(text: string, columns: readonly string[], chunk = 5): Promise<readonly unknown[]> {
  const chunks = (async function* () {
    for (const part of text.match(new RegExp(`[^]{1,${chunk}}`, 'g')) ?? []) yield part;
  })();
  const { records } = await csvRecords(chunks, '');
  const found: unknown[] = [];
  for await (const batch of records(columns))
    for (const record of batch) found.push(columns.map(column => record[column]));
  return found;
}

test('law: records are those that another parser reads, wherever the file is cut', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é', '1'), maxLength: 6 });
  const quoted = (text: string): string => (/[",\n ]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(field, field, field), { maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('\n', '\r\n'),
      async (rows, chunk, lineBreak) => {
        const kept = rows.filter(row => row.some(text => text !== ''));
        const text = ['x,y,z', ...kept.map(row => row.map(quoted).join(','))].join(lineBreak);
        const expected = parse(text, { from_line: 2, relax_column_count: true, skip_empty_lines: true });
        expect(await read(text, ['x', 'y', 'z'], chunk)).toEqual(expected);
        expect(await read(text, ['y'], chunk)).toEqual(expected.map(([, y]: string[]) => [y]));
      },
    ),
  );
});

test.each([
  ['a,b\n1\n', 'line 2: the line has 1 fields, and the header has 2'],
  ['a,b\n1,2\n1,2,3\n', 'line 3: the line has 3 fields'],
  ['a,b\n1,"2\n', 'line 2: a quoted field does not end'],
])('%j is refused with its line number', async (text, message) => {
  await expect(read(text, ['a'])).rejects.toThrow(message);
});

test('a column that the file does not have is absent, and the apostrophe before a formula is removed', async () => {
  expect(await read("a,b\n'=1+1,2\n", ['a', 'c'])).toEqual([['=1+1', undefined]]);
});
