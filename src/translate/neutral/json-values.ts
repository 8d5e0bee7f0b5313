/** Reads values of parsed JSON, whose numbers may be texts. */
import type { JsonObject, JsonValue } from './json-text.ts';
import { RawJson } from './json-text.ts';

/** An object that is not a list. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !(value instanceof RawJson) && !Array.isArray(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function numberOf(value: JsonValue | undefined): number | undefined {
  if (value instanceof RawJson) return Number(value.text);
  return typeof value === 'number' ? value : undefined;
}

export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The object without members that are absent or null, which mean the same. */
export function present(value: JsonObject): Readonly<Record<string, JsonValue>> {
  const found: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined && member !== null) found[name] = member;
  }
  return found;
}

/** A member of an object; `undefined` for anything else, and for null. */
export function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) ? (value[name] ?? undefined) : undefined;
}

/** The texts of a list of texts; `undefined` for any other value. */
export function textsOf(value: JsonValue | undefined): readonly string[] | undefined {
  return isList(value) && value.every(each => typeof each === 'string') ? value : undefined;
}
