import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';
import * as copying from '../../../src/cli/commands/copy.ts';
import * as exporting from '../../../src/cli/commands/export.ts';
import * as forgetting from '../../../src/cli/commands/forget.ts';
import * as importing from '../../../src/cli/commands/import.ts';
import { readBill } from '../../../src/exports/bill/bill.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { commitAll, decided, history } from '../../stores/histories.ts';
import { priced } from '../../exports/bill/bills.ts';
import type { RoutedLedger } from './routed-ledger.ts';
import { routedLedger } from './routed-ledger.ts';
import { runCommand } from './run-command.ts';

let made: RoutedLedger;
beforeAll(async () => {
  made = await routedLedger();
});

const run = (...args: string[]) => runCommand(exporting, ['export', ...args]);
const file = (name: string): string => `${made.directory}/${name}`;

async function total(path: string): Promise<bigint> {
  let sum = 0n;
  for await (const { cost } of readBill([readFileSync(path, 'utf8')])) sum += cost ?? 0n;
  return sum / 10n ** 9n;
}

test.each(['1.3', '1.4'])(
  'the rows of FOCUS %s add up to the provider’s own bill, to the nano-dollar',
  async version => {
    const out = file(`bill-${version}.csv`);
    const { code, stdout } = await run(
      '--format',
      'focus',
      '--focus-version',
      version,
      '--db',
      made.ledger,
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ rows of a FOCUS bill in /);
    expect(await total(out)).toBe(made.billNanoUsd);
    expect(readFileSync(out, 'utf8').includes('PublisherName')).toBe(version === '1.3');
  },
);

test('a FOCUS export names the vendors and contains the given billing accounts', async () => {
  const out = file('accounts.csv');
  const accounts = ['--account', 'org-every', 'anthropic=acct-7'];
  await run('--format', 'focus', made.ledger, '--config', made.config, '--out', out, ...accounts);
  const lines = readFileSync(out, 'utf8').trim().split('\n').slice(1);
  expect(lines.filter(line => line.includes('claude')).every(line => line.includes(',acct-7,'))).toBe(true);
  expect(lines.filter(line => line.includes('gpt-5')).every(line => line.includes(',org-every,'))).toBe(true);
  expect(lines[0]).toContain(',OpenAI API,OpenAI,');
});

test('`export` without options prints the whole ledger as JSON lines, with a header and an end line', async () => {
  const { stdout } = await run(made.ledger);
  const lines = stdout.trim().split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kind: 'header', format: 'outcome-router/ledger' });
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ kind: 'end', records: lines.length - 2 });
});

test('--from, --to and --feature restrict the export, and the command says that a partial export cannot be imported', async () => {
  const out = file('part.jsonl');
  const { stdout } = await run(made.ledger, '--from', '2020-01-01', '--feature', 'code.edit', '--out', out);
  expect(stdout).toContain('cannot be imported');
  const text = readFileSync(out, 'utf8');
  expect(text).toContain('"feature":"code.edit"');
  expect(text).not.toContain('support.reply');
  const none = await run(made.ledger, '--to', '2020-01-01', '--out', out, '--json');
  expect(JSON.parse(none.stdout)).toMatchObject({ rows: 0, range: { toMs: Date.UTC(2020, 0, 1) } });
});

test('a damaged record ends the export with an error that names it, and --skip-damaged leaves its whole intent out', async () => {
  const path = file('damaged.db');
  copyFileSync(made.ledger, path);
  const whole = (await run(path)).stdout.trim().split('\n').length;
  const database = new DatabaseSync(path);
  database.exec('UPDATE ledger_8 SET json = substr(json, 2) WHERE seq = 3');
  database.close();
  const refused = await run(path, '--out', file('damaged.jsonl'));
  expect([refused.code, existsSync(file('damaged.jsonl'))]).toEqual([1, false]);
  expect(refused.stderr).toMatch(/a row is damaged: ledger \(intent ".+", revision \d+\)/);
  const { code, stdout, stderr } = await run(path, '--skip-damaged');
  expect(stderr).toMatch(
    /^damaged: .*a row is damaged.*\n1 intent with a damaged record is left out: (\d+) records\.\n$/,
  );
  const left = Number(/left out: (\d+)/.exec(stderr)?.[1]);
  expect(left).toBeGreaterThan(1);
  expect([code, stdout.trim().split('\n').length]).toEqual([0, whole - left]);
  const written = await run(path, '--skip-damaged', '--json', '--out', file('left.jsonl'));
  expect(JSON.parse(written.stdout)).toMatchObject({ rows: whole - left - 2, leftOut: { intents: 1, records: left } });
});

