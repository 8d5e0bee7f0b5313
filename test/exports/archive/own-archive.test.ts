import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { archivedBase } from '../../../src/exports/archive/archived-base.ts';
import { makeFolder } from '../../../src/exports/archive/own-archive.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, commitAll } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { DAY, filledFile, LATER, MARCH } from './old-ledger.ts';

const { newPath } = sqliteFiles();

test('a folder that is private to its user is created if its parent exists', async () => {
  const folder = `${newPath()}.archive`;
  await makeFolder(folder);
  await makeFolder(folder);
  expect(readdirSync(folder)).toEqual([]);
  await expect(makeFolder(join(folder, 'not', 'there'))).rejects.toThrow(/there is no folder .*not \(accepted/);
});

test('a folder with other files, a file and a folder that cannot be written are refused', async () => {
  const folder = `${newPath()}.archive`;
  mkdirSync(folder);
  writeFileSync(join(folder, 'thesis.txt'), 'years of work');
  await expect(makeFolder(folder)).rejects.toThrow('the folder has other files and is not an archive: thesis.txt');
  await expect(makeFolder(join(folder, 'thesis.txt'))).rejects.toThrow('this is a file');
});

test('the archive of another ledger is refused, and both stay as they are', async () => {
  const [one, other] = [await filledFile(newPath()), await filledFile(newPath())];
  const [folder, second] = [`${newPath()}.archive`, `${newPath()}.archive`];
  await archiveLedger(one, folder, { beforeMs: MARCH + DAY });
  const other2 = `the archive belongs to another ledger`;
  await expect(archiveLedger(other, folder, { beforeMs: LATER })).rejects.toThrow(other2);
  await archiveLedger(other, second, { beforeMs: MARCH + DAY });
  await expect(archiveLedger(other, folder, { beforeMs: LATER })).rejects.toThrow(other2);
  await expect(archiveLedger(one, second, { beforeMs: LATER })).rejects.toThrow(other2);
  await expect(archiveLedger(one, `${newPath()}.archive`, { beforeMs: LATER })).rejects.toThrow(
    'has an archive already',
  );
  for (const [store, own] of [
    [one, folder],
    [other, second],
  ] as const) {
    const archive = await archivedBase(own);
    expect(await rebuildCells(store, 'support', { base: archive.base })).toMatchObject({ corrected: 0 });
    await archive.close();
    await store.close();
  }
});

test('a first run that ended before its list was written continues in the folder that it made', async () => {
  const store = await filledFile(newPath());
  await store.archiving?.claim('named before');
  const folder = `${newPath()}.archive`;
  mkdirSync(folder);
  writeFileSync(join(folder, 'pruned.jsonl.part'), '{"kind"');
  expect((await archiveLedger(store, folder, { beforeMs: LATER })).intents).toBeGreaterThan(40);
  expect(await store.archive?.()).toMatchObject({ archive: 'named before' });
  await store.close();
});

test('files that the archive does not list are set aside, and partly written files are removed', async () => {
  const store = await filledFile(newPath());
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: MARCH + DAY });
  const left = join(folder, 'records', 'day=2026-03-30', 'left.parquet');
  writeFileSync(left, 'whole, but not listed');
  writeFileSync(`${left}.part`, 'a part');
  await archiveLedger(store, folder, { beforeMs: MARCH + DAY });
  expect([existsSync(left), existsSync(`${left}.part`)]).toEqual([false, false]);
  expect(existsSync(join(folder, 'unlisted', 'records', 'day=2026-03-30', 'left.parquet'))).toBe(true);
  await store.close();
});

test('a ledger that was restored from a copy continues with its archive: restored intents are archived again', async () => {
  const path = newPath();
  const first = await filledFile(path);
  const folder = `${newPath()}.archive`;
  await archiveLedger(first, folder, { beforeMs: MARCH + DAY });
  await first.close();
  const copy = newPath();
  cpSync(path, copy);
  const second = sqlite(path);
  await archiveLedger(second, folder, { beforeMs: LATER });
  await second.close();
  const restored = sqlite(copy);
  await commitAll(restored, [anIntent('after the copy', 'support', LATER - DAY)]);
  expect((await archiveLedger(restored, folder, { beforeMs: LATER })).intents).toBeGreaterThan(20);
  const archive = await archivedBase(folder);
  for (const feature of ['support', 'extract'])
    expect(await rebuildCells(restored, feature, { base: archive.base })).toMatchObject({ corrected: 0 });
  await archive.close();
  expect(readdirSync(join(folder, 'unlisted')).sort()).toEqual(['contributions', 'records']);
  // A copy from before the first run does not know the archive at all.
  await restored.close();
});

test('a run that the ledger knows and the manifest does not list is an error', async () => {
  const store = await filledFile(newPath());
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: MARCH + DAY });
  await store.archiving?.remove('lost', []);
  await expect(archiveLedger(store, folder, { beforeMs: LATER })).rejects.toThrow('it does not list the run lost');
  await store.close();
});

test('a folder that this user may not write to causes one clear error', async () => {
  const folder = `${newPath()}.archive`;
  mkdirSync(folder);
  chmodSync(folder, 0o500);
  // The system's administrator may write anywhere.
  if (process.getuid?.() !== 0) await expect(makeFolder(folder)).rejects.toMatchObject({ code: 'store-unusable' });
  rmSync(folder, { recursive: true });
});
