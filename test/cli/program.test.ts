import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { RouterError } from '../../src/errors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let stdout = '';
let stderr = '';
const imported: string[] = [];

beforeEach(() => {
  stdout = '';
  stderr = '';
  imported.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(text => Boolean((stdout += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation(text => Boolean((stderr += String(text))));
});
afterEach(() => {
  vi.restoreAllMocks();
});

function command(name: string, action: () => void) {
  const load = async () => {
    imported.push(name);
    return { register: (program: Command) => void program.command(name).description(`does ${name}`).action(action) };
  };
  return [name, load] as const;
}

const commands = new Map([
  command('prices', () => process.stdout.write('prices ran\n')),
  command('calc', () => {
    throw new RouterError('invalid-value', 'x is not an amount', { path: 'calc.x', accepted: 'USD' });
  }),
  command('crash', () => {
    throw new TypeError('boom');
  }),
]);

test('a command runs without any other command being imported', async () => {
  expect(await run(['prices'], '1.2.3', commands)).toBe(0);
  expect(stdout).toBe('prices ran\n');
  expect(imported).toEqual(['prices']);
});

test('the help lists every command and exits with 0', async () => {
  expect(await run(['--help'], '1.2.3', commands)).toBe(0);
  for (const name of commands.keys()) expect(stdout).toContain(`does ${name}`);
});

test('a misspelled command is refused with a suggestion', async () => {
  expect(await run(['price'], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain("error: unknown command 'price'");
  expect(stderr).toContain('(Did you mean prices?)');
  expect(stdout).toBe('');
});

test('a call without a command prints the help and exits with 1', async () => {
  expect(await run([], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain('Usage: outcome-router');
});

test('an unknown option is refused', async () => {
  expect(await run(['prices', '--jsn'], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain("error: unknown option '--jsn'");
});

test('a RouterError is printed as one line on stderr, and the exit code is 1', async () => {
  expect(await run(['calc'], '1.2.3', commands)).toBe(1);
  expect(stderr).toBe('error: calc.x: x is not an amount (accepted: USD)\n');
});

test('an unexpected error is printed with its stack trace', async () => {
  expect(await run(['crash'], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain('TypeError: boom\n    at ');
});

test('--version prints the version that `run` is given', async () => {
  expect(await run(['--version'], '1.2.3', commands)).toBe(0);
  expect(stdout).toBe('1.2.3\n');
});

test('the name of an inherited object property is not a command', async () => {
  expect(await run(['constructor'], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain("unknown command 'constructor'");
});

test('after an error, a command points to its own help', async () => {
  expect(await run(['prices', 'cost', '--nope'], '1.2.3')).toBe(1);
  expect(stderr).toContain('(outcome-router prices cost --help explains the arguments and options)');
});

/**
 * The command lines up to the point where a file is read. Ledgers and configurations are read by other modules, which have their own tests.
 */
const FILES = [
  ['bench'],
  ['bench', '--html'],
  ['bench', '--prices'],
  ['priors'],
  ['priors', '--prices'],
  ['simulate', '--html'],
  ['replay', '--html'],
  ['report', '--html'],
  ['audit', '--text'],
  ['dashboard', '--text'],
  ['dashboard', '--reconciliation'],
  ['export', '--out'],
  ['import'],
  ['import', '--table'],
  ['reconcile', '--bill'],
  ['reconcile', '--map'],
  ['demo', '--db'],
];

test.each(FILES)(
  'a folder in place of the file of `%s %s` is refused before the command does any work',
  async (...args) => {
    expect(await run([...args, tmpdir()], '1.2.3')).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`'${tmpdir()}' is invalid`);
    expect(stderr).toContain('This is a folder, not a file.');
  },
);

test('a command never writes over a file that it reads', async () => {
  const folder = temporaryFolder();
  const ledger = join(folder, 'router.db');
  const table = join(folder, 'table.csv');
  const link = join(folder, 'link.db');
  for (const path of [ledger, table]) writeFileSync(path, 'as it was');
  symlinkSync(ledger, link);
  for (const args of [
    ['export', ledger, '--out', ledger],
    ['export', '--db', ledger, '--out', link],
    ['report', ledger, '--html', `${folder}/../${basename(folder)}/router.db`],
    ['replay', ledger, '--html', ledger],
    ['bench', table, '--html', table],
    ['export', ledger, '--config', table, '--out', table],
  ]) {
    stderr = '';
    expect(await run(args, '1.2.3')).toBe(1);
    expect(stderr).toMatch(/^error: --(html|out): .* is read by this command and would be overwritten/);
  }
  for (const path of [ledger, table]) expect(readFileSync(path, 'utf8')).toBe('as it was');
});

test('the list of options that name a file is complete', async () => {
  const listed = FILES.map(args => args.join(' '));
  await run(['--help'], '1.2.3');
  for (const [, name = ''] of stdout.matchAll(/^ {2}([a-z]+) /gm)) {
    stdout = '';
    await run([name, '--help'], '1.2.3');
    for (const [, option = ''] of stdout.matchAll(/(--[a-z]+) <file>/g))
      if (option !== '--config') expect(listed).toContain(`${name} ${option}`);
  }
});

test('every command registers itself under its own name, and its help has each default once, as it would be typed', async () => {
  expect(await run(['--help'], '1.2.3')).toBe(0);
  const help = stdout;
  const listed = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? '').filter(name => name !== 'help');
  for (const name of listed) {
    stdout = '';
    expect(await run([name, '--help'], '1.2.3')).toBe(0);
    expect(stdout).toContain(`Usage: outcome-router ${name}`);
    const unlikeTyped = /default: [[{]|\(default[^)]*\) \([^)]*default/;
    expect(stdout.replaceAll(/\s+/g, ' ')).not.toMatch(unlikeTyped);
  }
  expect(help).toContain('Usage: outcome-router');
});
