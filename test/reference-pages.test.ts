/** The pages that list every command and every export are those of today, and each line says what its subject is for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandsPage, entriesPage } from '../tools/reference-pages.ts';
import { ROOT } from '../tools/sources.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('docs/commands.md has every command, argument and option of today (`npm run reference`)', async () => {
  expect(read('docs/commands.md')).toBe(await commandsPage());
});

test('docs/entries.md has every export of today (`npm run reference`)', () => {
  expect(read('docs/entries.md')).toBe(entriesPage());
});

test.each(['docs/commands.md', 'docs/entries.md'])('no line of %s is without an explanation', file => {
  const rows = read(file).match(/^\| `.*$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter(row => /\|\s+\|$|\{@/.test(row))).toEqual([]);
});
