import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDuckDb } from '../../../src/exports/archive/duckdb.ts';
import { eraseInRun } from '../../../src/exports/archive/erase-in-run.ts';
import { filesOf } from '../../../src/exports/archive/manifest.ts';
import { writeRun } from '../../../src/exports/archive/write-run.ts';
import { anIntent, must } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';

const { newPath } = sqliteFiles();

test('the new files of a run have the other intents and the sums of the erased one, and the old files stay', async () => {
  const folder = `${newPath()}.archive`;
  const intents = ['a', 'b'].map(id => ({
    id,
    records: anIntent(id).records.map((record, position) => ({ json: JSON.stringify(record), position })),
  }));
  const db = await openDuckDb();
  const run = await writeRun(db, folder, { run: 'r', intents });
  const found = { id: 'a', records: 3, lastMs: 0, hasOutcome: true };
  const left = await eraseInRun(db, folder, { run, intents: [found], before: [] });
  for (const { path } of [...filesOf(run), ...filesOf(left)]) expect(existsSync(join(folder, path))).toBe(true);
  expect(new Set([...filesOf(run), ...filesOf(left)].map(({ path }) => path)).size).toBe(5);
  expect(left).toMatchObject({ run: 'r', intents: 1, rows: { records: 3, contributions: run.rows.contributions / 2 } });
  expect(2n * BigInt(left.spendNanoUsd)).toBe(BigInt(run.spendNanoUsd));
  const rows = async (path: string) => db.rows(`SELECT DISTINCT intent_id FROM read_parquet('${join(folder, path)}')`);
  expect(await rows(left.files.records.path)).toEqual([['b']]);
  expect(await rows(left.files.contributions.path)).toEqual([['b']]);
  const erased = readFileSync(join(folder, must(left.files.erased).path), 'utf8');
  expect(erased).toContain(left.spendNanoUsd);
  expect(erased).not.toContain('"a"');
  await db.close();
});
