/**
 * The `--json` convention. Every command that prints a result has `--json`: stdout then contains one JSON document and
 * nothing else, progress is silent, and exact amounts (bigint) are decimal strings. Messages go to stderr either way.
 */
import type { Command } from 'commander';
import { Option } from 'commander';
import { csvLine } from '../../exports/focus/csv.ts';
import { withoutPasswords } from './address.ts';

/** Adds the option to a command. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON document instead of tables');
}

/** Adds `--json` and `--csv` to a command whose result is rows of figures. */
export function withFormats(command: Command): Command {
  return withJson(command).addOption(
    new Option('--csv', 'print comma-separated lines instead of tables').conflicts('json'),
  );
}

/** Prints a result as JSON, or as the text that `render` returns. */
export function printResult<T>(
  value: T,
  options: { readonly json?: boolean | undefined },
  render: (value: T) => string,
): void {
  process.stdout.write(`${withoutPasswords(options.json === true ? toJson(value) : render(value))}\n`);
}

/** A row of a CSV file by the names of its columns. Figures without a value (NaN) are empty fields. */
export type CsvRow = Readonly<Record<string, string | number | null | undefined>>;

/** Prints rows by RFC 4180, below a line with the names of their columns. All rows have the same columns. */
export function printCsv(columns: readonly string[], rows: readonly CsvRow[]): void {
  const field = (value: CsvRow[string]): string | null =>
    value === null || value === undefined || Number.isNaN(value) ? null : String(value);
  const lines = rows.map(row => csvLine(columns.map(column => field(row[column]))));
  process.stdout.write(`${withoutPasswords([csvLine(columns), ...lines].join('\r\n'))}\r\n`);
}

/** JSON, indented by two spaces, with bigint as a decimal string. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part), 2);
}
