import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { openImage } from '../../src/stores/sqlite-image.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, changesOf, commitAll } from './histories.ts';
import { sqliteFiles } from './sqlite-files.ts';

const { newPath } = sqliteFiles();

/** Older versions of Node do not open a file by its URL, and only a URL can state that the file will not change. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const opensImages = major > 22 || minor >= 15;
const locked: string[] = [];
afterEach(() => {
  for (const folder of locked.splice(0)) chmodSync(folder, 0o755);
});

/** A ledger in a folder of its own, which is then readable by everyone. */
async function ledgerIn(folder: string): Promise<string> {
  mkdirSync(folder);
  const path = join(folder, 'router.db');
  const store = sqlite(path);
  await commitAll(store, [anIntent('a'), anIntent('b', 'extract')]);
  await store.close();
  chmodSync(path, 0o644);
  return path;
}

function lock(folder: string, mode = 0o555): void {
  chmodSync(dirname(folder), 0o755);
  chmodSync(folder, mode);
  locked.push(folder);
}

const PROGRAM = fileURLToPath(new URL('../cli/other-user.ts', import.meta.url));

/** Exit codes and what is printed, as another user. */
function printed(folder: string, ...commands: readonly string[][]): readonly (readonly [number, string])[] {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const args = [...flags, PROGRAM, folder, ...commands.map(each => JSON.stringify(each))];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as [number, string][];
}

const READING = [
  ['report', 'FOLDER/router.db'],
  ['export', 'FOLDER/router.db'],
  ['export', 'FOLDER/router.db', '--format', 'focus'],
  ['replay', 'FOLDER/router.db'],
  ['spend', 'FOLDER/router.db'],
  ['controls', 'FOLDER/router.db'],
];

test('a ledger in a folder that this user may not write is read if Node is able to, and no file is made there', async () => {
  const folder = newPath();
  await ledgerIn(folder);
  lock(folder);
  const answers = printed(folder, ...READING, ['disable', 'mini', 'FOLDER/router.db']);
  expect(answers.map(([code]) => code)).toEqual([...READING.map(() => (opensImages ? 0 : 1)), 1]);
  expect(answers[0]?.[1]).toContain(opensImages ? '2 intents.' : 'cannot be written');
  expect(answers.at(-1)?.[1]).toMatch(/cannot be written: give this process write permission/);
  expect(readdirSync(folder)).toEqual(['router.db']);
});

test('a file that this user may not write is read in a folder that it may write', async () => {
  const folder = newPath();
  const path = await ledgerIn(folder);
  chmodSync(path, 0o444);
  lock(folder, 0o777);
  expect(printed(folder, ...READING).map(([code]) => code)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('the write-ahead log of another user is read with the file, and never left out', async () => {
  const folder = newPath();
  const path = await ledgerIn(folder);
  const writer = sqlite(path);
  await commitAll(writer, [anIntent('logged')]);
  expect(await writer.load('logged')).toHaveLength(3);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  lock(folder);
  const [beside] = printed(folder, ['report', 'FOLDER/router.db']);
  expect(beside).toEqual([0, expect.stringContaining('3 intents.')]);
  // A log without its index, as in a copy of the files.
  const copied = newPath();
  mkdirSync(copied);
  for (const name of ['router.db', 'router.db-wal']) copyFileSync(join(folder, name), join(copied, name));
  await writer.close();
  for (const name of readdirSync(copied)) chmodSync(join(copied, name), 0o644);
  lock(copied);
  const [alone] = printed(copied, ['report', 'FOLDER/router.db']);
  expect(alone).toEqual([1, expect.stringMatching(/able to write there/)]);
  expect(openImage(join(copied, 'router.db'))).toBeUndefined();
});

test('a reader reads what another user’s killed process has noted even if it may not file that, whatever the clock of that process said', async () => {
  const folder = newPath();
  const path = await ledgerIn(folder);
  const writer = sqlite(path);
  await writer.load('a');
  // This process does nothing until the other one has ended, as if it had been killed.
  expect(writer.commitAll.now?.(changesOf(anIntent('noted')))).toHaveLength(3);
  const database = new DatabaseSync(path);
  database.exec('UPDATE journal SET at_ms = at_ms + 3.6e6');
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  lock(folder);
  const [report, exported] = printed(folder, ['report', 'FOLDER/router.db'], ['export', 'FOLDER/router.db']);
  expect(report).toEqual([0, expect.stringContaining('3 intents.')]);
  expect(exported).toEqual([0, expect.stringContaining('"noted"')]);
  expect(database.prepare('SELECT count(*) AS noted FROM journal').get()).toEqual({ noted: 1 });
  database.close();
  await writer.close();
});

test('an image says if its file was written to meanwhile, and a path without a ledger has no image', async () => {
  const path = await ledgerIn(newPath());
  const image = openImage(path);
  expect(image === undefined).toBe(!opensImages);
  expect(image?.change()).toBeUndefined();
  const store = sqlite(path);
  await commitAll(store, [anIntent('c')]);
  if (opensImages) expect(image?.change()).toContain('written to while it was read');
  image?.database.close();
  await store.close();
  expect(openImage(newPath())).toBeUndefined();
  expect(existsSync(`${path}-wal`)).toBe(false);
});
