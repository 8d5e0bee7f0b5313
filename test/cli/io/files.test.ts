import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { afterAll, expect, test } from 'vitest';
import { inputFile, outputFile, unreadable } from '../../../src/cli/io/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(folder, { recursive: true }));
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

test('a name that is too long for a file is the name of no file', () => {
  expect(unreadable('x'.repeat(5_000))).toBe('there is no such file');
});

test('a folder is neither read nor written as a file', () => {
  for (const parse of [inputFile, outputFile]) expect(() => parse(folder)).toThrow('This is a folder, not a file.');
});

test('a device can be read and written', () => {
  expect(unreadable('/dev/null')).toBeUndefined();
  expect(outputFile('/dev/null')).toBe('/dev/null');
});
