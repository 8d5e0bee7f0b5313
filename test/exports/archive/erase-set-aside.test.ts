import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDuckDb } from '../../../src/exports/archive/duckdb.ts';
import { eraseSetAside } from '../../../src/exports/archive/erase-set-aside.ts';
import { writeRun } from '../../../src/exports/archive/write-run.ts';
import { anIntent } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';

const { newPath } = sqliteFiles();

test('files that were set aside lose the intents that are erased, and a damaged one is named', async () => {
  const folder = `${newPath()}.archive`;
  const db = await openDuckDb();
  expect(await eraseSetAside(db, folder, { ids: ['a'] })).toBe(0);
  const intents = ['a', 'b'].map(id => ({
    id,
    records: anIntent(id).records.map((record, position) => ({ json: JSON.stringify(record), position })),
  }));
  const { files } = await writeRun(db, folder, { run: 'r', intents });
  for (const { path } of [files.records, files.contributions])
    cpSync(join(folder, path), join(folder, 'unlisted', path));
  expect(await eraseSetAside(db, folder, { ids: ['other'] })).toBe(0);
  expect(await eraseSetAside(db, folder, { ids: ['a'] })).toBe(2);
  for (const { path } of [files.records, files.contributions])
    expect(await db.rows(`SELECT DISTINCT intent_id FROM read_parquet('${join(folder, 'unlisted', path)}')`)).toEqual([
      ['b'],
    ]);
  mkdirSync(join(folder, 'unlisted/records/day=2026-01-01'));
  writeFileSync(join(folder, 'unlisted/records/day=2026-01-01/x.parquet'), 'x');
  await expect(eraseSetAside(db, folder, { ids: ['a'] })).rejects.toMatchObject({
    code: 'invalid-data',
    path: 'unlisted/records/day=2026-01-01/x.parquet',
  });
  await db.close();
});
