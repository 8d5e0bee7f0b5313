import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { writeFileWhole, writeStdout } from '../../../src/cli/io/output-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();
afterEach(() => {
  vi.restoreAllMocks();
});

function partsIn(folder: string): readonly string[] {
  return readdirSync(folder).filter(name => name.endsWith('.part'));
}

async function* chunks(...parts: readonly (string | Error)[]): AsyncGenerator<string> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
  }
}

test('all chunks are written to the file, and its size is returned', async () => {
  const path = join(directory, 'whole.txt');
  expect(await writeFileWhole(path, chunks('für ', 'alle'))).toBe(9);
  expect(readFileSync(path, 'utf8')).toBe('für alle');
  expect(partsIn(directory)).toEqual([]);
});

test('a file whose name happens to be that of the target plus an ending is left alone', async () => {
  const path = join(directory, 'report.html');
  writeFileSync(`${path}.part`, 'a ledger');
  await writeFileWhole(path, chunks('page'));
  await expect(writeFileWhole(path, chunks('a', new Error('gone')))).rejects.toThrow('gone');
  expect(readFileSync(`${path}.part`, 'utf8')).toBe('a ledger');
  expect(readFileSync(path, 'utf8')).toBe('page');
  rmSync(`${path}.part`);
});

test('a completed write replaces an earlier file', async () => {
  const path = join(directory, 'replaced.txt');
  writeFileSync(path, 'a longer text that was there before');
  await writeFileWhole(path, chunks('new'));
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(partsIn(directory)).toEqual([]);
});

test('a new file can be read by its owner alone, and an existing one keeps its mode', async () => {
  const path = join(directory, 'mode.txt');
  const mode = async (): Promise<number> => {
    await writeFileWhole(path, chunks('text'));
    return statSync(path).mode & 0o777;
  };
  expect(await mode()).toBe(0o600);
  chmodSync(path, 0o664);
  expect(await mode()).toBe(0o664);
});

test('a failed write leaves the earlier file unchanged and no partial file', async () => {
  const path = join(directory, 'kept.txt');
  writeFileSync(path, 'earlier');
  await expect(writeFileWhole(path, chunks('a', new Error('gone')))).rejects.toThrow('gone');
  expect(readFileSync(path, 'utf8')).toBe('earlier');
  expect(partsIn(directory)).toEqual([]);
});

test('writing to a named pipe does not replace the pipe with a file', async () => {
  const pipe = join(directory, 'pipe');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  const read = readFile(pipe, 'utf8');
  expect(await writeFileWhole(pipe, chunks('a', 'b'))).toBe(2);
  expect(await read).toBe('ab');
  expect(statSync(pipe).isFIFO()).toBe(true);
  expect(partsIn(directory)).toEqual([]);
});

test('a failed write to a named pipe does not remove the pipe', async () => {
  const pipe = join(directory, 'broken-pipe');
  spawnSync('mkfifo', [pipe]);
  const read = readFile(pipe, 'utf8');
  await expect(writeFileWhole(pipe, chunks('a', new Error('gone')))).rejects.toThrow('gone');
  expect(await read).toBe('a');
  expect(statSync(pipe).isFIFO()).toBe(true);
});

test('writing to stdout waits for a slow reader', async () => {
  const seen: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    seen.push(String(text));
    return false;
  });
  const written = writeStdout(chunks('a', 'b'));
  await new Promise(resolve => void setImmediate(resolve));
  expect(seen).toEqual(['a']);
  process.stdout.emit('drain');
  await new Promise(resolve => void setImmediate(resolve));
  expect(seen).toEqual(['a', 'b']);
  process.stdout.emit('drain');
  await written;
});
