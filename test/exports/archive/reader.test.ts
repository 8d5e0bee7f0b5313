import { appendFileSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { archivedCells, openArchive } from '../../../src/exports/archive/reader.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { baseOf, filledFile, LATER } from './old-ledger.ts';
import { must } from '../../stores/histories.ts';

const { newPath } = sqliteFiles();
let store: Store;
let whole: string;

beforeAll(async () => {
  store = await filledFile(newPath());
  whole = `${newPath()}.archive`;
  await archiveLedger(store, whole, { beforeMs: LATER, intentsPerRun: 12 });
});
afterAll(async () => store.close());

/** A copy of the archive in which one file of a kind is changed by `happens`. */
function copyWith(kind: string, happens: (file: string) => void): string {
  const folder = `${newPath()}.archive`;
  cpSync(whole, folder, { recursive: true });
  const [file] = (readdirSync(folder, { recursive: true }) as string[])
    .filter(name => name.startsWith(kind) && /\.(parquet|jsonl)$/.test(name))
    .sort();
  happens(join(folder, must(file)));
  return folder;
}

const changeByte = (file: string): void => {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(file, bytes);
};

async function recount(folder: string, fromRecords = false) {
  const reader = await openArchive(folder);
  try {
    const moment = await reader.at(await store.archive?.());
    await moment.pruned();
    return await archivedCells(moment, { fromRecords });
  } finally {
    await reader.close();
  }
}

test.each([false, true])('the recount equals the pruned base exactly, from records: %s', async fromRecords => {
  const cells = await recount(whole, fromRecords);
  for (const feature of ['support', 'extract']) {
    const [base, recounted] = await baseOf(store, feature, cells);
    expect(recounted).toEqual(base);
  }
});

test.each<[string, string, (file: string) => void, RegExp]>([
  ['a file of contributions is missing', 'contributions', file => rmSync(file), /the file is missing/],
  [
    'a file of contributions is cut off',
    'contributions',
    file => writeFileSync(file, 'PAR1'),
    /has 4 bytes instead of \d+/,
  ],
  ['a byte of a file of contributions has changed', 'contributions', changeByte, /not the one that was written/],
  [
    'something was added to what was pruned before',
    'pruned',
    file => appendFileSync(file, '\n'),
    /has 1 bytes instead of 0/,
  ],
  ['the manifest is missing', 'manifest', file => renameSync(file, `${file}.away`), /there is no archive/],
])('%s: the archive is refused with one error that names the file', async (_, kind, happens, why) => {
  const folder = copyWith(kind.replace('manifest', 'pruned'), file =>
    happens(kind === 'manifest' ? join(file, '..', 'manifest.json') : file),
  );
  await expect(recount(folder)).rejects.toMatchObject({ message: expect.stringMatching(why) as string });
});

test('a damaged file of records is found when records are read', async () => {
  const folder = copyWith('records', changeByte);
  await expect(recount(folder, true)).rejects.toThrow('the archive is damaged');
  expect(await recount(folder)).not.toEqual([]);
});

test('a missing file of records is found even when only contributions are read', async () => {
  const folder = copyWith('records', file => rmSync(file));
  await expect(recount(folder)).rejects.toThrow('the file is missing');
});

test('a folder whose name contains a wildcard is refused', async () => {
  const folder = `${newPath()}[1]`;
  cpSync(whole, folder, { recursive: true });
  await expect(openArchive(folder)).rejects.toThrow('with *, ?, [ or ] in its name');
});
