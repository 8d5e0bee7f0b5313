import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { rewriteFile } from '../../../src/cli/io/freed-pages.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();

test('deleted text remains in the file until it is rewritten, and everything else is kept', () => {
  const file = join(directory, 'some.db');
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE t (text TEXT);
    INSERT INTO t VALUES ('${'the first row '.repeat(500)}'), ('${'another row '.repeat(500)}');
    PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM t WHERE text LIKE 'the first%'; PRAGMA wal_checkpoint(TRUNCATE);`);
  expect(readFileSync(file).includes('the first row')).toBe(true);
  rewriteFile(file);
  for (const name of [file, `${file}-wal`]) expect(readFileSync(name).includes('the first row')).toBe(false);
  expect(database.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 1 });
  database.close();
});
