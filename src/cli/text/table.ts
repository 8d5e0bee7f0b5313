/** Tables for the terminal. */
import Table from 'cli-table3';
import { printable } from '../io/printable.ts';

export interface TextColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** A column of text. */
export function left(title: string): TextColumn {
  return { title, align: 'left' };
}

/** A column of numbers, right-aligned so that their sizes can be compared. */
export function right(title: string): TextColumn {
  return { title, align: 'right' };
}

/** A table as text, without a trailing newline and without colors, so that it can be pasted and piped. */
export function renderTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(column => column.title),
    colAligns: columns.map(column => column.align),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(row.map(text => printable(text)));
  return table.toString();
}
