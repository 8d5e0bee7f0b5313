/** Reads fields of parsed JSON of unknown shape. */

/** A field of an object; `undefined` for any value that has no such field. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

const NO_FIELDS: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * The fields of an object, to be read by names that are in the code: V8 then knows their positions. An empty object for any other
 * value.
 */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : NO_FIELDS;
}

/** True for an object that is not a list. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function stringField(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

const NO_ITEMS: readonly unknown[] = Object.freeze([]);

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : NO_ITEMS;
}

export function listField(value: unknown, name: string): readonly unknown[] {
  return listOf(field(value, name));
}

export function hasList(value: unknown, name: string): boolean {
  return Array.isArray(field(value, name));
}

/** True for a message, or a part of one, that cites a page of the web. */
export function citesWeb(message: unknown): boolean {
  return listField(message, 'annotations').some(note => field(note, 'type') === 'url_citation');
}

/** True for a whole number that is not negative. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A count that a provider reports. Any other value counts as not reported. */
export function countField(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return isCount(found) ? found : undefined;
}

/** The value of a JSON text; `undefined` when it is not JSON. */
export function parseJson(text: string): unknown {
  // An absent member is common, and an exception costs more than the rest of reading a request.
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
