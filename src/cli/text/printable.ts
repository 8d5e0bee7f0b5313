/** Text of others on a terminal: without control characters it cannot move the cursor, recolour or retitle the window. */

/** Names of a ledger, in one line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '�');
}

/** A captured text, whose line breaks stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
