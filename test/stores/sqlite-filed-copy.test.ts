import { expect, test } from 'vitest';
import { encode } from '../../src/stores/sqlite-commit.ts';
import { filedCopy, isCopyOf } from '../../src/stores/sqlite-filed-copy.ts';
import { commitChanges, fileNoted, lastNoted } from '../../src/stores/sqlite-journal.ts';
import { recordsOf } from '../../src/stores/sqlite-steps.ts';
import { anIntent, changeOf, NOON } from './histories.ts';
import { sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();

function note(id: string): void {
  const call = { changes: [encode(changeOf(anIntent(id)))], lost: new Set<string>() };
  commitChanges(connection(), [call], NOON);
}

const serials = ({ database } = connection()): unknown =>
  database.prepare('SELECT feature, serial FROM features').all();

test('a copy has the changes of the journal in its ledger, with the serial numbers of the file, and the file stays unchanged', () => {
  note('a');
  fileNoted(connection());
  note('b');
  const { connection: copy } = filedCopy('router.db', connection());
  expect(recordsOf(copy.statements, 'a')).toHaveLength(1);
  expect(recordsOf(copy.statements, 'b')).toHaveLength(1);
  expect(serials(copy)).toEqual([{ feature: 'support', serial: 1 }]);
  expect(lastNoted(copy)).toBeUndefined();
  expect(recordsOf(connection().statements, 'b')).toHaveLength(0);
  expect(lastNoted(connection())).toEqual({ seq: 1, at_ms: NOON });
});

test('a copy is up to date with the file until a change is noted or filed', () => {
  note('a');
  const copy = filedCopy('router.db', connection());
  expect(isCopyOf(copy, connection())).toBe(true);
  expect(isCopyOf(copy, { ...connection() })).toBe(false);
  note('b');
  expect(isCopyOf(copy, connection())).toBe(false);
});

test('a feature whose first changes are noted has the serial number 0 in the copy', () => {
  note('a');
  expect(serials(filedCopy('router.db', connection()).connection)).toEqual([{ feature: 'support', serial: 0 }]);
});

test('a file that is too large for memory is refused, and the error names the command that files its journal', () => {
  note('a');
  expect(() => filedCopy('router.db', connection(), 1_000)).toThrow(
    expect.objectContaining({ code: 'store-unusable', message: expect.stringContaining('outcome-router maintain') }),
  );
});
