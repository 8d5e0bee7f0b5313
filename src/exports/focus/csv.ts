/**
 * CSV by RFC 4180. Text that a spreadsheet would run as a formula is prefixed with an apostrophe, which spreadsheets do not show:
 * feature names and providers' ids do not come from us.
 */

/** One line without its line break. `null` is written as an empty field, `''` as a quoted one. */
export function csvLine(fields: readonly (string | null)[]): string {
  return fields.map(csvField).join(',');
}

export function csvField(field: string | null): string {
  if (field === null) return '';
  const text = isFormula(field) ? `'${field}` : field;
  return needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text of a field that {@link csvField} wrote. */
export function csvText(field: string): string {
  return field.startsWith("'") && isFormula(field.slice(1)) ? field.slice(1) : field;
}

/**
 * A formula may already have apostrophes before it: it counts as a formula too, so that reading removes exactly what writing
 * added.
 */
function isFormula(field: string): boolean {
  return FORMULA.test(field) && !NUMBER.test(field);
}

const FORMULA = /^'*[=+\-@\t\r]/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

const SPECIAL = /[",\r\n]/;

/** A field that begins or ends with a space is quoted too, because some readers trim. */
function needsQuotes(field: string): boolean {
  return !(field.charCodeAt(0) > 32) || field.charCodeAt(field.length - 1) <= 32 || SPECIAL.test(field);
}
