import type { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { RouterError } from '../../src/errors.ts';

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
    throw new RouterError('invalid-value', 'x is no amount', { path: 'calc.x', accepted: 'USD' });
  }),
  command('crash', () => {
    throw new TypeError('boom');
  }),
]);

test('a command runs, and no other command is imported for it', async () => {
  expect(await run(['prices'], '1.2.3', commands)).toBe(0);
  expect(stdout).toBe('prices ran\n');
  expect(imported).toEqual(['prices']);
});

test('the help lists every command and ends well', async () => {
  expect(await run(['--help'], '1.2.3', commands)).toBe(0);
  for (const name of commands.keys()) expect(stdout).toContain(`does ${name}`);
});

test('a misspelt command is refused with the one that was meant', async () => {
  expect(await run(['price'], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain("error: unknown command 'price'");
  expect(stderr).toContain('(Did you mean prices?)');
  expect(stdout).toBe('');
});

test('no command at all is a mistake that shows the help', async () => {
  expect(await run([], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain('Usage: outcome-router');
});

test('an unknown option is refused', async () => {
  expect(await run(['prices', '--jsn'], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain("error: unknown option '--jsn'");
});

test('a RouterError is one clear message and exit code 1', async () => {
  expect(await run(['calc'], '1.2.3', commands)).toBe(1);
  expect(stderr).toBe('error: calc.x: x is no amount (accepted: USD)\n');
});

test('a fault of the program shows where it happened', async () => {
  expect(await run(['crash'], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain('TypeError: boom\n    at ');
});

test('--version is the version it was given', async () => {
  expect(await run(['--version'], '1.2.3', commands)).toBe(0);
  expect(stdout).toBe('1.2.3\n');
});

test('the name of an object property is no command', async () => {
  expect(await run(['constructor'], '1.2.3', commands)).toBe(1);
  expect(stderr).toContain("unknown command 'constructor'");
});

test('every command of the list registers itself under its own name', async () => {
  expect(await run(['--help'], '1.2.3')).toBe(0);
  const help = stdout;
  const listed = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? '').filter(name => name !== 'help');
  for (const name of listed) {
    stdout = '';
    expect(await run([name, '--help'], '1.2.3')).toBe(0);
    expect(stdout).toContain(`Usage: outcome-router ${name}`);
  }
  expect(help).toContain('Usage: outcome-router');
});
