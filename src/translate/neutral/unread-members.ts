/** What an object of a reply has beside what is read of it. */
import { isList, isObject } from './json-values.ts';
import type { JsonValue } from './json-text.ts';

/** The names of the members that say something and are none of `read`. */
export function unreadMembers(value: unknown, read: ReadonlySet<string>): readonly string[] {
  if (!isObject(value as JsonValue)) return [];
  return Object.entries(value as object).flatMap(([name, member]) =>
    read.has(name) || isNothing(member as JsonValue) ? [] : [name],
  );
}

function isNothing(value: JsonValue): boolean {
  return value === null || value === '' || value === false || (isList(value) && value.length === 0);
}
