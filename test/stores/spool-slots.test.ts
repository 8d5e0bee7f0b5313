import { once } from 'node:events';
import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { ClaimedFile } from '../../src/stores/spool-slots.ts';
import { claimLeft, claimNew } from '../../src/stores/spool-slots.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startSpooler } from './spool-process.ts';

const directory = temporaryFolder();
let paths = 0;
const newPath = (): string => join(directory, `spool-${paths++}`);

const namesOf = (files: readonly ClaimedFile[]): readonly string[] => files.map(({ path }) => path);

function release(files: readonly ClaimedFile[]): void {
  for (const file of files) file.release();
}

test('each claim of a path gets the first name that has no file and no owner, and a released name is free again', () => {
  const path = newPath();
  writeFileSync(`${path}.1`, '');
  const claims = [claimNew(path), claimNew(path)];
  expect(namesOf(claims)).toEqual([path, `${path}.2`]);
  release(claims);
  const again = claimNew(path);
  expect(again.path).toBe(path);
  again.release();
});

test('the files that have no owner are taken over together, and nothing is claimed where there is no file', () => {
  const path = newPath();
  expect(claimLeft(path)).toEqual([]);
  expect(existsSync(`${path}.owner`)).toBe(false);
  const own = claimNew(path);
  for (const file of [path, `${path}.1`, `${path}.3`]) writeFileSync(file, '');
  const left = claimLeft(path);
  expect(namesOf(left)).toEqual([`${path}.1`, `${path}.3`]);
  expect(claimLeft(path)).toEqual([]);
  release([own, ...left]);
});

test('a name whose file appears while its lock is taken is not claimed, and its lock is released', () => {
  const path = newPath();
  // Taking the lock makes the file, as its former owner may until then.
  symlinkSync(path, `${path}.owner`);
  const claimed = claimNew(path);
  expect([existsSync(path), claimed.path]).toEqual([true, `${path}.1`]);
  const left = claimLeft(path);
  expect(namesOf(left)).toEqual([path]);
  release([claimed, ...left]);
});

test('a claim that is released twice does not release the claim after it', () => {
  const path = newPath();
  const first = claimNew(path);
  first.release();
  const second = claimNew(path);
  first.release();
  const third = claimNew(path);
  expect(third.path).toBe(`${path}.1`);
  release([second, third]);
});

test.each([
  ['dead', '999999999'],
  ['living', String(process.ppid)],
])('a lock file of an earlier version that names a %s process blocks nothing', (_, pid) => {
  const path = newPath();
  writeFileSync(path, '');
  writeFileSync(`${path}.lock`, pid);
  const left = claimLeft(path);
  expect(namesOf(left)).toEqual([path]);
  release(left);
});

test('a file of a living process is not taken over, but a file of a killed process is', async () => {
  const path = newPath();
  const other = startSpooler();
  expect(await other.spool([path], 'a')).toEqual(['a-0']);
  expect(existsSync(path)).toBe(true);
  expect(claimLeft(path)).toEqual([]);
  await other.kill();
  const left = claimLeft(path);
  expect(namesOf(left)).toEqual([path]);
  release(left);
});

test('another thread of this process does not get a claimed file, and its attempt does not free the file for others', async () => {
  const path = newPath();
  const own = claimNew(path);
  const attempt = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(require('node:worker_threads').workerData);
    try {
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      require('node:worker_threads').parentPort.postMessage(error.errcode);
    } finally {
      database.close();
    }`;
  const worker = new Worker(attempt, { eval: true, workerData: `${path}.owner` });
  // Both are waited for at once: a thread that ends can give its message and its end in the same turn.
  const [[errcode]] = (await Promise.all([once(worker, 'message'), once(worker, 'exit')])) as [unknown[], unknown];
  expect(errcode).toBe(5);
  const other = startSpooler();
  expect(await other.spool([path], 'a')).toEqual(['a-0']);
  expect([existsSync(path), existsSync(`${path}.1`)]).toEqual([false, true]);
  await other.kill();
  own.release();
});

test('the lock of a file can be read and written by its owner alone', () => {
  const path = newPath();
  const file = claimNew(path);
  expect(statSync(`${path}.owner`).mode & 0o777).toBe(0o600);
  file.release();
});

test('a lock that cannot be made is an error, not a file in use', () => {
  expect(() => claimNew(join(directory, 'no-such-directory', 'spool'))).toThrow('unable to open database file');
});

test('a 65th claim of the same path is refused', () => {
  const path = newPath();
  const files = Array.from({ length: 64 }, () => claimNew(path));
  expect(new Set(namesOf(files)).size).toBe(64);
  expect(() => claimNew(path)).toThrow(expect.objectContaining({ code: 'store-unusable', path }));
  release(files);
  const next = claimNew(path);
  expect(next.path).toBe(path);
  next.release();
});
