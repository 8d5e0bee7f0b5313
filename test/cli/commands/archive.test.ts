import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import * as archiving from '../../../src/cli/commands/archive.ts';
import * as copying from '../../../src/cli/commands/copy.ts';
import * as exporting from '../../../src/cli/commands/export.ts';
import * as pruning from '../../../src/cli/commands/prune.ts';
import * as rebuilding from '../../../src/cli/commands/rebuild.ts';
import * as reconciling from '../../../src/cli/commands/reconcile.ts';
import * as replaying from '../../../src/cli/commands/replay.ts';
import * as reporting from '../../../src/cli/commands/report.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { attempted, commitAll, decided, evidence, history } from '../../stores/histories.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const directory = temporaryFolder();
const [ledger, folder, bill] = [join(directory, 'router.db'), join(directory, 'archive'), join(directory, 'bill.csv')];

const DAY = 86_400_000;
const at = (days: number): number => Date.now() - days * DAY;

beforeAll(async () => {
  const store = sqlite(ledger);
  const list = Array.from({ length: 60 }, (_, index) => {
    const plan = index % 2 === 0 ? 'mini' : 'premium';
    const atMs = at(130.5 - index * 2);
    return history(`intent-${index}`, 'support', [
      {
        ...decided(atMs, [plan]),
        decision: { plan: [plan], propensity: 0.5, eligible: ['mini', 'premium'], policy: 'fixed', reason: 'test' },
      },
      attempted(atMs, { model: plan, node: plan, requestId: `request-${index}` }),
      evidence(atMs, { source: 'explicit', success: index % 3 > 0 }),
    ]);
  });
  await commitAll(store, list);
  await store.close();
});

const archive = (...args: string[]) => runCommand(archiving, ['archive', ...args]);

/** The output of the commands that read the ledger, with or without its archive. */
async function printed(...options: string[]): Promise<readonly string[]> {
  const runs = [
    await runCommand(reporting, ['report', ledger, '--baseline', 'mini', ...options]),
    await runCommand(replaying, ['replay', ledger, '--policy', 'always:mini', '--json', ...options]),
    await runCommand(exporting, ['export', ledger, ...options]),
    await runCommand(exporting, ['export', ledger, '--format', 'focus', ...options]),
    await runCommand(reconciling, ['reconcile', ledger, '--bill', bill, ...options]),
  ];
  return runs.map(
    ({ stdout, stderr }) =>
      `${stdout.replaceAll(/.*(?:"(?:madeAtMs|coveredPeriod|options)"|, made at ).*/g, '')}${stderr}`,
  );
}

test('archive requires a time and a folder, and says what is wrong with them', async () => {
  expect((await archive(ledger)).stderr).toContain('--older-than');
  expect((await archive(ledger, '--older-than', '90d')).stderr).toContain('--to');
  expect((await archive(ledger, '--older-than', 'soon', '--to', folder)).stderr).toContain('"soon" is not a duration');
  expect((await archive(ledger, '--older-than', '90d', '--to', ledger)).stderr).toContain('this is a file');
  expect((await archive(ledger, '--older-than', '90d', '--to', directory)).stderr).toContain('has other files');
  const early = await archive(ledger, '--older-than', '9000d', '--to', folder);
  expect([early.code, early.stdout]).toEqual([0, expect.stringMatching(/^No closed intent is older than /)]);
});

test('every command prints the same with the archive as before the archive was made', async () => {
  const focus = await runCommand(exporting, ['export', ledger, '--format', 'focus']);
  writeFileSync(bill, focus.stdout);
  const before = await printed();
  const done = await archive('--db', ledger, '--older-than', '90d', '--to', folder, '--remember', '900d');
  expect([done.code, done.stdout]).toEqual([
    0,
    expect.stringMatching(/^Moved 21 intents with 63 records to .*archive: 42 files with /),
  ]);
  expect(await printed('--archive', folder)).toEqual(before);
  expect((await printed())[2]).not.toEqual(before[2]);
});

test('a FOCUS bill without the archive says how many intents are missing, and with the archive that none are', async () => {
  const focus = (...options: string[]) => runCommand(exporting, ['export', ledger, '--format', 'focus', ...options]);
  expect((await focus()).stderr).toMatch(
    /^The records of 21 intents are no longer in the ledger: their [\d.]+ USD are not in this bill\. --archive FOLDER/,
  );
  expect((await focus('--archive', folder)).stderr).toBe('');
  expect((await focus('--last', '30d')).stderr).toBe('');
  const out = await focus('--json', '--out', join(directory, 'short.csv'));
  expect(JSON.parse(out.stdout)).toMatchObject({ removed: { intents: 21, mayBeArchived: true } });
});

test('a replay and a rebuild of a copy with the archive give the same results as those of its source', async () => {
  const copy = join(directory, 'copy.db');
  expect(await runCommand(copying, ['copy', ledger, copy])).toMatchObject({ code: 0 });
  const said = async (of: string): Promise<readonly string[]> => {
    const runs = [
      await runCommand(replaying, ['replay', of, '--policy', 'always:mini', '--json', '--archive', folder]),
      await runCommand(replaying, ['replay', of, '--archive', folder]),
      await runCommand(rebuilding, ['rebuild', of, '--archive', folder, '--from-records']),
    ];
    return runs.map(
      ({ code, stdout, stderr }) =>
        `${code} ${stdout.replaceAll(of, 'LEDGER').replaceAll(/"madeAtMs": \d+,/g, '')}${stderr}`,
    );
  };
  const of = await said(ledger);
  expect(of.map(text => text.slice(0, 2))).toEqual(['0 ', '0 ', '0 ']);
  expect(await said(copy)).toEqual(of);
});

test('rebuild recounts the archive, from the stored sums or from the records, and finds no difference', async () => {
  for (const options of [[], ['--from-records']]) {
    const { code, stdout } = await runCommand(rebuilding, ['rebuild', ledger, '--archive', folder, ...options]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing differed')]);
  }
  expect((await runCommand(rebuilding, ['rebuild', ledger, '--from-records'])).stderr).toContain(
    'together with --archive',
  );
});

test('the costs of archived intents are not replaced, and a ledger with an archive is not pruned', async () => {
  const applied = await runCommand(reconciling, ['reconcile', ledger, '--bill', bill, '--archive', folder, '--apply']);
  expect([applied.code, applied.stderr]).toEqual([
    1,
    expect.stringContaining('costs of archived intents cannot be replaced'),
  ]);
  expect((await runCommand(pruning, ['prune', ledger, '--older-than', '90d'])).stderr).toContain(
    'outcome-router archive',
  );
});

test('a folder without an archive, and the archive of another ledger, each give one error', async () => {
  expect((await runCommand(reporting, ['report', ledger, '--archive', directory])).stderr).toContain(
    'there is no archive',
  );
  const other = join(directory, 'other.db');
  const store = sqlite(other);
  await commitAll(store, [history('a', 'support', [decided(at(100))])]);
  await store.close();
  const { code, stderr } = await runCommand(reporting, ['report', other, '--archive', folder]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('the archive belongs to another ledger')]);
});

test('archive prints one JSON document on request', async () => {
  const { stdout } = await archive(ledger, '--older-than', '60d', '--to', folder, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ to: folder, intents: 15, records: 45 });
});
