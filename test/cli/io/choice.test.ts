import { Command } from 'commander';
import { expect, test } from 'vitest';
import { choice, requireName } from '../../../src/cli/io/choice.ts';

const command = () =>
  new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addOption(choice('--format <format>', 'output format', ['jsonl', 'focus']).default('jsonl'));

test('an option with a fixed set of values takes one of them, or its default', () => {
  expect(command().parse(['--format', 'focus'], { from: 'user' }).opts()).toEqual({ format: 'focus' });
  expect(command().parse([], { from: 'user' }).opts()).toEqual({ format: 'jsonl' });
});

test('any other value is refused with the accepted values, and with the one that was probably meant', () => {
  expect(() => command().parse(['--format', 'fcous'], { from: 'user' })).toThrow(
    '"fcous" is not one of jsonl, focus. Did you mean focus?',
  );
  expect(() => requireName('spreadsheet', ['jsonl', 'focus'])).toThrow(/is not one of jsonl, focus\.$/);
});

test('the help lists the accepted values', () => {
  expect(command().helpInformation()).toContain('(choices: "jsonl", "focus", default: "jsonl")');
});
