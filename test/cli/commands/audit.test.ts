import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as audit from '../../../src/cli/commands/audit.ts';
import * as report from '../../../src/cli/commands/report.ts';
import type { RouterReport } from '../../../src/core/report/router-report.ts';
import type { AuditSample } from '../../../src/analysis/audit.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { runCommand } from './run-command.ts';
import { sampleLedger } from '../sample-ledger.ts';

const { directory, ledger } = sampleLedger();

const run = async (...args: readonly string[]) => runCommand(audit, ['audit', ledger, ...args]);

test('a script can read the sample as JSON, and the labels it records are in the next report', async () => {
  const sample = JSON.parse((await run('--feature', 'support.reply', '--json')).stdout) as AuditSample;
  expect(sample.drawn).toBeGreaterThan(3);
  const labels = sample.unlabelled.slice(0, 3).map(item => `${item.intentId}=failure`);
  expect(await run('--label', ...labels)).toMatchObject({
    code: 0,
    stdout: '3 intents are labelled; the next report includes them.\n',
  });
  const printed = await runCommand(report, ['report', ledger, '--json', '--feature', 'support.reply']);
  const { features } = JSON.parse(printed.stdout) as RouterReport;
  expect(features[0]?.audit?.audited).toBeGreaterThan(0);
  const next = JSON.parse((await run('--feature', 'support.reply', '--json')).stdout) as AuditSample;
  expect([next.audited, next.unlabelled.length]).toEqual([3, sample.unlabelled.length - 3]);
});

test('without a terminal `audit` lists the sample', async () => {
  const { stdout } = await run('--feature', 'support.reply', '--fraction', '20%');
  expect(stdout).toMatch(/^\d+ of 270 intents are drawn, \d+ of them are labelled\./);
});

test('if one label is for an unknown intent, none of the labels is written', async () => {
  const sample = JSON.parse((await run('--feature', 'search.rewrite', '--json')).stdout) as AuditSample;
  const { code, stderr } = await run('--label', `${sample.unlabelled[0]?.intentId}=success`, 'nosuch=success');
  expect(code).toBe(1);
  expect(stderr).toContain('--label: no intent has the id "nosuch"');
  const next = JSON.parse((await run('--feature', 'search.rewrite', '--json')).stdout) as AuditSample;
  expect(next.audited).toBe(sample.audited);
});

test('an audit of a ledger without intents fails with an error that says so', async () => {
  const path = join(directory, 'empty.db');
  const store = sqlite(path);
  await store.features();
  await store.close();
  const { code, stderr } = await runCommand(audit, ['audit', path]);
  expect(code).toBe(1);
  expect(stderr).toContain('--feature: the ledger has no intents yet');
});

test.each([
  [[], '--feature: the ledger has several features'],
  [['--feature', 'nope'], 'the ledger knows no feature "nope"'],
  [['--feature', 'support.reply', '--fraction', '0'], '--fraction: "0" is not a fraction of the intents'],
  [['--label', 'x'], '--label: "x" is not a label'],
  [['--label', 'x=toString'], '--label: "x=toString" is not a label'],
  [['--label', 'x=success'], 'no intent has the id "x"'],
])('the mistake in %j fails with an error that names the option', async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
