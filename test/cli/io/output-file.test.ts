import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { writeFileWhole, writeStdout } from '../../../src/cli/io/output-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

async function* chunks(...parts: readonly (string | Error)[]): AsyncGenerator<string> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
  }
}

test('a complete file has its content, and its size is returned', async () => {
  const path = join(directory, 'whole.txt');
  expect(await writeFileWhole(path, chunks('für ', 'alle'))).toBe(9);
  expect(readFileSync(path, 'utf8')).toBe('für alle');
  expect(existsSync(`${path}.part`)).toBe(false);
});

test('a failed write leaves the earlier file unchanged and no partial file', async () => {
  const path = join(directory, 'kept.txt');
  writeFileSync(path, 'earlier');
  await expect(writeFileWhole(path, chunks('a', new Error('gone')))).rejects.toThrow('gone');
  expect(readFileSync(path, 'utf8')).toBe('earlier');
  expect(existsSync(`${path}.part`)).toBe(false);
});

test('a device is written to and not replaced', async () => {
  await writeFileWhole('/dev/null', chunks('a'));
  expect(existsSync('/dev/null.part')).toBe(false);
});

test('writing to stdout waits for a slow reader', async () => {
  const seen: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    seen.push(String(text));
    queueMicrotask(() => process.stdout.emit('drain'));
    return false;
  });
  await writeStdout(chunks('a', 'b'));
  expect(seen).toEqual(['a', 'b']);
});
