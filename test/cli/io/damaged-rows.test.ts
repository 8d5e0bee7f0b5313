import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import * as replay from '../../../src/cli/commands/replay.ts';
import * as report from '../../../src/cli/commands/report.ts';
import type { RouterReport } from '../../../src/core/report/router-report.ts';
import { runCommand } from '../commands/run-command.ts';
import { sampleLedger } from '../sample-ledger.ts';

const { directory, ledger: whole } = sampleLedger();

/** A copy of the ledger in which statements have damaged rows. */
function damaged(name: string, ...statements: readonly string[]): string {
  const path = join(directory, name);
  copyFileSync(whole, path);
  const database = new DatabaseSync(path);
  for (const statement of statements) database.exec(statement);
  database.close();
  return path;
}

/** The output without the line with the name of the ledger, the options and the time. */
const figuresOf = (text: string): string => text.replace(/^.*, made at .*\n/, '');

const spoil = (where: string): string => `UPDATE ledger_8 SET json = substr(json, 2) WHERE seq = (${where})`;
const LATEST = "SELECT seq FROM ledger_8 WHERE feature = 'support.reply' AND revision = 0 ORDER BY at_ms DESC LIMIT 1";
const MIDDLE = 'SELECT min(seq) FROM ledger_8 WHERE revision = 1';

test('a report refuses damaged rows, and with --skip-damaged it leaves them out and says how many there are', async () => {
  const path = damaged(
    'report.db',
    spoil(LATEST),
    "UPDATE cells_8 SET sums = '{' WHERE id IN (SELECT id FROM cells_8 LIMIT 2)",
  );
  const refused = await runCommand(report, ['report', path]);
  expect([refused.code, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toContain('a row is damaged');
  const { code, stdout, stderr } = await runCommand(report, ['report', path, '--skip-damaged', '--json']);
  expect(code).toBe(0);
  const lines = stderr.trim().split('\n');
  expect(lines.at(-1)).toBe('3 damaged rows are left out.');
  expect(
    lines
      .slice(0, -1)
      .map(line => /left out: .*a row is damaged: (ledger|cells)/.exec(line)?.[1] ?? line)
      .sort((a, b) => a.localeCompare(b)),
  ).toEqual(['cells', 'cells', 'ledger']);
  const all = JSON.parse((await runCommand(report, ['report', whole, '--json'])).stdout) as RouterReport;
  const left = JSON.parse(stdout) as RouterReport;
  expect(left.features).toHaveLength(all.features.length);
  expect(left.intents).toBeLessThanOrEqual(all.intents);
});

test('a replay leaves out an intent’s records after a damaged one, and reports each damaged row once', async () => {
  const path = damaged('replay.db', spoil(LATEST), spoil(MIDDLE));
  expect((await runCommand(replay, ['replay', path])).code).toBe(1);
  const { code, stdout, stderr } = await runCommand(replay, ['replay', path, '--skip-damaged']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('support.reply')]);
  expect(stderr.match(/left out: /g)).toHaveLength(2);
  expect(stderr).toContain('2 damaged rows are left out.');
});

test('a baseline is estimated without damaged rows too', async () => {
  const path = damaged('baseline.db', spoil(MIDDLE));
  const args = ['report', path, '--baseline', 'premium', '--feature', 'support.reply'];
  expect((await runCommand(report, args)).code).toBe(1);
  const { code, stderr } = await runCommand(report, [...args, '--skip-damaged']);
  expect([code, stderr]).toEqual([0, expect.stringContaining('1 damaged row is left out.')]);
});

test('changes that the store has set aside count as a damaged row', async () => {
  const path = damaged('aside.db', "INSERT INTO journal (at_ms, changes) VALUES (1, 'x')");
  const refused = await runCommand(report, ['report', path]);
  expect([refused.code, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toContain('a row is damaged: journal (seq 1)');
  const { code, stdout, stderr } = await runCommand(report, ['report', path, '--skip-damaged']);
  expect([code, figuresOf(stdout)]).toEqual([0, figuresOf((await runCommand(report, ['report', whole])).stdout)]);
  expect(stderr).toMatch(/^left out: .*journal \(seq 1\).*\n1 damaged row is left out\.\n$/);
});

test('the option says nothing about a ledger without damaged rows', async () => {
  const { code, stdout, stderr } = await runCommand(report, ['report', whole, '--skip-damaged']);
  expect([code, stderr]).toEqual([0, '']);
  expect(figuresOf(stdout)).toBe(figuresOf((await runCommand(report, ['report', whole])).stdout));
});
