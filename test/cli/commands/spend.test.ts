import { beforeAll, expect, test } from 'vitest';
import * as spend from '../../../src/cli/commands/spend.ts';
import { toDecimalUsd } from '../../../src/core/ledger/money.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { commitAll, NOON } from '../../stores/histories.ts';
import { tenantHistories } from '../tenant-ledger.ts';
import type { RoutedLedger } from './routed-ledger.ts';
import { routedLedger } from './routed-ledger.ts';
import { runCommand } from './run-command.ts';

let made: RoutedLedger;
beforeAll(async () => {
  made = await routedLedger();
});

const run = (...args: string[]) => runCommand(spend, ['spend', made.ledger, ...args]);

test('the spend of all days adds up to the provider’s bill, to the nano-dollar', async () => {
  const { total, features } = JSON.parse((await run('--json', '--days', '2')).stdout);
  const days = total.days.map(({ usd }: { usd: string }) => Math.round(Number(usd) * 1e9));
  expect(toDecimalUsd(days[0] + days[1])).toBe(toDecimalUsd(made.billNanoUsd));
  expect(features.map(({ feature }: { feature: string }) => feature).sort()).toEqual(['code.edit', 'support.reply']);
});

test('`spend` prints one table by feature and one by day, and no budgets without a configuration', async () => {
  const { stdout } = await run('--days', '1');
  expect(stdout).toContain('Projected month');
  expect(stdout).toContain(new Date().toISOString().slice(0, 10));
  expect(stdout).not.toContain('Budget of');
});

test('--config adds every budget with the spent fraction', async () => {
  const { budgets } = JSON.parse((await run('--json', '--config', made.config)).stdout);
  expect(budgets).toMatchObject([
    { feature: null, budgetUsd: 0.01, per: 'day' },
    { feature: 'support.reply', budgetUsd: 100, per: 'month' },
  ]);
  expect(budgets[0].spentFraction).toBeGreaterThan(1);
  expect((await run('--config', made.config)).stdout).toContain('$0.010 per day');
});

test('the days of a period are whole days of UTC, and their sum is that of the period', async () => {
  const path = `${made.directory}/tenants.db`;
  const store = sqlite(path);
  // 96 intents, one an hour, the last one at noon of 20 November.
  await commitAll(store, tenantHistories(NOON));
  await store.close();
  const spent = async (...args: string[]) =>
    JSON.parse((await runCommand(spend, ['spend', path, '--json', ...args])).stdout);
  const { total, period } = await spent('--from', '2026-11-18', '--to', '2026-11-20');
  expect(period).toEqual({ fromMs: Date.UTC(2026, 10, 18), toMs: Date.UTC(2026, 10, 20) });
  expect(total.days.map(({ day, intents }: { day: string; intents: number }) => [day, intents])).toEqual([
    ['2026-11-18', 24],
    ['2026-11-19', 24],
  ]);
  expect(total.periodIntents).toBe(48);
  // The whole month, from the first day with spend, by tenant: the same money.
  const month = await spent('--month', '2026-11', '--by', 'tenant');
  expect(month.features.map(({ feature }: { feature: string }) => feature).sort()).toEqual([
    'acme',
    'globex',
    'initech',
  ]);
  expect(month.total.periodIntents).toBe(96);
  expect(month.total.periodUsd).toBe((await spent('--month', '2026-11')).total.periodUsd);
  const csv = (await runCommand(spend, ['spend', path, '--csv', '--month', '2026-11', '--by', 'tenant'])).stdout;
  expect(csv).toMatch(/^tenant,day,lastDay,intents,usd\r\n/);
  expect(csv).toMatch(/\r\nacme,2026-11-17,,8,0\.\d+\r\n/);
});

test('features beyond the top four are summed in one column', async () => {
  const path = `${made.directory}/many.db`;
  const store = sqlite(path);
  const bucket = Math.floor(Date.now() / 3_600_000);
  for (let i = 1; i <= 8; i++) {
    const key = { scope: 'plan', feature: `feature-${i}`, segment: '', subject: 'mini', version: '', bucket } as const;
    const sums = { n: 1n, cost: BigInt(i) * 1_000_000_000n, estimatedCost: 1_000_000_000n };
    await store.correctCells(key.feature, [{ key, sums }], { id: key.feature });
  }
  await store.close();
  const { stdout } = await runCommand(spend, ['spend', '--db', path, '--days', '1']);
  // 8, 7, 6 and 5 have columns of their own.
  expect(stdout).toMatch(/feature-8 │ +feature-7 │ +feature-6 │ +feature-5 │ +4 others │ +total/);
  expect(stdout).toContain("$8.00 of this month's spend is an estimate");
  expect(stdout).toMatch(/\$10\.00 │ +\$36\.00/);
});

test.each(['0', '3,661', '1.5', '-1'])(
  '--days %s is refused, because the table has one row for each day',
  async days => {
    const { code, stderr } = await run(`--days=${days}`);
    expect(code).toBe(1);
    expect(stderr).toContain(`'--days <n>' argument '${days}' is invalid. Not a `);
  },
);

test('`spend` says of an empty ledger that it has no intents', async () => {
  const path = `${made.directory}/empty.db`;
  const store = sqlite(path);
  await store.features();
  await store.close();
  expect((await runCommand(spend, ['spend', path])).stdout).toBe('The ledger has no intents yet.\n');
});
