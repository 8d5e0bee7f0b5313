import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../tools/sources.ts';

test('every mutant that is listed as equivalent changes a line that the code has', () => {
  const listed = JSON.parse(readFileSync(join(ROOT, 'test/equivalent-mutants.json'), 'utf8')) as readonly {
    readonly file: string;
    readonly line: string;
  }[];
  const linesOf = (file: string): readonly string[] =>
    existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8').split('\n') : [];
  const stale = listed.filter(({ file, line }) => !linesOf(file).some(each => each.trim() === line));
  expect(stale.map(({ file, line }) => `${file}: ${line}`)).toEqual([]);
});