test('changes that the store has set aside also end the export, and --skip-damaged writes the rest of the ledger', async () => {
  const path = file('aside.db');
  copyFileSync(made.ledger, path);
  const database = new DatabaseSync(path);
  database.exec("INSERT INTO journal (at_ms, changes) VALUES (1, 'x')");
  database.close();
  const refused = await run(path);
  expect([refused.code, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toContain('a row is damaged: journal (seq 1)');
  const { code, stdout, stderr } = await run(path, '--skip-damaged');
  expect([code, stdout]).toEqual([0, (await run(made.ledger)).stdout]);
  expect(stderr).toMatch(/^damaged: .*journal \(seq 1\)/);
});

test('an unknown feature fails with an error instead of an empty export', async () => {
  const { code, stderr } = await run(made.ledger, '--feature', 'suport.reply');
  expect(code).toBe(1);
  expect(stderr).toContain('--feature: the ledger knows no feature "suport.reply"');
});

test('a ledger is exported without its configuration, and the command names the models whose unit prices are not known', async () => {
  const path = file('unknown.db');
  const store = sqlite(path);
  const atMs = Date.UTC(2026, 10, 20);
  await commitAll(store, [history('i', 'f', [decided(atMs), priced(atMs, 'mini')])]);
  await store.close();
  const out = file('unknown.csv');
  const { code, stdout } = await run('--format', 'focus', path, '--out', out);
  expect(code).toBe(0);
  expect(stdout).toContain('The price of mini-1 is not known here');
  const [attempted] = (await Array.fromAsync(sqlite(path).scan({ kind: 'attempted' }))).filter(
    record => record.kind === 'attempted',
  );
  expect(await total(out)).toBe(BigInt(attempted?.attempt.costNanoUsd ?? -1));
  const printed = JSON.parse((await run('--format', 'focus', path, '--out', out, '--json')).stdout);
  expect(printed).toMatchObject({ rows: 1, withoutPrice: ['mini-1'] });
});

test('a bill on stdout is printed whole, or not at all where a record is damaged', async () => {
  const { code, stdout } = await run('--format', 'focus', made.ledger);
  expect(code).toBe(0);
  const printed = file('printed.csv');
  writeFileSync(printed, stdout);
  expect(await total(printed)).toBe(made.billNanoUsd);
  const path = file('damaged-bill.db');
  copyFileSync(made.ledger, path);
  const database = new DatabaseSync(path);
  database.exec('UPDATE ledger_8 SET json = substr(json, 2) WHERE seq = 40');
  database.close();
  expect(await run('--format', 'focus', path)).toMatchObject({ code: 1, stdout: '' });
});

/** The same ledger as it was written by a version that did not record rates. */
function withoutRates(name: string): string {
  const path = file(name);
  copyFileSync(made.ledger, path);
  const database = new DatabaseSync(path);
  database.exec("UPDATE ledger_8 SET json = json_remove(json, '$.attempt.rates')");
  database.close();
  return path;
}

test('a bill without a configuration has the unit prices that were in force, whatever the price book says', async () => {
  const out = file('recorded.csv');
  const bare = file('bare.csv');
  const { stdout } = await run('--format', 'focus', made.ledger, '--out', out);
  expect(stdout).not.toMatch(/adjustment|not known/);
  await run('--format', 'focus', withoutRates('bare.db'), '--config', made.config, '--out', bare);
  const columns = [
    'EffectiveCost',
    'ListUnitPrice',
    'ListCost',
    'ContractedUnitPrice',
    'SkuPriceId',
    'PricingQuantity',
  ];
  const rowsOf = (path: string) => {
    const [head = '', ...rows] = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map(line => line.split(','));
    return rows.map(row => columns.map(name => row[head.indexOf(name)]));
  };
  expect(rowsOf(out)).toEqual(rowsOf(bare));
  expect(rowsOf(out).every(row => Number(row[1]) > 0)).toBe(true);
  expect(await total(out)).toBe(made.billNanoUsd);
});

test('charges of a ledger without rates that the current prices do not explain are reported as adjustments', async () => {
  const config = file('raised.json');
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
  const models = {
    mini: { provider: 'openai', model: 'gpt-5-mini', price },
    premium: { provider: 'openai', model: 'gpt-5' },
    opus: { provider: 'anthropic', model: 'claude-opus-4-5' },
  };
  writeFileSync(config, JSON.stringify({ models, features: {} }));
  const out = file('raised.csv');
  const { stdout } = await run('--format', 'focus', withoutRates('old.db'), '--config', config, '--out', out);
  expect(stdout).toMatch(/are adjustments, -?0\.\d+ USD in total/);
  expect(await total(out)).toBe(made.billNanoUsd);
});

test('a range that ends before it begins fails, and no file is written', async () => {
  const out = file('backwards.csv');
  const range = ['--from', '2026-11-30', '--to', '2026-11-01'];
  const { code, stderr } = await run(made.ledger, '--format', 'focus', '--out', out, ...range);
  expect(code).toBe(1);
  expect(stderr).toContain('the range from 2026-11-30 00:00 to 2026-11-01 00:00 UTC is empty');
  expect(existsSync(out)).toBe(false);
});

test('the rates are in the ledger: a copy and an import give the same bill without a configuration, and forgetting a person loses no price', async () => {
  const bill = async (ledger: string): Promise<string> => (await run('--format', 'focus', ledger)).stdout;
  const before = await bill(made.ledger);
  const copied = file('copied.db');
  expect((await runCommand(copying, ['copy', made.ledger, copied])).code).toBe(0);
  expect(await bill(copied)).toBe(before);
  const lines = file('whole.jsonl');
  await run(made.ledger, '--out', lines);
  const imported = file('imported.db');
  expect((await runCommand(importing, ['import', lines, imported])).code).toBe(0);
  expect(await bill(imported)).toBe(before);
  const store = sqlite(copied);
  const [intent = ''] = await store.intents({ feature: 'code.edit', limit: 1 });
  await store.close();
  expect((await runCommand(forgetting, ['forget', copied, '--intent', intent])).code).toBe(0);
  const rest = before.split('\n').filter(line => !line.includes(intent));
  expect(await bill(copied)).toBe(rest.join('\n'));
});
