import { cpSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { eraseArchived } from '../../../src/exports/archive/erase-archived.ts';
import { lockFile } from '../../../src/file-lock.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, commitAll, decided, history, must, NOON } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { DAY } from './old-ledger.ts';
import { expectRecounted, manifestOf, recordsOf } from './ledger-with-person.ts';

const { newPath } = sqliteFiles();

test('an archive is not changed while another process writes to it', async () => {
  const store = sqlite(newPath());
  const folder = `${newPath()}.archive`;
  await commitAll(store, [anIntent('a')]);
  await archiveLedger(store, folder, { beforeMs: NOON + DAY });
  const release = must(lockFile(join(folder, '.lock')));
  const erase = async () => eraseArchived({ ...store, archiving: must(store.archiving) }, folder, { ids: ['a'] });
  await expect(erase()).rejects.toThrow('another process writes to this archive');
  release();
  expect(await erase()).toEqual({ intents: 1, records: 3, pending: 0, files: 3 });
  await store.close();
});

test('an id that the ledger has forgotten and that began again keeps its new records', async () => {
  const store = sqlite(newPath());
  const folder = `${newPath()}.archive`;
  await commitAll(store, [history('a', 'support', [{ ...decided(NOON), session: 'x' }])]);
  await archiveLedger(store, folder, { beforeMs: NOON + DAY, forgetBeforeMs: NOON + DAY / 2 });
  await commitAll(store, [anIntent('a', 'support', NOON + 2 * DAY)]);
  // In the ledger, the id is not of this session any more.
  const erased = await eraseArchived({ ...store, archiving: must(store.archiving) }, folder, { ids: [], session: 'x' });
  expect(erased).toEqual({ intents: 1, records: 1, pending: 1, files: 3 });
  expect(await store.load('a')).toHaveLength(3);
  await expectRecounted(store, folder);
  await store.close();
});

test('a ledger that was restored from a copy of before has its records again, and counts them once', async () => {
  const [path, copy] = [newPath(), newPath()];
  const folder = `${newPath()}.archive`;
  const first = sqlite(path);
  await commitAll(first, [anIntent('archived'), anIntent('stored', 'support', NOON + 5 * DAY)]);
  await archiveLedger(first, folder, { beforeMs: NOON + DAY });
  await first.close();
  cpSync(path, copy);
  const second = sqlite(path);
  await eraseArchived({ ...second, archiving: must(second.archiving) }, folder, { ids: ['archived', 'stored'] });
  await expectRecounted(second, folder);
  await second.close();
  const restored = sqlite(copy);
  await expectRecounted(restored, folder);
  expect(await recordsOf(restored, folder)).toHaveLength(3);
  await archiveLedger(restored, folder, { beforeMs: NOON + 9 * DAY });
  await expectRecounted(restored, folder);
  expect(manifestOf(folder).runs.map(({ intents }) => intents)).toEqual([0, 1]);
  await restored.close();
});

test('files left by an erasure go with the next call, unless a file of their run is missing', async () => {
  const store = sqlite(newPath());
  const folder = `${newPath()}.archive`;
  await commitAll(store, [anIntent('a'), anIntent('b')]);
  await archiveLedger(store, folder, { beforeMs: NOON + DAY });
  const { files, run } = must(manifestOf(folder).runs[0]);
  const left = files.records.path.replace('.parquet', '_old.parquet');
  const there = () => readdirSync(join(folder, files.records.path, '..')).sort();
  cpSync(join(folder, files.records.path), join(folder, left));
  await archiveLedger(store, folder, { beforeMs: NOON + DAY });
  expect(there()).toEqual([`${run}.parquet`]);
  cpSync(join(folder, files.records.path), join(folder, left));
  renameSync(join(folder, files.contributions.path), join(folder, 'contributions/away'));
  await archiveLedger(store, folder, { beforeMs: NOON + DAY });
  expect(there()).toEqual([`${run}.parquet`]);
  expect(readdirSync(join(folder, 'unlisted/records'), { recursive: true }).join()).toContain('_old.parquet');
  renameSync(join(folder, 'contributions/away'), join(folder, files.contributions.path));
  await expectRecounted(store, folder);
  await store.close();
});
