/** JSON in which values keep their written form: numbers that JavaScript cannot represent, and texts inserted unchanged. */

/** A parsed JSON value. A number that JavaScript cannot represent keeps its text ({@link RawJson}). */
export type JsonValue = string | number | boolean | null | RawJson | readonly JsonValue[] | JsonObject;

/** A parsed JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** A JSON object that is being written. */
export type JsonDraft = Record<string, JsonValue | undefined>;

/** A value as its own JSON text. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Numbers whose digits or exponent a double may not represent. Only texts with such numbers are parsed the slower way. */
const LONG_NUMBER = /\d{16}|\d[eE][+-]?\d{3}/;

/** @throws SyntaxError for text that is not JSON */
export function parseJsonText(text: string): JsonValue {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
  return JSON.parse(text, withSource as (this: unknown, key: string, value: unknown) => unknown) as JsonValue;
}

function withSource(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && !isExact(value, source) ? new RawJson(source) : value;
}

/** Whether the number is written back unchanged: `1e400` and `12345678901234567890` are not. */
function isExact(value: number, source: string): boolean {
  return !LONG_NUMBER.test(source) || (Number.isSafeInteger(value) && String(value) === source);
}

/** The JSON text of a value. Members that are `undefined` are left out, like `JSON.stringify` does. */
export function jsonText(value: JsonValue | undefined): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (value instanceof RawJson) return value.text;
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`;
  let text = '';
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${jsonText(inner)}`;
  }
  return `{${text}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
