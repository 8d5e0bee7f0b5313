import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { inputFile, outputFile, outputFolder, unreadable } from '../../../src/cli/io/files.ts';
import { encodeLine } from '../../../src/stores/spool-line.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const existing = join(folder, 'existing.csv');
writeFileSync(existing, 'id\n');

test('a file to read must exist', () => {
  expect(inputFile(existing)).toBe(existing);
  expect(() => inputFile(join(folder, 'none.csv'))).toThrow(new InvalidArgumentError('There is no such file.'));
});

test('a file to write may exist or not, and its folder must exist', () => {
  expect(outputFile(existing)).toBe(existing);
  expect(outputFile(join(folder, 'new.csv'))).toBe(join(folder, 'new.csv'));
  expect(outputFile('new.csv')).toBe('new.csv');
  const lost = join(folder, 'none', 'new.csv');
  expect(() => outputFile(lost)).toThrow(new InvalidArgumentError(`There is no folder ${join(folder, 'none')}.`));
  expect(() => outputFile(join(existing, 'new.csv'))).toThrow(`There is no folder ${existing}.`);
});

test('a name that is too long for a file is reported as a file that does not exist', () => {
  expect(unreadable('x'.repeat(5_000))).toBe('there is no such file');
});

test('an empty name is refused before anything is written', () => {
  expect(() => outputFile('')).toThrow(new InvalidArgumentError('This is not the name of a file.'));
});

test('a folder is neither read nor written as a file', () => {
  for (const parse of [inputFile, outputFile]) expect(() => parse(folder)).toThrow('This is a folder, not a file.');
});

test('a database, its log, its locks and its spool are refused as files to write', () => {
  const ledger = join(folder, 'router.db');
  writeFileSync(ledger, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4080)]));
  const log = join(folder, 'copy-of-a-log');
  writeFileSync(log, Buffer.from([0x37, 0x7f, 0x06, 0x82, 0, 0]));
  symlinkSync(ledger, join(folder, 'link.html'));
  for (const name of ['router.db', 'link.html', 'copy-of-a-log'])
    expect(() => outputFile(join(folder, name))).toThrow('This is an SQLite database');
  for (const suffix of ['-wal', '-shm', '-journal', '.spool.jsonl', '.spool.jsonl.aside', '.spool.jsonl.lock'])
    expect(() => outputFile(ledger + suffix)).toThrow(`This file belongs to the database ${ledger}.`);
  expect(outputFile(join(folder, 'no-database-wal'))).toBe(join(folder, 'no-database-wal'));
  expect(outputFile(`${existing}-wal`)).toBe(`${existing}-wal`);
});

test('a folder to write to is refused if its name is one that a database or its spool would use', () => {
  const ledger = join(folder, 'with-companions.db');
  writeFileSync(ledger, 'SQLite format 3\0');
  for (const suffix of ['-wal', '-shm', '-journal', '.spool.jsonl'])
    expect(() => outputFolder(ledger + suffix)).toThrow(`This name belongs to the database ${ledger}.`);
  expect(() => outputFolder('')).toThrow('This is not the name of a folder.');
  for (const fine of [folder, join(folder, 'new'), `${existing}-wal`]) expect(outputFolder(fine)).toBe(fine);
});

test('a spool and the log of a database are refused as files to write even where the database is damaged or gone', () => {
  const line = encodeLine({ intentId: 'i', feature: 'f', expectedRevision: 0, records: [], dueAtMs: null });
  const own = join(folder, 'spool-of-a-name-of-its-own');
  writeFileSync(own, line);
  symlinkSync(own, join(folder, 'link-to-spool'));
  for (const path of [own, join(folder, 'link-to-spool')])
    expect(() => outputFile(path)).toThrow('This is the spool of a ledger, whose records would be lost.');
  writeFileSync(join(folder, 'bad.db'), 'damaged');
  for (const ledger of ['bad.db', 'gone.db'])
    for (const suffix of ['-wal', '-shm', '-journal', '.spool.jsonl', '.spool.jsonl.1', '.spool.jsonl.aside']) {
      const companion = join(folder, ledger + suffix);
      expect(outputFile(companion)).toBe(companion);
      writeFileSync(companion, 'kept');
      expect(() => outputFile(companion)).toThrow(`This file belongs to the database ${join(folder, ledger)}.`);
    }
});

test('a file that this user may not read or write is refused', () => {
  const locked = join(folder, 'locked');
  mkdirSync(locked);
  const secret = join(locked, 'secret.csv');
  writeFileSync(secret, 'id\n');
  chmodSync(folder, 0o755);
  chmodSync(secret, 0o000);
  chmodSync(locked, 0o555);
  // In a process of its own: root may read and write everything.
  const source = JSON.stringify(new URL('../../../src/cli/io/files.ts', import.meta.url).href);
  const script = `
    const { inputFile, outputFile } = await import(${source});
    if (process.getuid?.() === 0) process.setuid(65534);
    for (const parse of [inputFile, outputFile])
      try { parse(${JSON.stringify(secret)}); } catch ({ message }) { console.log(message); }`;
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', '--input-type=module'];
  const { stdout } = spawnSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' });
  chmodSync(locked, 0o755);
  expect(stdout).toBe(`This user may not read it.\nThis user may not write to ${locked}.\n`);
});

test('a device can be read and written', () => {
  expect(unreadable('/dev/null')).toBeUndefined();
  expect(outputFile('/dev/null')).toBe('/dev/null');
});
