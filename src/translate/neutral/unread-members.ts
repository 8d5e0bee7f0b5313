/** The members of an object of a reply that are not read. */
import { isList, isObject } from './json-values.ts';
import type { JsonValue } from './json-text.ts';

/** The names of the members that have content and are not in `read`. */
export function unreadMembers(value: unknown, read: ReadonlySet<string>): readonly string[] {
  if (!isObject(value as JsonValue)) return [];
  return Object.entries(value as object).flatMap(([name, member]) =>
    read.has(name) || isNothing(member as JsonValue) ? [] : [name],
  );
}

function isNothing(value: JsonValue): boolean {
  return value === null || value === '' || value === false || (isList(value) && value.length === 0);
}
