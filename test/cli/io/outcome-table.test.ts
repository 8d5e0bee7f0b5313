import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { readTable, withTable } from '../../../src/cli/io/outcome-table.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();
const file = join(directory, 'outcomes.csv');
writeFileSync(file, 'id,feature,model,success,cost_usd\n1,f,a,1,0.1\n1,f,b,1,0.1\n2,g,a,7,0.1\n');

test('the options choose models and features, and drop bad rows', async () => {
  const command = withTable(new Command().exitOverride());
  command.parse([file, '--models', 'a', '--feature-prefix', 'f', '--skip-bad-rows'], { from: 'user' });
  const { table, badRows } = await readTable(command.args[0] ?? '', command.opts());
  expect([table.models, table.features, badRows]).toEqual([['a'], ['f'], 0]);
  expect((await readTable(file, { skipBadRows: true, json: true })).badRows).toBe(1);
});

test('a model without rows is refused with the nearest name', async () => {
  await expect(readTable(file, { models: ['b', 'aa'], skipBadRows: true })).rejects.toThrow(
    '--models: the table has no rows of "aa"',
  );
});
