import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import * as rebuilding from '../../../src/cli/commands/rebuild.ts';
import { difference } from '../../../src/core/cells/sums.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { commitAll, decided, evidence, attempted, history, NOON } from '../../stores/histories.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const directory = temporaryFolder();
const ledger = join(directory, 'router.db');

beforeEach(async () => {
  rmSync(ledger, { force: true });
  const store = sqlite(ledger);
  const one = (id: string, feature: string) =>
    history(id, feature, [decided(NOON), attempted(NOON), evidence(NOON, { source: 'explicit', success: true })]);
  await commitAll(store, [one('a', 'support'), one('b', 'support'), one('c', 'extract')]);
  await store.close();
});

const run = (...args: string[]) => runCommand(rebuilding, ['rebuild', ledger, ...args]);

test('rebuilding a consistent ledger finds no cell that differs', async () => {
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout).toMatch(/extract +│ +1 │ +0 │ +0/);
  expect(stdout).toMatch(/support +│ +2 │ +0 │ +0/);
  expect(stdout).toContain('Nothing differed');
});

test('lost cells are restored, even if a feature has lost all of them', async () => {
  const store = sqlite(ledger);
  const cells = await store.cells('extract');
  const negated = cells.map(({ key, sums }) => ({ key, sums: difference({}, sums) }));
  await store.correctCells('extract', negated, { id: 'damage' });
  await store.close();
  const { stdout } = await run();
  expect(stdout).toContain(`${cells.length} cells differed from the ledger and have been corrected.`);
  const after = sqlite(ledger);
  expect(new Set(await after.cells('extract'))).toEqual(new Set(cells));
  await after.close();
});

test.each([`key = 'junk'`, `sums = '{'`, `sums = '{"n":"x"}'`])(
  'damaged cells (%s) are rewritten from the ledger',
  async damage => {
    const store = sqlite(ledger);
    const cells = await store.cells('extract');
    await store.close();
    const database = new DatabaseSync(ledger);
    database.exec(`UPDATE cells_8 SET ${damage} WHERE key = (SELECT max(key) FROM cells_8 WHERE feature = 'extract')`);
    database.close();
    const { code, stdout } = await run();
    expect([code, stdout]).toEqual([0, expect.stringContaining('cells differed from the ledger')]);
    const after = sqlite(ledger);
    expect(new Set(await after.cells('extract'))).toEqual(new Set(cells));
    await after.close();
    expect((await run()).stdout).toContain('Nothing differed');
  },
);

test('--feature rebuilds only that feature, and an unknown feature is refused', async () => {
  const { features } = JSON.parse((await run('--feature', 'support', '--json')).stdout);
  expect(features).toEqual([{ feature: 'support', intents: 2, prunedCells: 0, corrected: 0 }]);
  const { code, stderr } = await run('--feature', 'suport');
  expect(code).toBe(1);
  expect(stderr).toContain('no feature "suport", did you mean "support"? (accepted: "extract", "support")');
});
