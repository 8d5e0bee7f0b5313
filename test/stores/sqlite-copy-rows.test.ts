import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { copyRows } from '../../src/stores/sqlite-copy-rows.ts';

function database(...statements: readonly string[]): DatabaseSync {
  const made = new DatabaseSync(':memory:');
  for (const each of statements) made.exec(each);
  return made;
}

test('rows are copied as they are, whatever order the columns have, and replace what a new table has', () => {
  const from = database(
    'CREATE TABLE a (big INTEGER, real REAL, text TEXT, bytes BLOB) STRICT; CREATE TABLE other (x)',
    // No ledger has empty bytes, which the oldest Node binds as NULL.
    `INSERT INTO a VALUES (9223372036854775807, -9e999, 'x', x'00ff'), (NULL, 0.5, '', NULL)`,
  );
  const to = database(`CREATE TABLE a (bytes BLOB, text TEXT, real REAL, big INTEGER) STRICT`);
  to.exec(`INSERT INTO a (text) VALUES ('new')`);
  copyRows(from, to);
  const rows = (of: DatabaseSync) => of.prepare('SELECT CAST(big AS TEXT), real, text, bytes FROM a').all();
  expect(rows(to)).toEqual(rows(from));
  expect(rows(to)).toHaveLength(2);
});
