/** Untrusted text for a terminal. Without control characters it cannot move the cursor or change colors. */

/** A name from the ledger, on one line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '�');
}

/** A captured text, which keeps its line breaks. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
