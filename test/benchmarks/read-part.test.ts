import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPart } from '../../benchmarks/read-part.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

function fileOf(...rows: readonly string[]): string {
  const file = join(folder, `${rows.length}.csv`);
  writeFileSync(file, `${['id,feature,model,success,cost_usd', ...rows].join('\n')}\n`);
  return file;
}

test('a table without rows of the benchmark’s features and models is skipped, and a table with some is read in part', async () => {
  const file = fileOf('1,math,mini,1,0.01', '1,math,premium,1,0.1', '2,law,mini,0,0.01');
  expect(await readPart(file, feature => feature === 'biology')).toBeUndefined();
  expect((await readPart(file, feature => feature === 'math'))?.table.ids).toEqual(['1']);
});

test('a table that cannot be read stops the benchmark', async () => {
  await expect(readPart(fileOf(), () => true)).rejects.toMatchObject({ code: 'invalid-data' });
  await expect(readPart(join(folder, 'none.csv'), () => true)).rejects.toThrow();
});
