import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Archiving } from '../../../src/contracts/archiving.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { archivedBase } from '../../../src/exports/archive/archived-base.ts';
import { withArchive } from '../../../src/exports/archive/archived-view.ts';
import type { ArchiveManifest } from '../../../src/exports/archive/manifest.ts';
import { exportLedger } from '../../../src/exports/ledger/export-ledger.ts';
import { lockFile } from '../../../src/file-lock.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { describeOnPostgres, openPostgres } from '../../support/postgres.ts';
import { attempted, changesOf, commitAll, history, must } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { fill, filledFile, LATER, someIntents } from './old-ledger.ts';

const { newPath } = sqliteFiles();
const OPTIONS = { beforeMs: LATER, intentsPerRun: 12 };

const manifestOf = (folder: string): ArchiveManifest =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as ArchiveManifest;

const filesOf = (folder: string): readonly string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter(name => name.endsWith('.parquet')).sort();

async function recordsOf(store: Store): Promise<readonly string[]> {
  return (await Array.fromAsync(exportLedger(store))).join('').split('\n').sort();
}

/** The statistics agree with store and archive to the integer, and so does what the archive kept of each intent. */
async function expectRecounted(store: Store, folder: string): Promise<void> {
  for (const fromRecords of [false, true]) {
    const archive = await archivedBase(folder, { fromRecords });
    for (const feature of await store.features())
      expect(await rebuildCells(store, feature, { base: archive.base })).toMatchObject({ corrected: 0 });
    await archive.close();
  }
}

test('archived intents keep all of their records, and the recount of the archive equals the statistics exactly', async () => {
  const store = await filledFile(newPath());
  const before = await recordsOf(store);
  const folder = `${newPath()}.archive`;
  const progress: number[] = [];
  const done = await archiveLedger(store, folder, { ...OPTIONS, progress: intents => progress.push(intents) });
  const { runs } = manifestOf(folder);
  expect(done).toMatchObject({ runs: runs.length, intents: progress.at(-1) });
  expect(runs.reduce((sum, { rows }) => sum + rows.records, 0)).toBe(done.records);
  expect(filesOf(folder)).toEqual(runs.flatMap(({ files }) => [files.contributions.path, files.records.path]).sort());
  await expectRecounted(store, folder);
  const together = withArchive(store, folder);
  expect(await recordsOf(together)).toEqual(before);
  expect(await archiveLedger(store, folder, OPTIONS)).toEqual({ intents: 0, records: 0, runs: 0, bytes: 0 });
  await together.close();
});

describeOnPostgres('on PostgreSQL', () => {
  test('the recount of the archive on PostgreSQL equals the statistics exactly', async () => {
    const store = await openPostgres();
    await fill(store, someIntents());
    const folder = `${newPath()}.archive`;
    expect((await archiveLedger(store, folder, OPTIONS)).intents).toBeGreaterThan(40);
    await expectRecounted(store, folder);
    await store.close();
  });
});

/** The store, with an archive whose `remove` ends the call at some point. */
function interrupted(store: Store, remove: (inner: Archiving) => Archiving['remove']): Store {
  const archiving = must(store.archiving);
  return { ...store, archiving: { ...archiving, remove: remove(archiving) } };
}

test.each<[string, (inner: Archiving) => Archiving['remove']]>([
  ['before its transaction', () => async () => Promise.reject(new Error('ended'))],
  [
    'after its transaction',
    inner =>
      async (...args) => {
        await inner.remove(...args);
        throw new Error('ended');
      },
  ],
])(
  'intents of a run that ended %s are neither lost nor counted twice, and the next call continues',
  async (_, remove) => {
    const store = await filledFile(newPath());
    const before = await recordsOf(store);
    const folder = `${newPath()}.archive`;
    await expect(archiveLedger(interrupted(store, remove), folder, OPTIONS)).rejects.toThrow('ended');
    const together = withArchive(store, folder);
    expect(await recordsOf(together)).toEqual(before);
    await expectRecounted(store, folder);
    expect((await archiveLedger(store, folder, OPTIONS)).intents).toBeGreaterThan(30);
    expect(await recordsOf(together)).toEqual(before);
    await expectRecounted(store, folder);
    await together.close();
  },
);

