import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import * as archiving from '../../../src/cli/commands/archive.ts';
import * as copying from '../../../src/cli/commands/copy.ts';
import * as reporting from '../../../src/cli/commands/report.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, attempted, commitAll, decided, history, HOUR, NOON, sorted } from '../../stores/histories.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();
const [from, to, config] = ['from.db', 'to.db', 'config.json'].map(name => join(folder, name)) as [
  string,
  string,
  string,
];
const run = (...args: string[]) => runCommand(copying, ['copy', from, to, ...args]);

beforeEach(async () => {
  for (const name of [from, to, `${to}.copy.json`]) rmSync(name, { force: true });
  await write(from, anIntent('a'), anIntent('b', 'extract'));
});

async function write(path: string, ...intents: readonly ReturnType<typeof history>[]): Promise<void> {
  const store = sqlite(path);
  await commitAll(store, intents);
  await store.close();
}

test('copy creates the target with the ledger of the source', async () => {
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout).toContain(`6 of them are new in ${to}.`);
  expect(stdout).toMatch(/The statistics are equal on both sides: \d+ cells of 2 features\./);
  expect(stdout).toContain(`its place is in ${to}.copy.json`);
  const store = sqlite(to);
  expect(await store.load('b')).toEqual(anIntent('b', 'extract').records);
  await store.close();
});

test('copied controls include those that were lifted, and the output counts both', async () => {
  const store = sqlite(from);
  for (const [subject, isSet] of [
    ['mini', true],
    ['premium', false],
  ] as const)
    await store.setControl?.({ kind: 'disabled', subject, isSet, revision: 1, atMs: NOON });
  await store.close();
  expect((await run()).stdout).toContain('Switches, pins and holdouts copied, those that were lifted included: 2.');
  expect((await run()).stdout).not.toContain('Switches');
});

test('a second copy adds only what was written since the first', async () => {
  await run();
  await write(from, anIntent('c'));
  expect(JSON.parse((await run('--json')).stdout)).toMatchObject({ from, to, added: 3, features: 2, silence: 'none' });
  expect(JSON.parse((await run('--json')).stdout)).toMatchObject({ added: 0 });
});

test('without --config the result says that pending intents stay pending; with it, silence labels them', async () => {
  await write(from, history('pending', 'support', [decided(NOON), attempted(NOON)]));
  const due = async (): Promise<readonly string[]> => {
    const store = sqlite(to);
    const ids = await store.claimDue(NOON + 2 * HOUR, 9, 0);
    await store.close();
    return ids;
  };
  expect((await run()).stdout).toContain('stay pending until one is recorded');
  expect(await due()).toEqual([]);
  rmSync(to);
  writeFileSync(
    config,
    JSON.stringify({
      models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
      features: { support: { candidates: ['mini'], failureCostUsd: 1, silence: { after: '1h', means: 'success' } } },
    }),
  );
  expect((await run('--config', config)).stdout).not.toContain('stay pending');
  expect(await due()).toEqual(['pending']);
});

test('the copy refuses the ids of pruned intents too, and the result says how many they are', async () => {
  const said = 'The ids of pruned and archived intents are refused there too';
  expect((await run()).stdout).not.toContain(said);
  const store = sqlite(from);
  await store.prune(NOON + HOUR);
  await store.close();
  expect((await run()).stdout).toContain(`${said}: 2.`);
});

test('a report of the copy reads the archive of the source', async () => {
  const archive = join(folder, 'archive');
  expect(await runCommand(archiving, ['archive', from, '--older-than', '1d', '--to', archive])).toMatchObject({
    code: 0,
  });
  expect((await run()).stdout).toContain('The archive belongs to both ledgers now');
  const reports = [];
  for (const ledger of [from, to]) {
    const { code, stdout } = await runCommand(reporting, ['report', ledger, '--archive', archive]);
    reports.push([code, stdout.replaceAll(ledger, 'LEDGER')]);
  }
  expect(reports[1]).toEqual([0, expect.stringContaining('2 intents.')]);
  expect(reports[0]).toEqual(reports[1]);
});

test('a target with the intents of another ledger is refused and left as it is', async () => {
  await write(to, anIntent('foreign'));
  const { code, stderr } = await run();
  expect([code, stderr]).toEqual([1, expect.stringContaining('the intent foreign of another ledger')]);
  const store = sqlite(to);
  expect(await store.load('a')).toEqual([]);
  await store.close();
});

