import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import * as exporting from '../../../src/cli/commands/export.ts';
import * as reconciling from '../../../src/cli/commands/reconcile.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { RoutedLedger } from './routed-ledger.ts';
import { routedLedger } from './routed-ledger.ts';
import { runCommand } from './run-command.ts';

let made: RoutedLedger;
beforeAll(async () => {
  made = await routedLedger();
  copyFileSync(made.ledger, original());
});

const file = (name: string): string => `${made.directory}/${name}`;
const bill = (): string => file('bill.csv');
/** The ledger as every test begins with it. */
const original = (): string => file('original.db');
const run = (...args: string[]) => runCommand(reconciling, ['reconcile', made.ledger, '--bill', bill(), ...args]);

beforeEach(async () => {
  for (const end of ['-wal', '-shm']) rmSync(`${made.ledger}${end}`, { force: true });
  copyFileSync(original(), made.ledger);
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

test('a bill by the hour matches after it was applied, in total where the prices divide it differently', async () => {
  raiseCosts();
  writeFileSync(bill(), readFileSync(bill(), 'utf8').replace('x_RequestId', 'x_Other'));
  const compare = async (...args: string[]) => run(...args);
  expect((await compare('--apply', '--config', made.config)).code).toBe(1);
  expect(await compare()).toMatchObject({ code: 0, stdout: expect.stringContaining('Compared by hour') });
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
  expect(empty.stderr).toContain(`--bill ${bill()}, line 1: the bill is empty`);
  rmSync(bill());
  const missing = await run();
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain(`argument '${bill()}' is invalid. There is no such file.`);
});

interface Use {
  readonly day: string;
  readonly model: string;
  readonly meter: string;
  readonly tokens: number;
  readonly usd: number;
}

/** What the ledger's own export has by day, model and meter. */
function byDay(): readonly Use[] {
  const sums = new Map<string, Use>();
  for (const row of parse<Record<string, string>>(readFileSync(bill(), 'utf8'), { columns: true })) {
    const [day = '', model = '', meter = ''] = [row['ChargePeriodStart']?.slice(0, 10), row['SkuId'], row['SkuMeter']];
    const key = [day, model, meter].join();
    const { tokens, usd } = sums.get(key) ?? { tokens: 0, usd: 0 };
    const [more, cost] = [Number(row['ConsumedQuantity']), Math.round(Number(row['EffectiveCost']) * 1e9)];
    sums.set(key, { day, model, meter, tokens: tokens + more, usd: usd + cost });
  }
  return [...sums.values()].map(use => ({ ...use, usd: use.usd / 1e9 }));
}

const nextDay = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
const seconds = (day: string): number => Date.parse(day) / 1000;

test('a FOCUS bill by the day with the ledger’s totals matches by day, and the text says why not by request', async () => {
  const rows = byDay().map(({ day, model, meter, tokens, usd }) =>
    [`${day}T00:00:00Z`, `${nextDay(day)}T00:00:00Z`, model, meter, usd.toFixed(9), tokens].join(','),
  );
  writeFileSync(
    bill(),
    ['ChargePeriodStart,ChargePeriodEnd,SkuId,SkuMeter,EffectiveCost,ConsumedQuantity', ...rows].join('\n'),
  );
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout).toContain(
    `Compared by day (${rows.length} items): the bill has no request ids that the ledger knows.`,
  );
  expect(stdout).toMatch(/total +│ +│ +[\d.]+ │ +[\d.]+ │ +0 │/);
  expect(stdout).not.toMatch(/bypassed|pruned|leak/);
});

test('OpenAI’s costs and Anthropic’s cost report are compared together as one bill, and match by day', async () => {
  const words: Readonly<Record<string, string>> = {
    'Input Tokens': 'input',
    'Cache Read Tokens': 'cached input',
    'Output Tokens': 'output',
  };
  const types: Readonly<Record<string, string>> = {
    'Input Tokens': 'uncached_input_tokens',
    'Cache Read Tokens': 'cache_read_input_tokens',
    'Cache Write Tokens 5m': 'cache_creation.ephemeral_5m_input_tokens',
    'Cache Write Tokens 1h': 'cache_creation.ephemeral_1h_input_tokens',
    'Output Tokens': 'output_tokens',
  };
  const isClaude = ({ model }: Use): boolean => model.startsWith('claude');
  const openai = byDay()
    .filter(use => !isClaude(use))
    .map(({ day, model, meter, usd }) => ({
      object: 'bucket',
      start_time: seconds(day),
      end_time: seconds(nextDay(day)),
      results: [
        {
          object: 'organization.costs.result',
          amount: { value: usd, currency: 'usd' },
          line_item: `${model}, ${words[meter]}`,
          project_id: 'proj_x',
        },
      ],
    }));
  const anthropic = byDay()
    .filter(isClaude)
    .map(({ day, model, meter, usd }) => ({
      starting_at: `${day}T00:00:00Z`,
      ending_at: `${nextDay(day)}T00:00:00Z`,
      results: [
        { currency: 'USD', amount: (usd * 100).toFixed(7), cost_type: 'tokens', model, token_type: types[meter] },
      ],
    }));
  const [costs, report] = [file('openai.json'), file('anthropic.json')];
  writeFileSync(costs, JSON.stringify({ object: 'page', data: openai, has_more: false, next_page: null }));
  writeFileSync(report, JSON.stringify({ data: anthropic, has_more: false }));
  const both = await runCommand(reconciling, ['reconcile', made.ledger, '--json', '--bill', costs, report]);
  const { reconciliation } = JSON.parse(both.stdout);
  expect([both.code, reconciliation.parts]).toEqual([0, []]);
  expect(reconciliation.matched.count).toBe(byDay().length);
  const one = await runCommand(reconciling, ['reconcile', made.ledger, '--bill', costs]);
  expect(one.code).toBe(0);
  expect(one.stdout).toMatch(/charges that another vendor bills +│ +\d+ │ -0\.\d+/);
});

test('opaque SKUs in thousands match once a map names them, and are listed until then', async () => {
  const head =
    'ChargePeriodStart,ChargePeriodEnd,BillingCurrency,SkuId,SkuMeter,PricingUnit,PricingQuantity,EffectiveCost';
  const skus = new Map<string, Use>();
  const rows = byDay().map((use, i) => {
    const sku = `DZH318Z0-${i}`;
    skus.set(sku, use);
    return [
      `${use.day}T00:00:00Z`,
      `${nextDay(use.day)}T00:00:00Z`,
      'EUR',
      sku,
      'AI unit',
      '1K',
      use.tokens / 1000,
      (use.usd / 2).toFixed(12),
    ].join();
  });
  writeFileSync(bill(), [head, ...rows].join('\n'));
  const euros = ['--usd-per', 'EUR=2'];
  expect((await run()).stderr).toContain('the bill is in EUR');
  const unmapped = await run(...euros);
  expect(unmapped.code).toBe(1);
  expect(unmapped.stdout).toContain('--map FILE');
  const map = file('map.csv');
  writeFileSync(
    map,
    ['sku,model,meter', ...[...skus].map(([sku, { model, meter }]) => `${sku},${model},${meter}`)].join('\n'),
  );
  const { code, stdout } = await run(...euros, '--map', map);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`Compared by day (${rows.length} items)`)]);
  writeFileSync(map, 'no map');
  expect((await run(...euros, '--map', map)).stderr).toContain(`--map ${map}`);
});