test('a run is written again if one of its intents has changed meanwhile', async () => {
  const store = await filledFile(newPath());
  const folder = `${newPath()}.archive`;
  const one = must(someIntents().find(({ intentId }) => intentId === 'large-0'));
  const later = history('large-0', 'support', [...one.records, attempted(LATER + 1, { costNanoUsd: 7 })]);
  let tries = 0;
  const busy = interrupted(store, inner => async (...given) => {
    if (tries++ === 0) await store.commitAll(changesOf(later).slice(one.records.length));
    return inner.remove(...given);
  });
  await archiveLedger(busy, folder, { beforeMs: LATER });
  expect(tries).toBeGreaterThan(1);
  expect(await store.load('large-0')).toHaveLength(one.records.length + 1);
  expect(filesOf(folder)).toHaveLength(2 * manifestOf(folder).runs.length);
  await expectRecounted(store, folder);
  await store.close();
});

test('an archiver gives up with an error on intents that keep changing, and leaves no files behind', async () => {
  const store = await filledFile(newPath());
  const folder = `${newPath()}.archive`;
  const busy = interrupted(store, () => async () => false);
  await expect(archiveLedger(busy, folder, { beforeMs: LATER })).rejects.toThrow('changed while they were written');
  await archiveLedger(store, folder, { beforeMs: LATER });
  await expectRecounted(store, folder);
  await store.close();
});

test('a second writer of the same archive is refused while the first one is writing', async () => {
  const store = await filledFile(newPath());
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: 1 });
  const release = must(lockFile(join(folder, '.lock')));
  await expect(archiveLedger(store, folder, OPTIONS)).rejects.toThrow('another process writes to this archive');
  release();
  expect((await archiveLedger(store, folder, OPTIONS)).intents).toBeGreaterThan(0);
  await store.close();
});

test('an archiver that began beside another one, in another folder, ends with an error and removes nothing', async () => {
  const store = await filledFile(newPath());
  const [folder, other] = [`${newPath()}.archive`, `${newPath()}.archive`];
  let isFirst = true;
  const beside = interrupted(store, inner => async (...args) => {
    if (isFirst) {
      isFirst = false;
      await archiveLedger(store, other, { beforeMs: LATER, intentsPerRun: 20 });
    }
    return inner.remove(...args);
  });
  await expect(archiveLedger(beside, folder, OPTIONS)).rejects.toThrow('the ledger has an archive already');
  await expectRecounted(store, other);
  await store.close();
});

test.each(['a [b]', 'a*', 'a?'])(
  'a folder named %s, which could not be read, is refused before anything moves',
  async name => {
    const store = await filledFile(newPath());
    const folder = `${newPath()} ${name}`;
    await expect(archiveLedger(store, folder, OPTIONS)).rejects.toThrow('in its name');
    expect([existsSync(folder), await store.archive?.()]).toEqual([false, undefined]);
    await store.close();
  },
);

test('a second archive of a ledger is refused, and leaves no folder', async () => {
  const store = await filledFile(newPath());
  await archiveLedger(store, `${newPath()}.archive`, OPTIONS);
  const second = `${newPath()}.archive`;
  await expect(archiveLedger(store, second, OPTIONS)).rejects.toThrow('the ledger has an archive already');
  expect(existsSync(second)).toBe(false);
  await store.close();
});

test('a store that ends with its process is refused', async () => {
  const folder = `${newPath()}.archive`;
  await expect(archiveLedger(memory(), folder, OPTIONS)).rejects.toMatchObject({ code: 'invalid-value' });
  expect(existsSync(folder)).toBe(false);
});

test('an intent with a damaged record is named, and nothing is removed from the ledger', async () => {
  const path = newPath();
  const store = await filledFile(path);
  // A read files the journal.
  await store.features();
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path);
  database.exec(`UPDATE ledger_8 SET json = 'x' WHERE intent_id = 'large-0' AND revision = 1`);
  database.close();
  await expect(archiveLedger(store, `${newPath()}.archive`, { beforeMs: LATER, intentsPerRun: 1_000 })).rejects.toThrow(
    '"large-0" is damaged',
  );
  expect((await store.archive?.())?.runs.size).toBe(0);
  await store.close();
});

test('an application’s wrong arguments are refused by name', async () => {
  const store = sqlite(newPath());
  await commitAll(store, []);
  await expect(archiveLedger(store, '', OPTIONS)).rejects.toMatchObject({ path: 'archiveLedger.folder' });
  await expect(archiveLedger(store, 'x', { beforeMs: NaN })).rejects.toMatchObject({ path: 'archiveLedger.beforeMs' });
  for (const intentsPerRun of [0, 1.5])
    await expect(archiveLedger(store, 'x', { beforeMs: LATER, intentsPerRun })).rejects.toMatchObject({
      path: 'archiveLedger.intentsPerRun',
    });
  await expect(archiveLedger(store, 'x', { beforeMs: LATER, forgetBeforeMs: LATER })).rejects.toMatchObject({
    path: 'archiveLedger.forgetBeforeMs',
  });
  await store.close();
});
