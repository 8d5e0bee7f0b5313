/**
 * The `--json` convention. Every command that prints a result has `--json`: stdout then contains one JSON document and
 * nothing else, progress is silent, and exact amounts (bigint) are decimal strings. Messages go to stderr either way.
 */
import type { Command } from 'commander';
import { withoutPasswords } from './address.ts';

/** Adds the option to a command. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON document instead of tables');
}

/** Prints a result as JSON, or as the text that `render` returns. */
export function printResult<T>(
  value: T,
  options: { readonly json?: boolean | undefined },
  render: (value: T) => string,
): void {
  process.stdout.write(`${withoutPasswords(options.json === true ? toJson(value) : render(value))}\n`);
}

/** JSON, indented by two spaces, with bigint as a decimal string. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part), 2);
}