test('--only leaves other keys’ rows out, and other vendors’ charges are not compared, where the bill names no models', async () => {
  const total = (use: (each: Use) => boolean): number =>
    byDay().reduce((sum, each) => sum + (use(each) ? each.usd : 0), 0);
  const [{ day } = { day: '' }] = byDay();
  const amount = (value: number, project_id: string) => ({
    amount: { value, currency: 'usd' },
    line_item: null,
    project_id,
  });
  const results = [
    amount(Number(total(({ model }) => !model.startsWith('claude')).toFixed(9)), 'ours'),
    amount(5, 'theirs'),
  ];
  const until =
    byDay()
      .map(use => nextDay(use.day))
      .toSorted()
      .at(-1) ?? '';
  const data = [{ object: 'bucket', start_time: seconds(day), end_time: seconds(until), results }];
  writeFileSync(bill(), JSON.stringify({ object: 'page', data, has_more: false }));
  expect((await run()).code).toBe(1);
  const { code, stdout } = await run('--only', 'project_id=ours');
  expect(code).toBe(0);
  expect(stdout).toMatch(/other keys, projects or accounts than asked for \(--only\), or other features +│ +1 │ +5 │/);
  expect(stdout).toMatch(/charges that another vendor bills +│ +\d+ │ -/);
  expect((await run('--vendor', 'anthropic', '--only', 'project_id=ours')).code).toBe(1);
});

test('--feature compares only this feature’s rows of our own export, and refuses a bill that names no features', async () => {
  const { code, stdout } = await run('--feature', 'code.edit');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/or other features +│ +\d+ │ +0\.\d+ │/)]);
  expect(stdout).not.toContain('models that the ledger has no call of');
  const results = [{ amount: { value: 1, currency: 'usd' }, line_item: 'gpt-5, input' }];
  writeFileSync(bill(), JSON.stringify({ data: [{ start_time: 1_793_491_200, end_time: 1_793_577_600, results }] }));
  const refused = await run('--feature', 'code.edit');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('has the field x_FeatureTag')]);
});

test.each([
  [['--only', 'project'], 'column=value'],
  [['--vendor', 'opnai'], 'openai, anthropic'],
  [['--usd-per', 'EUR'], 'EUR=1.08'],
  [['--time-zone', 'Mars/Olympus'], 'a time zone'],
])('%j is refused with what would be accepted', async (args, accepted) => {
  const { code, stderr } = await run(...args);
  expect([code, stderr]).toEqual([1, expect.stringContaining(accepted)]);
});

test('`reconcile` without a bill says that it needs one', async () => {
  const none = await runCommand(reconciling, ['reconcile', made.ledger]);
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('--bill: there is no bill to compare')]);
});
