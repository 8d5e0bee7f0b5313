/** CSV by RFC 4180. */

/** One line without its line break. `null` is written as an empty field, `''` as a quoted one. */
export function csvLine(fields: readonly (string | null)[]): string {
  return fields.map(csvField).join(',');
}

export function csvField(field: string | null): string {
  if (field === null) return '';
  return needsQuotes(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

const SPECIAL = /[",\r\n]/;

/** A field with a blank at either end is quoted too, because some readers trim. */
function needsQuotes(field: string): boolean {
  return !(field.charCodeAt(0) > 32) || field.charCodeAt(field.length - 1) <= 32 || SPECIAL.test(field);
}
