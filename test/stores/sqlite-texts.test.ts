/** A page of a ledger as text must have the same content as its rows, whatever is in them. */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinesRow, TextsRow } from '../../src/stores/sqlite-texts.ts';
import { PAGE_OF_LINES, PAGE_OF_TEXTS, textsOfLines, textsOfRow } from '../../src/stores/sqlite-texts.ts';
import { parseRow } from '../../src/stores/sqlite-steps.ts';
import { trials } from '../support/trials.ts';

type Row = readonly [id: string, revision: number, json: string];

function pageOf(rows: readonly Row[], statement: string): unknown {
  const database = new DatabaseSync(':memory:');
  database.exec(
    'CREATE TABLE ledger_8 (seq INTEGER PRIMARY KEY, intent_id TEXT, revision INTEGER, feature TEXT, json TEXT) STRICT',
  );
  const insert = database.prepare('INSERT INTO ledger_8 (intent_id, revision, feature, json) VALUES (?, ?, ?, ?)');
  for (const [id, revision, json] of rows) insert.run(id, revision, 'f', json);
  const row = database.prepare(statement).get({ start: 1, end: rows.length, feature: null });
  database.close();
  return row;
}

const withLengths = (rows: readonly Row[], recordOf: Parameters<typeof textsOfRow>[1]) =>
  textsOfRow(pageOf(rows, PAGE_OF_TEXTS) as TextsRow, recordOf);
const asLines = (rows: readonly Row[], recordOf: Parameters<typeof textsOfRow>[1]) =>
  textsOfLines(pageOf(rows, PAGE_OF_LINES) as LinesRow, recordOf);

function rowsOf(make: typeof asLines, rows: readonly Row[]): readonly Row[] | undefined {
  const read: Row[] = [];
  const texts = make(rows, ({ intent_id: id, revision, json }) => {
    read.push([id, revision, json]);
    return undefined;
  });
  for (let i = 0; i < (texts?.length ?? 0); i++) texts?.record(i);
  return texts && read;
}

test('each row of a page equals the row of the table, whatever its texts are', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(',', '1,2,3,', '{"intentId":"', '\u0000', 'é"'),
  );
  const anyRow = fc.tuple(anyText, fc.nat(), anyText);
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 5 }), rows => {
      expect(rowsOf(withLengths, rows)).toEqual(rows);
    }),
    { numRuns: trials(200) },
  );
});

test('a page is read as lines only if each of its rows is one line that begins with its id', () => {
  const anyId = fc.constantFrom('a', 'ab', 'b', '', 'é', 'a\n', '\na', '\n', 'a"b', '\u0000');
  const anyRow = fc.oneof(
    fc
      .tuple(anyId, fc.nat(), anyId, fc.constantFrom('}', ',"x":1}', '\n}', ''))
      .map(([id, revision, other, rest]): Row => [id, revision, `{"intentId":"${other}"${rest}`]),
    fc
      .tuple(anyId, fc.integer(), fc.constantFrom(true, false))
      .map(([id, revision, isSpaced]): Row => [id, revision, JSON.stringify({ intentId: id }, null, isSpaced ? 1 : 0)]),
  );
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 4 }), rows => {
      const plain = rows.every(
        ([id, revision, json]) =>
          json.startsWith(`{"intentId":"${id}"`) &&
          revision >= 0 &&
          !`${id}${json}`.includes('\n') &&
          !id.includes('"'),
      );
      expect(rowsOf(asLines, rows)).toEqual(plain && rows.length > 0 ? rows : undefined);
      const [lines, lengths] = [asLines(rows, parseRow), withLengths(rows, parseRow)];
      if (lines === undefined) return;
      const textsOf = ({ bytes, starts, ends, revisions }: typeof lengths) =>
        Array.from(revisions, (revision, i) => [revision, Buffer.from(bytes.subarray(starts[i], ends[i])).toString()]);
      expect(textsOf(lines)).toEqual(textsOf(lengths));
    }),
    { numRuns: trials(500) },
  );
});

test('a text is given only if it begins with the id of its row, so that a row with another intent’s record is read as damaged', () => {
  const json = JSON.stringify({ intentId: 'a', revision: 0, kind: 'decided' });
  const texts = withLengths(
    [
      ['a', 0, json],
      ['b', 0, json],
      ['aa', 0, json],
      ['', 0, '{"intentId":"'],
    ],
    parseRow,
  );
  expect([0, 1, 2, 3].map(i => (texts.ends[i] as number) > (texts.starts[i] as number))).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(new TextDecoder().decode(texts.bytes.subarray(texts.starts[0], texts.ends[0]))).toBe(json);
  expect(() => texts.record(1)).toThrow(/not the record that its columns name/);
});
