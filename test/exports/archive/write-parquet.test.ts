import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDuckDb } from '../../../src/exports/archive/duckdb.ts';
import { differs, writeParquet } from '../../../src/exports/archive/write-parquet.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';

const { newPath } = sqliteFiles();

test('a file that its check refuses leaves the old file of this name as it was', async () => {
  const folder = `${newPath()}.archive`;
  const db = await openDuckDb();
  const file = (id: string, check: (part: string) => Promise<void>) => ({
    kind: 'records' as const,
    path: 'records/day=2026-01-01/r.parquet',
    rows: `(SELECT '${id}' AS intent_id, 1 AS position, 0 AS revision)`,
    check,
  });
  const written = await writeParquet(
    db,
    folder,
    file('a', async () => {}),
  );
  const before = readFileSync(join(folder, written.path));
  expect(before).toHaveLength(written.bytes);
  const refused = writeParquet(
    db,
    folder,
    file('b', async part => Promise.reject(differs(part))),
  );
  await expect(refused).rejects.toThrow('the file does not have what was written');
  expect(readFileSync(join(folder, written.path)).equals(before)).toBe(true);
  expect(readdirSync(join(folder, 'records/day=2026-01-01'))).toEqual(['r.parquet']);
  await db.close();
});
