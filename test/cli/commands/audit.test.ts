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

test('an auditor sees neither plan nor model nor cost, in the sample or in the questions', async () => {
  const { unlabelled } = JSON.parse((await run('--feature', 'support.reply', '--json')).stdout) as AuditSample;
  expect(unlabelled.length).toBeGreaterThan(0);
  for (const item of unlabelled)
    expect(['decidedAtMs', 'feature', 'intentId', 'session']).toEqual(expect.arrayContaining(Object.keys(item)));
});

test('a sample of 1 or more without a percent sign is refused with both spellings, because it may mean a percentage or all intents', async () => {
  const { code, stderr } = await run('--feature', 'support.reply', '--fraction', '1');
  expect(code).toBe(1);
  expect(stderr).toContain('1 may be 1 %, or all of them. Write 1%, or 0.01.');
  const drawn = async (fraction: string) =>
    (JSON.parse((await run('--feature', 'support.reply', '--fraction', fraction, '--json')).stdout) as AuditSample)
      .drawn;
  expect(await drawn('20%')).toBe(await drawn('0.2'));
  expect(await drawn('20 %')).toBe(await drawn('0.2'));
});

test('if one label is for an unknown intent, none of the labels is written', async () => {
  const sample = JSON.parse((await run('--feature', 'search.rewrite', '--json')).stdout) as AuditSample;
  const { code, stderr } = await run('--label', `${sample.unlabelled[0]?.intentId}=success`, 'nosuch=success');
  expect(code).toBe(1);
  expect(stderr).toContain('--label: no intent has the id "nosuch"');
  const next = JSON.parse((await run('--feature', 'search.rewrite', '--json')).stdout) as AuditSample;
  expect(next.audited).toBe(sample.audited);
});

test('only intents of the sample and of its feature are labelled, and every label can be withdrawn', async () => {
  const idsOf = async (...args: string[]) =>
    (JSON.parse((await run('--json', ...args)).stdout) as AuditSample).unlabelled.map(({ intentId }) => intentId);
  const drawn = new Set(await idsOf('--feature', 'search.rewrite'));
  const wider = await idsOf('--feature', 'search.rewrite', '--fraction', '50%');
  const other = wider.find(id => !drawn.has(id)) ?? '';
  const [first = ''] = drawn;
  expect((await run('--label', `${other}=success`)).stderr).toContain('is not in the random sample of 5.0 %');
  expect((await run('--feature', 'support.reply', '--label', `${first}=success`)).stderr).toContain(
    `the intent "${first}" belongs to the feature "search.rewrite"`,
  );
  expect(await idsOf('--feature', 'search.rewrite')).toContain(first);
  expect((await run('--fraction', '50%', '--label', `${other}=success`)).code).toBe(0);
  expect((await run('--label', `${other}=none`)).code).toBe(0);
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
  [['--feature', 'support.reply', '--fraction', '0'], 'Nothing would be drawn.'],
  [['--label', 'x'], '--label: "x" is not a label'],
  [['--label', 'x=toString'], '--label: "x=toString" is not a label'],
  [['--label', 'x=success'], 'no intent has the id "x"'],
])('the mistake in %j fails with an error that names the option', async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

test('two raters’ agreement is printed with its interval', async () => {
  const { unlabelled } = JSON.parse(
    (await run('--feature', 'search.rewrite', '--fraction', '50%', '--json')).stdout,
  ) as AuditSample;
  const ids = unlabelled.slice(0, 10).map(({ intentId }) => intentId);
  const labelBy = async (rater: string, ...labels: string[]) =>
    run('--fraction', '50%', '--rater', rater, '--label', ...labels);
  await labelBy('ann', ...ids.map((id, i) => `${id}=${i < 5 ? 'success' : 'failure'}`));
  expect((await run('--feature', 'search.rewrite', '--agreement')).stdout).toContain('No two raters');
  await labelBy('bob', ...ids.map((id, i) => `${id}=${i < 4 ? 'success' : 'failure'}`));
  expect((await run('--feature', 'search.rewrite', '--agreement')).stdout).toMatch(
    /│ ann and bob │ +10 │ +90\.0 % │ +0\.80 \(/,
  );
});
