/** Lists as PostgreSQL's array literals: faster than the driver's conversion. */

const SPECIAL = /["\\]/g;

/** `null` entries are SQL nulls. */
export function textArray(list: readonly (string | null)[]): string {
  return `{${list.map(text => (text === null ? 'NULL' : `"${text.replaceAll(SPECIAL, '\\$&')}"`)).join(',')}}`;
}

export function numberArray(list: readonly (number | null)[]): string {
  return `{${list.map(value => value ?? 'NULL').join(',')}}`;
}

/** Texts of JSON, whose line breaks are escaped, for `string_to_array(…, E'\n')`: their many quotes need no second escape. */
export function lines(list: readonly string[]): string {
  return list.join('\n');
}
