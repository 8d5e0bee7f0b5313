import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { PrintedReport } from '../../../src/cli/text/report-text.ts';
import { run } from '../../../src/cli/program.ts';
import type { RouterReport } from '../../../src/core/report/router-report.ts';
import { fromDecimalUsd } from '../../../src/core/ledger/money.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { commitAll } from '../../stores/histories.ts';
import { sampleLedger } from '../sample-ledger.ts';
import { runProgram } from './run-command.ts';
import { tenantHistories } from '../tenant-ledger.ts';

const { directory, ledger } = sampleLedger();

async function command(...args: readonly string[]) {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const status = await run(['report', ...args], '0.0.0');
    const text = (spy: typeof out): string => spy.mock.calls.map(([part]) => String(part)).join('');
    return { status, stdout: text(out), stderr: text(err) };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

test('`report` prints every feature with intervals, the largest total cost first', async () => {
  const { status, stdout } = await command(ledger);
  expect(status).toBe(0);
  expect(stdout.indexOf('support.reply')).toBeLessThan(stdout.indexOf('search.rewrite'));
  expect(stdout).toMatch(/support\.reply +│ +270 │ +\d\d\.\d % \(\d\d\.\d–\d\d\.\d\)/);
});

test('--json prints the report with exact totals', async () => {
  const report = JSON.parse((await command(ledger, '--json')).stdout) as RouterReport;
  expect(report.version).toBe(1);
  expect(report.intents).toBe(report.features.reduce((n, feature) => n + feature.intents, 0));
  expect(report.totalUsd).toMatch(/^\d+(\.\d+)?$/);
});

test('--feature and --since restrict the report', async () => {
  const report = JSON.parse(
    (await command(ledger, '--json', '--feature', 'support.reply', '--since', '10d')).stdout,
  ) as RouterReport;
  expect(report.features.map(feature => feature.feature)).toEqual(['support.reply']);
  expect(report.intents).toBeGreaterThan(120);
  expect(report.intents).toBeLessThan(150);
});

test('--against compares the report with the period before it', async () => {
  const { stdout } = await command(ledger, '--since', '10d', '--against', '11d');
  expect(stdout).toMatch(/Feature +│ +Before │ +Now │ +Difference │/);
  expect(stdout).toMatch(/– cost per intent +│ +\$[\d.]+ \([\d.–]+\) │ +\$[\d.]+ \([\d.–]+\) │ +−?\$/);
  const { trend, features } = JSON.parse(
    (await command(ledger, '--since', '10d', '--against', '11d', '--json')).stdout,
  ) as RouterReport;
  expect(trend?.features.map(({ feature }) => feature)).toEqual(features.map(({ feature }) => feature));
  // The ledger is 20 days long: no intent is in both periods, and none in neither.
  const all = JSON.parse((await command(ledger, '--json')).stdout) as RouterReport;
  const both = trend?.features.reduce((sum, { intents }) => sum + intents.before + intents.now, 0);
  expect(both).toBe(all.intents);
});

test('--baseline estimates the savings from the logged decisions, or gives the reason why it cannot', async () => {
  const { stdout } = await command(ledger, '--baseline', 'premium', '--feature', 'support.reply');
  expect(stdout).toContain('Saved against always premium');
  expect(stdout).toContain('Estimated from the recorded choices and their probabilities');
  const other = ['--baseline', 'frontier', '--json'];
  const { savings } = JSON.parse((await command(ledger, ...other)).stdout) as RouterReport;
  expect(savings?.features.every(saving => saving.kind === 'refused')).toBe(true);
  expect(savings?.total).toBeUndefined();
});

test('a month, a period and a number of days select the same intents if they mean the same time', async () => {
  const day = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
  const intents = async (...args: string[]) =>
    (JSON.parse((await command(ledger, '--json', ...args)).stdout) as RouterReport).intents;
  const all = await intents();
  expect((await intents('--to', day)) + (await intents('--from', day))).toBe(all);
  expect(await intents('--last', '25d')).toBe(all);
  expect(await intents('--month', '2020-01')).toBe(0);
});

test('a report on a period without intents is one sentence that names the last decision, and every output names the period', async () => {
  const { stdout } = await command(ledger, '--month', '2020-01');
  expect(stdout).toMatch(
    /^No intent was decided in this period \(2020-01-01 00:00 until 2020-02-01 00:00 UTC\); the last one of all was at \d{4}-\d\d-\d\d \d\d:\d\d UTC\.\n$/,
  );
  expect((await command(ledger, '--from', '2020-01-01')).stdout).toContain('Period: since 2020-01-01 00:00 UTC.');
  expect(JSON.parse((await command(ledger, '--json', '--from', '2020-01-01')).stdout)).toMatchObject({
    period: { fromMs: Date.UTC(2020, 0) },
  });
});

test('a period that begins inside a day of old statistics is printed as the period that was counted, with the reason, in every output', async () => {
  await runProgram(['maintain', ledger]);
  const DAY_MS = 86_400_000;
  const day = Math.floor(Date.now() / DAY_MS) - 17;
  const moment = (days: number): string => new Date((day + days) * DAY_MS).toISOString();
  const args = [ledger, '--from', moment(0.5), '--to', moment(1.5)];
  const [from, to] = [moment(0), moment(2)].map(time => `${time.slice(0, 10)} 00:00`);
  const counted = `; the figures cover ${from} until ${to} UTC, because older statistics are kept by day`;
  const whole = JSON.parse((await command(ledger, '--from', moment(0), '--to', moment(2), '--json')).stdout);
  const html = join(directory, 'covered.html');
  expect((await command(...args, '--html', html)).stdout).toContain(counted);
  expect((await command(...args, '--by', 'feature')).stdout).toContain(counted);
  expect(readFileSync(html, 'utf8')).toContain(counted);
  expect(JSON.parse((await command(...args, '--json')).stdout)).toMatchObject({
    intents: whole.intents,
    period: { fromMs: (day + 0.5) * DAY_MS, toMs: (day + 1.5) * DAY_MS },
    coveredPeriod: { fromMs: day * DAY_MS, toMs: (day + 2) * DAY_MS },
  });
  expect(whole).not.toHaveProperty('coveredPeriod');
  for (const by of [[], ['--by', 'feature']]) {
    const [head = '', ...rows] = (await command(...args, ...by, '--csv')).stdout.trim().split('\r\n');
    expect(head).toMatch(/^from,to,/u);
    for (const row of rows) expect(row.startsWith(`${moment(0)},${moment(2)},`)).toBe(true);
  }
  expect((await command(ledger, '--csv')).stdout.split('\r\n')[1]).toMatch(/^,,/u);
});

test('--by prints one row for each group, as a table, as JSON and as CSV', async () => {
  const path = join(directory, 'tenants.db');
  const store = sqlite(path);
  await commitAll(store, tenantHistories(Date.now()));
  await store.close();
  const { stdout } = await command(path, '--by', 'tenant');
  for (const tenant of ['acme', 'globex', 'initech']) expect(stdout).toMatch(new RegExp(`│ ${tenant} +│ +32 │`));
  const { breakdown, totalUsd } = JSON.parse((await command(path, '--by', 'tenant', '--json')).stdout) as PrintedReport;
  const [header = '', ...lines] = (await command(path, '--by', 'tenant', '--csv')).stdout.trim().split('\r\n');
  const columns = header.split(',');
  const totals = lines.map(line => line.split(',')[columns.indexOf('totalUsd')] ?? '');
  expect(totals).toEqual(breakdown?.groups.map(group => group.totalUsd));
  expect(totals.reduce((sum, usd) => sum + fromDecimalUsd(usd), 0n)).toBe(fromDecimalUsd(totalUsd));
});

test('--csv without --by has a row for each plan of each feature', async () => {
  const { features } = JSON.parse((await command(ledger, '--json')).stdout) as RouterReport;
  const lines = (await command(ledger, '--csv')).stdout.trim().split('\r\n');
  expect(lines).toHaveLength(1 + features.reduce((n, { plans }) => n + plans.length, 0));
});

test('--html also writes an HTML page', async () => {
  const file = join(directory, 'report.html');
  expect((await command(ledger, '--html', file)).status).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('<h2 id="feature-support.reply">');
  expect(readFileSync(file, 'utf8')).toContain(`<dt>Ledger</dt><dd>${ledger}</dd>`);
  expect((await command(ledger, '--html', file, '--from', '2020-01-01')).status).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('<dt>Period</dt><dd>since 2020-01-01 00:00 UTC</dd>');
});

test.each([
  [['no-such.db'], 'not a ledger: there is no such file'],
  [[ledger, '--since', 'yesterday'], '--since: "yesterday" is not a duration'],
  [[ledger, '--last', 'yesterday'], '--last: "yesterday" is not a duration'],
  [[ledger, '--by', 'tenant'], 'by: the ledger\'s intents have no "tenant" to be grouped by'],
  [[ledger, '--against', '7d'], '--against: there is no period to compare with'],
  [[ledger, '--since', '7d', '--against', 'soon'], '--against: "soon" is not a duration'],
  [
    [ledger, '--baseline', 'premum'],
    '--baseline: no intent of this ledger could have used the plan "premum", did you mean "premium"?',
  ],
  [[ledger, '--feature', 'nope'], '--feature: the ledger knows no feature "nope"'],
])('the mistake in %j gives one line on stderr', async (args, message) => {
  const { status, stderr } = await command(...args);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test.each([
  ['0', 'Not an amount in USD above 0.'],
  ['0,05', 'Not a number such as 0.0019, 1,000 or 70%.'],
])('the option --precision %s is refused', async (amount, message) => {
  const { status, stderr } = await command(ledger, '--precision', amount);
  expect(status).toBe(1);
  expect(stderr).toContain(`'${amount}' is invalid. ${message}`);
});

test('the estimated failures of intents without an outcome are printed beside the total, and equal a count from the records', async () => {
  const path = join(directory, 'unlabelled.db');
  const store = sqlite(path);
  await commitAll(store, tenantHistories(Date.now()));
  const known = new Map<string, { intents: number; labelled: number; failureUsd: number; spendUsd: number }>();
  const costs = new Map<string, number>();
  for await (const record of store.scan()) {
    const sums = known.get(record.feature) ?? { intents: 0, labelled: 0, failureUsd: 0, spendUsd: 0 };
    known.set(record.feature, sums);
    if (record.kind === 'decided') {
      sums.intents++;
      costs.set(record.intentId, record.failureCostNanoUsd / 1e9);
    }
    if (record.kind === 'attempted') sums.spendUsd += record.attempt.costNanoUsd / 1e9;
    if (record.kind === 'labelled') {
      sums.labelled++;
      sums.failureUsd += record.evidence.success === true ? 0 : (costs.get(record.intentId) ?? Number.NaN);
    }
  }
  await store.close();
  const { stdout } = await command(path, '--json');
  const report = JSON.parse(stdout) as RouterReport;
  let sum = 0;
  for (const { feature, unlabelledCost, totalCost, intents, costPerIntentUsd } of report.features) {
    const own = known.get(feature);
    if (own === undefined || unlabelledCost === undefined) throw new Error(`${feature} has no rows, or no estimate`);
    const missing = own.intents - own.labelled;
    const moreUsd = (missing * own.failureUsd) / own.labelled;
    sum += moreUsd;
    expect(unlabelledCost.intents).toBe(missing);
    expect(unlabelledCost.usd.value).toBeCloseTo(moreUsd, 9);
    expect(Number(totalCost.totalUsd)).toBeCloseTo(own.spendUsd + own.failureUsd, 9);
    expect(Number(totalCost.totalUsd) + moreUsd).toBeCloseTo(intents * costPerIntentUsd.value, 6);
  }
  expect(sum).toBeGreaterThan(0);
  expect(report.unlabelledCost?.usd.value).toBeCloseTo(sum, 9);
  expect((await command(path)).stdout).toContain(
    `Not in the total cost: failures of the 14 intents (14.6 %) without an outcome, about $${sum.toFixed(2)} (`,
  );
});

test('the number of missing outcomes is printed only if a precision is requested, which is the same for all features', async () => {
  const missing = (text: string): readonly string[] => text.match(/more outcomes? until .*/g) ?? [];
  expect(missing((await command(ledger)).stdout)).toEqual([]);
  const asked = missing((await command(ledger, '--precision', '0.01')).stdout);
  expect(asked.length).toBeGreaterThan(1);
  expect(new Set(asked)).toEqual(new Set(['more outcomes until the cost per intent is known to ±$0.010.']));
});
