/** What a message or a delta has beside what is read of it. */
import { isList, isObject } from '../neutral/json-values.ts';
import type { JsonValue } from '../neutral/json-text.ts';

const READ: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  // Several names of the same.
  'reasoning_content',
  'reasoning',
  'reasoning_details',
]);

/** The names of the others that say something. */
export function unreadMembers(message: unknown): readonly string[] {
  if (!isObject(message as JsonValue)) return [];
  return Object.entries(message as object).flatMap(([name, value]) =>
    READ.has(name) || isNothing(value as JsonValue) ? [] : [name],
  );
}

function isNothing(value: JsonValue): boolean {
  return value === null || value === '' || value === false || (isList(value) && value.length === 0);
}
