/** Tables for the terminal. */
import Table from 'cli-table3';

export interface Column {
  readonly title: string;
  /** Numbers read better from the right. */
  readonly align?: 'left' | 'right';
}

/** A table as text, without a trailing newline; plain characters only, so that it pastes and pipes well. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(column => column.title),
    colAligns: columns.map(column => column.align ?? 'left'),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(row.map(printable));
  return table.toString();
}

/** Names in a ledger come from outside: without their control characters they cannot drive the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '�');
}
