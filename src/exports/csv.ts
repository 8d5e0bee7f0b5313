/** CSV as RFC 4180 has it. */

/** One line without its end. `null` is an empty field, unlike `''`, which is quoted. */
export function csvLine(fields: readonly (string | null)[]): string {
  let line = '';
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    if (i > 0) line += ',';
    if (field !== null && field !== undefined)
      line += NEEDS_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  }
  return line;
}

const NEEDS_QUOTES = /^$|[",\r\n]|^\s|\s$/;