test('copy needs a source that exists, and creates no target without one', async () => {
  rmSync(from);
  const { code, stderr } = await run();
  expect([code, stderr]).toEqual([1, expect.stringContaining('not a ledger: there is no such file')]);
  expect(existsSync(to)).toBe(false);
});

test('copy creates no target for a source that is not a ledger', async () => {
  writeFileSync(from, 'a text of mine, which is longer than the start of a database');
  const { code, stderr } = await run();
  expect([code, stderr]).toEqual([1, expect.stringContaining('not an SQLite database')]);
  expect(existsSync(to)).toBe(false);
});

test('a file is not copied into itself, and no file that is not a database is replaced', async () => {
  const itself = await runCommand(copying, ['copy', from, `${folder}/./from.db`]);
  expect([itself.code, itself.stderr]).toEqual([1, expect.stringContaining('<to>: this is the ledger itself')]);
  writeFileSync(to, 'a text of mine, which is longer than the start of a database');
  const { code, stderr } = await run();
  expect([code, stderr]).toEqual([1, expect.stringContaining('not an SQLite database')]);
});

test('a damaged row ends the copy with an error that names it; with --skip-damaged its intent counts as pruned', async () => {
  await write(from, anIntent('c'));
  const before = await statisticsOf(from);
  spoil(`UPDATE ledger_8 SET json = substr(json, 2) WHERE intent_id = 'a' AND revision = 1`);
  const refused = await run();
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/row is damaged: ledger \(intent "a"/)]);
  for (const added of [6, 0]) {
    const { code, stdout, stderr } = await run('--skip-damaged', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ added, leftOut: 1 })]);
    expect(stderr).toMatch(/^damaged: .*intent "a", revision 1.*\n1 intent with a damaged record is left out/);
  }
  expect(await statisticsOf(to)).toEqual(before);
  const store = sqlite(to);
  await expect(store.load('a')).rejects.toMatchObject({ code: 'intent-removed' });
  expect(await store.load('c')).toEqual(anIntent('c').records);
  for (const feature of ['support', 'extract'])
    expect(await rebuildCells(store, feature)).toMatchObject({ corrected: 0 });
  await store.close();
});

test('changes that the source has set aside also end the copy, and with --skip-damaged the copy equals the ledger without them', async () => {
  const before = await statisticsOf(from);
  spoil(`INSERT INTO journal (at_ms, changes) VALUES (1, 'x')`);
  const refused = await run();
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('a row is damaged: journal (seq 1)')]);
  expect(existsSync(to)).toBe(false);
  const { code, stderr } = await run('--skip-damaged');
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^damaged: .*journal \(seq 1\).*\n$/)]);
  expect(await statisticsOf(to)).toEqual(before);
});

test('an intent that was damaged after it was copied stays whole in the copy', async () => {
  await run();
  spoil(`UPDATE ledger_8 SET json = substr(json, 2) WHERE intent_id = 'a' AND revision = 1`);
  expect(await run('--skip-damaged')).toMatchObject({ code: 0, stderr: expect.stringContaining('"a"') as string });
  const store = sqlite(to);
  expect(await store.load('a')).toEqual(anIntent('a').records);
  await store.close();
});

test('with --skip-damaged, a feature with a damaged statistics row gets statistics from its records', async () => {
  const before = await statisticsOf(from);
  spoil(
    `UPDATE cells_8 SET sums = substr(sums, 2) WHERE feature = 'support' AND id = (SELECT min(id) FROM cells_8 WHERE feature = 'support')`,
  );
  expect(await run()).toMatchObject({ code: 1, stderr: expect.stringContaining('row is damaged: cells') as string });
  expect(await run('--skip-damaged')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('row is damaged: cells') as string,
  });
  expect(await statisticsOf(to)).toEqual(before);
});

function spoil(statement: string): void {
  const database = new DatabaseSync(from);
  expect(Number(database.prepare(statement).run().changes)).toBe(1);
  database.close();
}

async function statisticsOf(path: string): Promise<unknown> {
  const store = sqlite(path);
  try {
    return await Promise.all(['support', 'extract'].map(async feature => sorted(await store.cells(feature))));
  } finally {
    await store.close();
  }
}
