import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { docsPage, docsPages } from '../../../src/cli/io/docs-page.ts';
import { runProgram } from '../commands/run-command.ts';

const page = (name: string): string => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');

test('a page is printed by its name, with or without the file ending', async () => {
  expect(docsPage('ledger-schema', new Set())).toBe(page('ledger-schema'));
  expect(docsPage('prices.md', new Set(['prices']))).toBe(page('prices'));
  expect(await runProgram(['help', 'ledger-schema'])).toEqual({ code: 0, stdout: page('ledger-schema'), stderr: '' });
});

test('a page with the name of a command is listed with its file ending, because the name alone prints the command’s help', async () => {
  expect(docsPages(new Set(['prices']))).toEqual(expect.arrayContaining(['bills', 'prices.md']));
  expect(docsPages(new Set(['prices']))).not.toContain('prices');
  expect((await runProgram(['help', 'prices'])).stdout).toContain('Usage: outcome-router prices');
});

test('a name that is neither a page nor a command is refused with what was probably meant', async () => {
  const { code, stderr } = await runProgram(['help', 'ledger-shema']);
  expect(code).toBe(1);
  expect(stderr).toContain('there is no command and no page "ledger-shema", did you mean "ledger-schema"?');
  expect((await runProgram(['help', '../package'])).code).toBe(1);
});

test('no help text names a file of the repository, and every page that a help text names can be printed', async () => {
  const { stdout } = await runProgram(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]+) /gm)].flatMap(([, name]) => name ?? []);
  expect(commands).toContain('bench');
  const named: string[] = [];
  for (const command of commands) {
    const help = (await runProgram([command, '--help'])).stdout.replaceAll(/\s+/g, ' ');
    expect(help, command).not.toMatch(/(?:^|[^/\w])docs\//);
    named.push(...[...help.matchAll(/outcome-router help ([\w.-]+)/g)].flatMap(([, name]) => name ?? []));
  }
  expect(named).toContain('outcome-table');
  for (const name of named) expect((await runProgram(['help', name])).stdout, name).toMatch(/^# /);
});
