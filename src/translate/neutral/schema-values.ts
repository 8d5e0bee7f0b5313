/** Values of JSON as the keywords of a schema see them. */

export type SchemaMembers = Readonly<Record<string, unknown>>;

export function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return isList(value);
    case 'object':
      return isMembers(value);
    case 'integer':
      return isNumber(value) && (Number.isInteger(value) || !Number.isFinite(value));
    default:
      return typeof value === type;
  }
}

export function isMembers(value: unknown): value is SchemaMembers {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Characters as the standard counts them. */
export function charsOf(text: string): number {
  return Array.from(text).length;
}

/** 0.3 is a multiple of 0.1, although the binary numbers are not exact multiples. */
export function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return !Number.isFinite(quotient) || Math.abs(quotient - Math.round(quotient)) <= Number.EPSILON * Math.abs(quotient);
}

/** The size of a value in steps, without the content of its parts. The names of members take longer than items. */
export function sizeOf(value: unknown): number {
  if (isText(value) || isList(value)) return value.length;
  return isMembers(value) ? 4 * Object.keys(value).length : 0;
}

/** A text that is the same for equal values. */
export function sortedText(value: unknown): string {
  if (isList(value)) return `[${value.map(sortedText).join()}]`;
  if (!isMembers(value)) return JSON.stringify(value === 0 ? 0 : value);
  const members = Object.keys(value).toSorted();
  return `{${members.map(name => `${JSON.stringify(name)}:${sortedText(value[name])}`).join()}}`;
}
