import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import * as archiving from '../../../src/cli/commands/archive.ts';
import * as pruning from '../../../src/cli/commands/prune.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { attempted, commitAll, decided, evidence, history } from '../../stores/histories.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const directory = temporaryFolder();
const ledger = join(directory, 'router.db');

const DAY = 86_400_000;
const at = (days: number): number => Date.now() - days * DAY;

beforeAll(async () => {
  const store = sqlite(ledger);
  const closed = (id: string, days: number) =>
    history(id, 'support', [
      decided(at(days)),
      attempted(at(days)),
      evidence(at(days), { source: 'explicit', success: true }),
    ]);
  await commitAll(store, [closed('old', 100), closed('older', 200), closed('young', 10)]);
  await store.close();
});

const run = (...args: string[]) => runCommand(pruning, ['prune', ...args]);

test('prune requires --older-than', async () => {
  const { code, stderr } = await run(ledger);
  expect(code).not.toBe(0);
  expect(stderr).toContain('--older-than');
  expect((await run(ledger, '--older-than', 'soon')).stderr).toContain('--older-than: "soon" is not a duration');
});

test('prune and archive remove nothing where a duration has no unit', async () => {
  for (const durations of [
    ['--older-than', '90'],
    ['--older-than', '90d', '--remember', '400'],
  ]) {
    for (const { code, stderr } of [
      await run(ledger, ...durations),
      await runCommand(archiving, ['archive', ledger, '--to', join(directory, 'archive'), ...durations]),
    ])
      expect([code, stderr]).toEqual([1, expect.stringContaining(`${durations.at(-2)}: "${durations.at(-1)}" is not`)]);
  }
});

test.each(['90d', '60d', '2159h'])(
  'prune and archive remove nothing where --remember %s would forget at once what is older than 90 days',
  async remember => {
    const durations = ['--older-than', '90d', '--remember', remember];
    const folder = join(directory, 'archive');
    for (const { code, stderr } of [
      await run(ledger, ...durations),
      await runCommand(archiving, ['archive', ledger, '--to', folder, ...durations]),
    ])
      expect([code, stderr]).toEqual([1, expect.stringContaining('--remember: ')]);
    expect(existsSync(folder)).toBe(false);
  },
);

test('old intents are removed and the statistics stay unchanged', async () => {
  const before = sqlite(ledger);
  const cells = await before.cells('support');
  await before.close();
  const { code, stdout } = await run(ledger, '--older-than', '90d');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Removed 2 intents with 6 records; the latest of them is older than .* UTC\./);
  const store = sqlite(ledger);
  expect(await store.cells('support')).toEqual(cells);
  await expect(store.load('old')).rejects.toMatchObject({ code: 'intent-removed' });
  expect(await store.load('young')).toHaveLength(3);
  await store.close();
});

test('prune reports, also as JSON, that no intent was old enough', async () => {
  expect((await run(ledger, '--older-than', '90d')).stdout).toMatch(/^No closed intent is older than /);
  const { intents, beforeMs } = JSON.parse((await run(ledger, '--older-than', '90d', '--json')).stdout);
  expect(intents).toBe(0);
  expect(Math.abs(beforeMs - at(90))).toBeLessThan(60_000);
});
