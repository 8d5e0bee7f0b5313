/** CSV as RFC 4180 has it. */

/** One line without its end. `null` is an empty field, unlike `''`, which is quoted. */
export function csvLine(fields: readonly (string | null)[]): string {
  return fields.map(csvField).join(',');
}

export function csvField(field: string | null): string {
  if (field === null) return '';
  return needsQuotes(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

const SPECIAL = /[",\r\n]/;

/** Blanks at an end are quoted too: some readers trim. */
function needsQuotes(field: string): boolean {
  return !(field.charCodeAt(0) > 32) || field.charCodeAt(field.length - 1) <= 32 || SPECIAL.test(field);
}
