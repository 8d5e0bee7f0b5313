/** Every command that the documentation shows has a name, options and arguments that exist. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/program.ts';
import { filesMatching, ROOT } from '../tools/sources.ts';

/** The command of a line or of a piece of code, up to a comment, a pipe or the next command. */
const SHOWN = /(?:^ *|`)(?:npx )?outcome-router ([a-z][^`\n]*)/gm;
const END = /\s+(?:[#|>…]|&&|\.\.\.).*$/;
const WORDS = /'[^']*'|"[^"]*"|<[^>]*>|\[[^\]]*\]|\S+/g;

const program = new Command('outcome-router');
for (const load of new Set(COMMANDS.values())) (await load()).register(program);
withoutValues(program);

/** Values are not looked at: a file of an example does not exist. */
function withoutValues(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const part of [...command.options, ...command.registeredArguments]) part.argParser(value => value);
  for (const part of command.commands) withoutValues(part);
}

/** What is wrong with the arguments after `outcome-router`. */
function problemOf(words: readonly string[]): string | undefined {
  if (words[0] === 'help') return undefined;
  let command = program;
  let rest = [...words];
  for (;;) {
    const part = command.commands.find(each => each.name() === rest[0]);
    if (part === undefined) break;
    [command, rest] = [part, rest.slice(1)];
  }
  if (command === program) return 'no command has this name';
  // `prices openai/gpt-5-mini` is `prices show openai/gpt-5-mini`.
  if (command.commands.length > 0) return undefined;
  const { operands, unknown } = command.parseOptions(rest);
  const options = unknown.filter(word => /^--?\w/.test(word) && word !== '--help');
  if (options.length > 0) return `no option ${options.join(', ')}`;
  const { length } = command.registeredArguments;
  return operands.length <= length ? undefined : `more than ${length} arguments`;
}

test('every command that the documentation shows exists, with its options', () => {
  const shown = filesMatching('*.md', 'llms.txt', 'docs/**/*.md', 'examples/*.md').flatMap(file =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(SHOWN)].map(([, text = '']) => ({ file, text })),
  );
  expect(shown.length).toBeGreaterThan(150);
  const wrong = shown.flatMap(({ file, text }) => {
    const problem = problemOf(text.replace(END, '').match(WORDS) ?? []);
    return problem === undefined ? [] : [`${file}: ${text}: ${problem}`];
  });
  expect(wrong).toEqual([]);
});
