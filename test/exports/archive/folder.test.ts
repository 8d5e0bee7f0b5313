import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contentsOf, putInPlace, sync, writeWhole } from '../../../src/exports/archive/folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

test('a file is replaced as a whole, and no other file is left', async () => {
  const path = join(folder, 'list');
  await writeWhole(path, 'one');
  await writeWhole(path, 'another');
  expect(readFileSync(path, 'utf8')).toBe('another');
  await putInPlace(path, join(folder, 'renamed'));
  await sync(folder);
  expect(readdirSync(folder)).toEqual(['renamed']);
});

test('a file is described by its size and its SHA-256', async () => {
  const path = join(folder, 'some');
  const text = 'x'.repeat(200_000);
  await writeWhole(path, text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  expect(await contentsOf(path)).toEqual({ bytes: 200_000, sha256 });
});
