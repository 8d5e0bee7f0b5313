import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { archivedBase } from '../../../src/exports/archive/archived-base.ts';
import { withArchive } from '../../../src/exports/archive/archived-view.ts';
import { exportLedger } from '../../../src/exports/ledger/export-ledger.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { filledFile, LATER } from './old-ledger.ts';

const { newPath } = sqliteFiles();
const ARCHIVER = fileURLToPath(new URL('killed-archiver.ts', import.meta.url));

/** Where the processes are killed, one after the other on one ledger: while they write, and around the transaction. */
const PLACES = ['turn 1', 'turn 40', 'before the transaction', 'after the transaction'];

// Takes a second of processor time for each process: nothing else shows what is on the disk after a kill.
test('archivers that are killed at any point lose no intent and count none twice, at any time', async () => {
  const path = newPath();
  const folder = `${newPath()}.archive`;
  const store = await filledFile(path);
  const exported = async (folderOrNone?: string): Promise<readonly string[]> => {
    const source = folderOrNone === undefined ? store : withArchive(sqlite(path), folderOrNone);
    const text = (await Array.fromAsync(exportLedger(source))).join('');
    if (source !== store) await source.close();
    return text.split('\n').filter(line => !line.includes('"pruned"'));
  };
  const before = await exported();
  for (const place of PLACES) {
    const { signal, stderr } = spawnSync(process.execPath, [ARCHIVER, path, folder, place], {
      encoding: 'utf8',
      // Files that a killed process leaves are removed with the files of this test.
      env: { ...process.env, TMPDIR: dirname(path) },
    });
    expect([place, signal, stderr.replaceAll(/\(node:.*|\(Use `node.*/g, '').trim()]).toEqual([place, 'SIGKILL', '']);
    expect(await exported(folder)).toEqual(before);
  }
  const { intents } = await archiveLedger(store, folder, { beforeMs: LATER });
  expect(intents).toBeGreaterThan(0);
  expect(await exported(folder)).toEqual(before);
  const archive = await archivedBase(folder, { fromRecords: true });
  for (const feature of await store.features())
    expect(await rebuildCells(store, feature, { base: archive.base })).toMatchObject({ corrected: 0 });
  await archive.close();
  await store.close();
});
