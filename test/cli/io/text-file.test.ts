import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { textFile } from '../../../src/cli/io/text-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

function fileOf(bytes: Uint8Array | string): string {
  const path = join(folder, `${Math.random()}.csv`);
  writeFileSync(path, bytes);
  return path;
}

async function textOf(bytes: Uint8Array | string): Promise<string> {
  return (await Array.fromAsync(textFile(fileOf(bytes)))).join('');
}

/** Characters of three bytes, so that chunks end within one. */
const LONG = `${'€'.repeat(70_000)}\r\n`;

test.each([
  ['plain', (text: string) => text],
  ['compressed', (text: string) => gzipSync(text)],
  [
    'compressed in two parts, as rotated logs are joined',
    (t: string) => Buffer.concat([gzipSync(t.slice(0, 9)), gzipSync(t.slice(9))]),
  ],
])('a %s file is read, whatever its name', async (_kind, written) => {
  expect(await textOf(written(LONG))).toBe(LONG);
  expect(await textOf(written(''))).toBe('');
});

test.each([
  ['a Parquet file', Buffer.from('PAR1\x15\x04')],
  ['a ZIP archive or a workbook', Buffer.from('PK\x03\x04\x14')],
  ['text in UTF-16', Buffer.from('\uFEFFa,b\n', 'utf16le')],
])('%s is refused with what is accepted', async (kind, bytes) => {
  const path = fileOf(bytes);
  await expect(Array.fromAsync(textFile(path))).rejects.toMatchObject({
    code: 'invalid-data',
    message: `${path}: this is ${kind} (accepted: CSV or JSON in UTF-8, also as .gz: export it as CSV, or unpack it)`,
  });
});

test('a compressed file that is cut off is refused', async () => {
  await expect(textOf(gzipSync(LONG).subarray(0, 60))).rejects.toMatchObject({
    code: 'invalid-data',
    message: expect.stringMatching(/: its compressed text is damaged or cut off/),
  });
});

test('a file of which only the beginning is read is closed', async () => {
  for await (const part of textFile(fileOf(gzipSync(LONG)))) {
    expect(part).not.toBe('');
    break;
  }
});
