import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { claimFiles, releaseFile } from '../../src/stores/spool-slots.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
let paths = 0;
const newPath = (): string => join(directory, `spool-${paths++}`);

afterAll(() => rmSync(directory, { recursive: true }));

/** No process has this id. */
const DEAD = '999999999';

test('each claim of a path gets the first file that no living process holds', () => {
  const path = newPath();
  writeFileSync(`${path}.1.lock`, String(process.ppid));
  expect(claimFiles(path)).toEqual({ own: path, left: [] });
  expect(claimFiles(path)).toEqual({ own: `${path}.2`, left: [] });
  expect(readFileSync(`${path}.lock`, 'utf8')).toBe(String(process.pid));
  releaseFile(path);
  expect(existsSync(`${path}.lock`)).toBe(false);
  expect(claimFiles(path).own).toBe(path);
  for (const file of [path, `${path}.2`]) releaseFile(file);
});

test.each(['', DEAD, '0', '-1', '1.5', 'not a number', String(process.pid)])(
  'a file is taken over if its lock file has the process id %j, because no other living process holds it',
  pid => {
    const path = newPath();
    for (const file of [path, `${path}.1`]) {
      writeFileSync(file, '');
      writeFileSync(`${file}.lock`, pid);
    }
    expect(claimFiles(path)).toEqual({ own: path, left: [`${path}.1`] });
    for (const file of [path, `${path}.1`]) releaseFile(file);
  },
);

test('a process that we are not allowed to signal counts as alive', () => {
  const path = newPath();
  // Process 1 is another user's, unless this user is root.
  writeFileSync(`${path}.lock`, '1');
  expect(claimFiles(path)).toEqual({ own: `${path}.1`, left: [] });
  releaseFile(`${path}.1`);
});

test('a 65th process that uses the same path is refused', () => {
  const path = newPath();
  const files = Array.from({ length: 64 }, () => claimFiles(path).own);
  expect(new Set(files).size).toBe(64);
  expect(() => claimFiles(path)).toThrow(expect.objectContaining({ code: 'store-unusable', path }));
  for (const file of files) releaseFile(file);
  expect(claimFiles(path).own).toBe(path);
  releaseFile(path);
});
