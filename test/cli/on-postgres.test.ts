import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { askServer, describeOnPostgres, newSchema, postgresUrl } from '../support/postgres.ts';
import type { RoutedLedger } from './commands/routed-ledger.ts';
import { routedLedger } from './commands/routed-ledger.ts';
import type { Ran } from './commands/run-command.ts';
import { runProgram } from './commands/run-command.ts';

/** The server trusts everyone on loopback, so any password opens it. */
const PASSWORD = 'sEcReT-pAsSwOrD';

describeOnPostgres('commands on a ledger in PostgreSQL', () => {
  let made: RoutedLedger;
  let address: string;
  const file = (name: string): string => join(made.directory, name);

  beforeAll(async () => {
    made = await routedLedger();
    const url = new URL(await postgresUrl());
    url.password = PASSWORD;
    url.searchParams.set('schema', newSchema());
    address = url.href;
  });

  async function runOn(ledger: string, args: readonly string[]): Promise<Ran> {
    const ran = await runProgram(args.map(arg => (arg === 'LEDGER' ? ledger : arg)));
    for (const text of [ran.stdout, ran.stderr]) expect(text).not.toContain(PASSWORD);
    return ran;
  }

  test('copy moves the whole ledger, and the copy is equal to the integer', async () => {
    copyFileSync(made.ledger, file('kept.db'));
    const first = JSON.parse(
      (await runOn(address, ['copy', made.ledger, 'LEDGER', '--json', '--config', made.config])).stdout,
    );
    expect(first.added).toBeGreaterThan(0);
    expect(first.records).toBe(first.added);
    expect(first.cells).toBeGreaterThan(0);
    const again = await runOn(address, ['copy', made.ledger, 'LEDGER']);
    expect(again.stdout).toContain('0 records were read from');
    expect(again.stdout).toContain('0 of them are new in postgres://postgres@127.0.0.1');
    rmSync(first.cursorFile);
  });

  test.each([
    ['report'],
    ['report', '--baseline', 'premium'],
    ['report', '--by', 'session'],
    ['intents', '--failed'],
    ['spend'],
    ['replay'],
    ['export', '--format', 'focus'],
    ['controls'],
    ['rebuild'],
    ['maintain'],
  ])('%s %s prints the same as on a file', async (...args) => {
    const [onFile, onServer] = [
      await runOn(file('kept.db'), [args[0] ?? '', 'LEDGER', ...args.slice(1)]),
      await runOn(address, [args[0] ?? '', 'LEDGER', ...args.slice(1)]),
    ];
    const named = ({ stdout }: Ran, name: string): string =>
      stdout.replaceAll(name, 'LEDGER').replaceAll(/made at .* UTC/g, 'made at a time');
    expect(onServer.code).toBe(0);
    expect(named(onServer, shown())).toBe(named(onFile, file('kept.db')));
  });

  const shown = (): string => address.replace(`:${PASSWORD}`, '');

  test('a user who may only read, as on a standby, gets every report', async () => {
    const ask = await askServer();
    const { searchParams } = new URL(address);
    const schema = searchParams.get('schema') ?? '';
    await ask(
      `CREATE ROLE "${schema}" LOGIN; ALTER ROLE "${schema}" SET default_transaction_read_only = on;
       GRANT USAGE ON SCHEMA "${schema}" TO "${schema}"; GRANT SELECT ON ALL TABLES IN SCHEMA "${schema}" TO "${schema}"`,
    );
    const reading = Object.assign(new URL(address), { username: schema }).href;
    for (const args of [['report'], ['spend'], ['replay'], ['export'], ['export', '--format', 'focus'], ['controls']])
      expect(await runOn(reading, [args[0] ?? '', 'LEDGER', ...args.slice(1)])).toMatchObject({ code: 0 });
    const refused = await runOn(reading, ['disable', 'mini', 'LEDGER']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/read replica|permission denied/)]);
    await ask(`DROP OWNED BY "${schema}"; DROP ROLE "${schema}"`);
  });

  test('an export from PostgreSQL can be imported into a file, and an export from a file into PostgreSQL', async () => {
    expect(await runOn(address, ['export', 'LEDGER', '--out', file('all.jsonl')])).toMatchObject({ code: 0 });
    expect(await runOn(address, ['import', file('all.jsonl'), file('back.db')])).toMatchObject({ code: 0 });
    const other = `${address}_2`;
    const imported = await runOn(other, ['import', file('all.jsonl'), 'LEDGER', '--json']);
    expect(JSON.parse(imported.stdout)).toMatchObject({ ledger: `${shown()}_2` });
    await runOn(other, ['export', 'LEDGER', '--out', file('again.jsonl')]);
    const lines = (name: string): readonly string[] => readFileSync(file(name), 'utf8').split('\n').toSorted();
    expect(lines('again.jsonl')).toEqual(lines('all.jsonl'));
    // Once more adds nothing.
    expect(await runOn(other, ['import', file('all.jsonl'), 'LEDGER'])).toMatchObject({ code: 0 });
    await runOn(other, ['export', 'LEDGER', '--out', file('twice.jsonl')]);
    expect(lines('twice.jsonl')).toEqual(lines('all.jsonl'));
  });

  test('a truncated export creates no ledger in a schema, and the whole one can be imported there afterwards', async () => {
    const lines = readFileSync(file('all.jsonl'), 'utf8').trim().split('\n');
    writeFileSync(file('cut.jsonl'), `${lines.slice(0, -5).join('\n')}\n`);
    const cut = await runOn(`${address}_3`, ['import', file('cut.jsonl'), 'LEDGER']);
    expect([cut.code, cut.stderr]).toEqual([1, expect.stringMatching(/cut\.jsonl, line \d+: the export is cut off/)]);
    expect((await runOn(`${address}_3`, ['report', 'LEDGER'])).stderr).toContain('there is no ledger in the schema');
    expect(await runOn(`${address}_3`, ['import', file('all.jsonl'), 'LEDGER'])).toMatchObject({ code: 0 });
  });

  test('a bill is reconciled and applied, labels are written, and a model is switched off', async () => {
    await runOn(address, ['export', 'LEDGER', '--format', 'focus', '--out', file('bill.csv')]);
    const bill = ['reconcile', 'LEDGER', '--bill', file('bill.csv')];
    expect(await runOn(address, bill)).toMatchObject({ code: 0 });
    writeDoubled(file('bill.csv'));
    const apply = [...bill, '--apply', '--config', made.config];
    expect((await runOn(address, apply)).stdout).toContain('Applied to');
    const { planned } = JSON.parse((await runOn(address, [...apply, '--json'])).stdout);
    expect(planned).toEqual({ attempts: 0, intents: 0, differenceNanoUsd: '0' });
    const audit = ['audit', 'LEDGER', '--feature', 'code.edit', '--fraction', '100%'];
    const sample = JSON.parse((await runOn(address, [...audit, '--json'])).stdout);
    expect(sample.drawn).toBeGreaterThan(0);
    const [{ intentId }] = sample.unlabelled;
    expect((await runOn(address, [...audit, '--label', `${intentId}=success`])).stdout).toContain('1 intents');
    expect((await runOn(address, ['disable', 'mini', 'LEDGER'])).stdout).toContain(`in every process on ${shown()}`);
    expect((await runOn(address, ['controls', 'LEDGER'])).stdout).toContain('mini is switched off');
    expect((await runOn(address, ['rebuild', 'LEDGER'])).stdout).toContain('Nothing differed');
  });

  test('after a copy back to a file, pruned intents are in the statistics of both sides', async () => {
    expect((await runOn(address, ['prune', 'LEDGER', '--older-than', '1ms', '--json'])).code).toBe(0);
    const copied = await runOn(address, ['copy', 'LEDGER', file('pruned.db'), '--json']);
    expect(JSON.parse(copied.stdout)).toMatchObject({ from: shown(), to: file('pruned.db') });
    expect((await runOn(file('pruned.db'), ['rebuild', 'LEDGER'])).stdout).toContain('Nothing differed');
  });

  test.each([
    ['a server that does not answer', (url: URL) => void (url.port = '1')],
    ['no such database', (url: URL) => void (url.pathname = '/none')],
    ['no ledger', (url: URL) => url.searchParams.set('schema', newSchema())],
    ['a schema that cannot be', (url: URL) => url.searchParams.set('schema', 'No Name')],
    ['a port that cannot be', (url: URL) => void (url.host = 'host:port')],
  ])('%s is one line on stderr, without the password', async (_, change) => {
    const url = new URL(address);
    change(url);
    const { code, stdout, stderr } = await runOn(url.href, ['report', 'LEDGER']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .+\n$/);
    expect(stderr).not.toContain('bug');
  });

  test('an option that does not exist is answered without the password in it', async () => {
    const { code, stderr } = await runOn(address, ['report', `--bd=${address}`]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`--bd=${shown()}`)]);
  });

  test('a ledger is not copied into itself, whatever user and password it is named with', async () => {
    const { code, stderr } = await runOn(address, ['copy', 'LEDGER', address.replace(PASSWORD, 'other')]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('<to>: this is the ledger itself')]);
  });

  test('the title of the process does not have the password', async () => {
    const atExit = `import { readFileSync } from 'node:fs';
      process.on('exit', () => console.log(readFileSync('/proc/self/cmdline', 'utf8')));`;
    const preload = `data:text/javascript,${encodeURIComponent(atExit)}`;
    const flags = ['--import', preload, 'src/cli/main.ts', 'report', address, '--feature', 'none'];
    const { stdout } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
    expect(stdout).toContain(`main.ts report ${shown()} --feature none`);
    expect(stdout).not.toContain(PASSWORD);
  });
});

/** Doubles the effective cost of every row. */
function writeDoubled(path: string): void {
  const [head = '', ...rows] = readFileSync(path, 'utf8').trim().split('\n');
  const index = head.split(',').indexOf('EffectiveCost');
  const doubled = rows.map(row =>
    row
      .split(',')
      .map((field, i) => (i === index ? (Number(field) * 2).toFixed(9) : field))
      .join(','),
  );
  writeFileSync(path, `${[head, ...doubled].join('\n')}\n`);
}
