import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as maintaining from '../../../src/cli/commands/maintain.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, commitAll, HOUR } from '../../stores/histories.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();

test('statistics of a hundred days ago are days and weeks after the command, and a second run has nothing to do', async () => {
  const ledger = join(folder, 'router.db');
  const store = sqlite(ledger);
  const daysAgo = (days: number): number => Date.now() - days * 24 * HOUR;
  await commitAll(store, [
    anIntent('old', 'support', daysAgo(100)),
    anIntent('older', 'support', daysAgo(20)),
    anIntent('new', 'support', daysAgo(1)),
  ]);
  const run = () => runCommand(maintaining, ['maintain', ledger, '--json']);
  const first = await run();
  expect(first.code).toBe(0);
  expect(new Set((await store.cells('support')).map(({ key }) => key.grain))).toEqual(
    new Set(['week', 'day', undefined]),
  );
  expect(JSON.parse((await run()).stdout)).toEqual({ slices: 1 });
  const { stdout } = await runCommand(maintaining, ['maintain', ledger]);
  expect(stdout).toBe('Old statistics are in days and weeks.\n');
  await store.close();
});
