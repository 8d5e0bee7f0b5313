/** A page of a ledger as text must say what its rows say, whatever they hold. */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PAGE_OF_TEXTS, type TextsRow, textsOfRow } from '../../src/stores/sqlite-texts.ts';
import { parseRow } from '../../src/stores/sqlite-steps.ts';
import { trials } from '../support/trials.ts';

type Row = readonly [id: string, revision: number, json: string];

function pageOf(rows: readonly Row[]): TextsRow {
  const database = new DatabaseSync(':memory:');
  database.exec(
    'CREATE TABLE ledger_8 (seq INTEGER PRIMARY KEY, intent_id TEXT, revision INTEGER, feature TEXT, json TEXT) STRICT',
  );
  const insert = database.prepare('INSERT INTO ledger_8 (intent_id, revision, feature, json) VALUES (?, ?, ?, ?)');
  for (const [id, revision, json] of rows) insert.run(id, revision, 'f', json);
  const row = database.prepare(PAGE_OF_TEXTS).get({ start: 1, end: rows.length, feature: null });
  database.close();
  return row as unknown as TextsRow;
}

test('each row of a page equals the row of the table, whatever its texts are', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(',', '1,2,3,', '{"intentId":"', '\u0000', 'é"'),
  );
  const anyRow = fc.tuple(anyText, fc.nat(), anyText);
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 5 }), rows => {
      const read: (readonly [string, number, string])[] = [];
      const texts = textsOfRow(pageOf(rows), ({ intent_id: id, revision, json }) => {
        read.push([id, revision, json]);
        return undefined;
      });
      for (let i = 0; i < texts.length; i++) texts.record(i);
      expect(read).toEqual(rows);
    }),
    { numRuns: trials(200) },
  );
});

test('a text is given only if it begins with the id of its row, so that a row with another intent’s record is read as damaged', () => {
  const json = JSON.stringify({ intentId: 'a', revision: 0, kind: 'decided' });
  const texts = textsOfRow(
    pageOf([
      ['a', 0, json],
      ['b', 0, json],
      ['aa', 0, json],
      ['', 0, '{"intentId":"'],
    ]),
    parseRow,
  );
  expect([0, 1, 2, 3].map(i => (texts.ends[i] as number) > (texts.starts[i] as number))).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(new TextDecoder().decode(texts.bytes.subarray(texts.starts[0], texts.ends[0]))).toBe(json);
  expect(() => texts.record(1)).toThrow(/not the record of its columns/);
});
