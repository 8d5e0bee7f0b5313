import fs, { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
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

test.each([
  ['is empty', ''],
  ['has the id of a dead process', DEAD],
  ['has the id 0', '0'],
  ['has a negative id', '-1'],
  ['has a fraction for an id', '1.5'],
  ['has no number', 'not a number'],
  ['has the id of this process, which holds no lock', String(process.pid)],
])('a file is taken over if its lock file %s', (_, pid) => {
  const path = newPath();
  for (const file of [path, `${path}.1`]) {
    writeFileSync(file, '');
    writeFileSync(`${file}.lock`, pid);
  }
  expect(claimFiles(path)).toEqual({ own: path, left: [`${path}.1`] });
  for (const file of [path, `${path}.1`]) releaseFile(file);
});

test.each([
  ['counts as alive', 'EPERM', '.1'],
  ['counts as dead', 'ESRCH', ''],
])('a process %s if signalling it fails with %s', (_, code, own) => {
  const path = newPath();
  writeFileSync(`${path}.lock`, '1');
  // Root may signal every process, and this test must pass for root too.
  const signal = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
  try {
    expect(claimFiles(path)).toEqual({ own: path + own, left: [] });
  } finally {
    signal.mockRestore();
  }
  releaseFile(path + own);
});

test('the slower of two processes that find a dead process’s lock gets the next file', () => {
  const path = newPath();
  writeFileSync(`${path}.lock`, DEAD);
  const remove = vi.spyOn(fs, 'rmSync').mockImplementationOnce(name => writeFileSync(name, String(process.ppid)));
  syncBuiltinESMExports();
  try {
    expect(claimFiles(path)).toEqual({ own: `${path}.1`, left: [] });
  } finally {
    remove.mockRestore();
    syncBuiltinESMExports();
  }
  expect(readFileSync(`${path}.lock`, 'utf8')).toBe(String(process.ppid));
  releaseFile(`${path}.1`);
});

test('a lock file that cannot be written is an error, not a file in use', () => {
  expect(() => claimFiles(join(directory, 'no-such-directory', 'spool'))).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
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
