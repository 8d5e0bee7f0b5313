import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addRun } from '../../../src/exports/archive/add-run.ts';
import { openDuckDb } from '../../../src/exports/archive/duckdb.ts';
import { makeFolder, ownManifest } from '../../../src/exports/archive/own-archive.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, changeOf, commitAll, must, NOON } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { manifestOf } from './ledger-with-person.ts';

const { newPath } = sqliteFiles();

test('a run that the store refuses is not listed and leaves no file, and open intents are moved only where that is asked for', async () => {
  const store = sqlite(newPath());
  const archiving = must(store.archiving);
  const folder = `${newPath()}.archive`;
  await commitAll(store, [anIntent('closed')]);
  await store.commitAll([{ ...changeOf(anIntent('open')), dueAtMs: NOON + 1 }]);
  await makeFolder(folder);
  const db = await openDuckDb();
  const context = { archiving, db, folder };
  const manifest = await ownManifest(store, context);
  const intents = await archiving.stored(['closed', 'open', 'unknown']);
  expect(intents.map(({ id, records }) => [id, records.length])).toEqual([
    ['closed', 3],
    ['open', 1],
  ]);
  expect(await addRun(store, context, { manifest, intents })).toBeUndefined();
  expect(manifestOf(folder).runs).toEqual([]);
  expect(readdirSync(folder, { recursive: true }).filter(name => String(name).endsWith('.parquet'))).toEqual([]);
  const run = must(await addRun(store, context, { manifest, intents, evenOpen: true }));
  expect(manifestOf(folder).runs).toEqual([run]);
  expect(existsSync(join(folder, run.files.records.path))).toBe(true);
  await expect(store.load('open')).rejects.toThrow('in the archive');
  await db.close();
  await store.close();
});
