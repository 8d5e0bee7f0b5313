import { Command } from 'commander';
import { expect, test } from 'vitest';
import { requireTexts } from '../../../src/cli/io/empty-values.ts';
import { refusal } from '../../support/refusal.ts';

function parsed(args: readonly string[]): Command {
  const command = new Command('show')
    .argument('<id>')
    .option('--config <file>')
    .option('--only <names...>')
    .option('--segment <segment>', 'may be empty', text => text)
    .option('--json');
  return command.action(() => {}).parse(args, { from: 'user' });
}

test.each([
  [['x', '--config', ''], '--config'],
  [['x', '--config='], '--config'],
  [['x', '--only', 'a', ''], '--only'],
  [['x', '--config', ' '], '--config'],
  [[''], 'id'],
])('the empty value in %j is refused with the name of its option or argument', (args, path) => {
  const error = refusal(() => requireTexts(parsed(args)));
  expect(error).toMatchObject({ code: 'invalid-value', path, accepted: 'text that is not blank' });
});

test('an option with a parser of its own may have an empty value, and every other value is accepted', () => {
  expect(() => requireTexts(parsed(['x', '--segment', '', '--json']))).not.toThrow();
  expect(() => requireTexts(parsed(['x', '--config', 'x', '--only', 'a', 'b']))).not.toThrow();
});
