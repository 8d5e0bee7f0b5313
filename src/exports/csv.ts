/** CSV as RFC 4180 has it. */

/** One line without its end. `null` is an empty field, unlike `''`, which is quoted. */
export function csvLine(fields: readonly (string | null)[]): string {
  let line = '';
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    if (i > 0) line += ',';
    if (field === null || field === undefined) continue;
    line += needsQuotes(field) ? `"${field.replaceAll('"', '""')}"` : field;
  }
  return line;
}

const SPECIAL = /[",\r\n]/;

/** Blanks at an end are quoted too: some readers trim. */
function needsQuotes(field: string): boolean {
  return !(field.charCodeAt(0) > 32) || field.charCodeAt(field.length - 1) <= 32 || SPECIAL.test(field);
}
