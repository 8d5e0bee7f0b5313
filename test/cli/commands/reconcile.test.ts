import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as exporting from '../../../src/cli/commands/export.ts';
import * as reconciling from '../../../src/cli/commands/reconcile.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { RoutedLedger } from './routed-ledger.ts';
import { routedLedger } from './routed-ledger.ts';
import { runCommand } from './run-command.ts';

let made: RoutedLedger;
beforeAll(async () => {
  made = await routedLedger();
});
afterAll(() => rmSync(made.directory, { recursive: true }));

const file = (name: string): string => `${made.directory}/${name}`;
const bill = (): string => file('bill.csv');
const run = (...args: string[]) => runCommand(reconciling, ['reconcile', made.ledger, '--focus', bill(), ...args]);

beforeEach(async () => {
  await runCommand(exporting, ['export', made.ledger, '--format', 'focus', '--focus-version', '1.4', '--out', bill()]);
});

/** Raises the effective cost of every row of the bill by 10 %. */
function raiseCosts(): void {
  const [head = '', ...rows] = readFileSync(bill(), 'utf8').trim().split('\n');
  const columns = head.split(',');
  const index = columns.indexOf('EffectiveCost');
  const changed = rows.map(row =>
    row
      .split(',')
      .map((field, i) => (i === index ? raisedBy10(field) : field))
      .join(','),
  );
  writeFileSync(bill(), `${[head, ...changed].join('\n')}\n`);
}

function raisedBy10(usd: string): string {
  const nano = Math.round(Number(usd) * 1e9);
  return ((nano + Math.round(nano / 10)) / 1e9).toFixed(9);
}

async function spent(): Promise<bigint> {
  const store = sqlite(made.ledger);
  let sum = 0n;
  for (const feature of await store.features())
    for (const { key, sums } of await store.cells(feature)) if (key.scope === 'plan') sum += sums.cost ?? 0n;
  await store.close();
  return sum;
}

test('the FOCUS export of a ledger reconciles with the ledger and with the provider’s bill, to the nano-dollar', async () => {
  const { code, stdout } = await run('--json');
  expect(code).toBe(0);
  const { reconciliation } = JSON.parse(stdout);
  expect(reconciliation).toMatchObject({
    billedNanoUsd: made.billNanoUsd.toString(),
    ledgerNanoUsd: made.billNanoUsd.toString(),
    different: { count: 0 },
    missingInBill: { count: 0 },
    missingInLedger: { count: 0 },
    drift: [],
  });
});

test('the exit code is 1 if something differs, unless --allow-differences is given', async () => {
  expect((await run()).code).toBe(0);
  raiseCosts();
  expect((await run()).code).toBe(1);
  expect((await run('--allow-differences')).code).toBe(0);
});

test('a different price is shown by model and meter, with the quantity ratio of 1', async () => {
  raiseCosts();
  const { stdout } = await run();
  expect(stdout).toMatch(/claude-opus-4-5 +│ Output Tokens +│.*×1\.1\d* │ +×1\.000000 │ +×1\.1/);
  expect(stdout).toContain('Different costs, the 10 largest of');
});

test('rows that are only on the bill or only in the ledger are listed separately', async () => {
  const lines = readFileSync(bill(), 'utf8').trim().split('\n');
  const foreign = (lines[1] ?? '').replaceAll('gpt-5-mini', 'gpt-9');
  writeFileSync(bill(), `${[lines[0], ...lines.slice(2), foreign].join('\n')}\n`);
  const { code, stdout } = await run();
  expect(code).toBe(1);
  expect(stdout).toMatch(/only on the bill +│ +1 │/);
  expect(stdout).toMatch(/only in the ledger +│ +1 │/);
  expect(stdout).toContain('gpt-9');
});

test('--apply without --config is refused where an intent is pending that silence may still label', async () => {
  raiseCosts();
  const before = await spent();
  const { code, stderr } = await run('--apply');
  expect(code).toBe(1);
  expect(stderr).toContain('--apply: some intents are still pending');
  expect(await spent()).toBe(before);
});

test('--apply prints its effect before it replaces the ledger’s costs, and changes nothing the second time', async () => {
  raiseCosts();
  const store = sqlite(made.ledger);
  const waiting = await store.claimDue(Number.MAX_SAFE_INTEGER, 100, 0);
  await store.close();
  const { code, stdout } = await run('--apply', '--config', made.config);
  expect(code).toBe(1);
  expect(stdout.indexOf('Applying the bill replaces')).toBeLessThan(stdout.indexOf('Applied to'));
  const again = JSON.parse((await run('--apply', '--json', '--config', made.config)).stdout);
  expect(again.planned).toEqual({ attempts: 0, intents: 0, differenceNanoUsd: '0' });
  expect((await spent()).toString()).toBe(again.reconciliation.billedNanoUsd);
  const after = sqlite(made.ledger);
  expect(await after.claimDue(Number.MAX_SAFE_INTEGER, 100, 0)).toEqual(waiting);
  await after.close();
});

test('an invalid bill fails with an error that gives the line number', async () => {
  writeFileSync(bill(), 'EffectiveCost,ChargePeriodStart\n1,yesterday\n');
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain('line 2: ChargePeriodStart "yesterday" is not a time');
});

test('a bill that is empty or does not exist fails with an error that names the file', async () => {
  writeFileSync(bill(), '');
  const empty = await run();
  expect({ code: empty.code, stdout: empty.stdout }).toEqual({ code: 1, stdout: '' });
  expect(empty.stderr).toContain(`--focus ${bill()}, line 1: the bill is empty`);
  rmSync(bill());
  const missing = await run();
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain(`argument '${bill()}' is invalid. There is no such file.`);
});
