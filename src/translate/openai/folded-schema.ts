/** The schema in a form that strict mode accepts. */
import { REMARKS } from '../neutral/demanded-schema.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { jsonText } from '../neutral/json-text.ts';
import { isList, isObject } from '../neutral/json-values.ts';
import { isKnownKeyword, strictSchema } from './strict-schema.ts';

export interface FoldedSchema {
  /** The schema in the form that strict mode accepts. */
  readonly schema: JsonObject;
  /** The places of keywords that a reply may violate: `properties.url.format`. */
  readonly unenforced: readonly string[];
}

/** `undefined` where strict mode does not accept the rest either: for example, an object with an optional property. */
export function foldedSchema(given: JsonValue): FoldedSchema | undefined {
  const unenforced: string[] = [];
  const schema = strictSchema(folded(given, '', unenforced));
  return schema && { schema, unenforced };
}

/** The keywords under which a schema has other schemas by name, and in a list. */
const BY_NAME: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);

function folded(schema: JsonValue, path: string, unenforced: string[]): JsonValue {
  if (!isObject(schema)) return schema;
  if (schema.$ref !== undefined && Object.keys(schema).length > 1) {
    // Strict mode accepts nothing beside a reference. A choice of one alternative can contain the reference.
    const { $ref, ...others } = schema;
    return folded({ ...others, anyOf: [{ $ref }] }, path, unenforced);
  }
  const kept: JsonDraft = {};
  const rest: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    const at = path + name;
    if (value === undefined) continue;
    if (!isKnownKeyword(name, value)) {
      rest.push(`${name}: ${jsonText(value)}`);
      if (!REMARKS.has(name)) unenforced.push(at);
    } else if (BY_NAME.has(name) && isObject(value))
      kept[name] = Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, folded(one ?? null, `${at}.${key}.`, unenforced)]),
      );
    else if (name === 'items') kept[name] = folded(value, `${at}.`, unenforced);
    else if (name === 'anyOf' && isList(value))
      kept[name] = value.map((one, index) => folded(one, `${at}[${index}].`, unenforced));
    else kept[name] = value;
  }
  if (rest.length === 0) return kept;
  const text = `{${rest.join(', ')}}`;
  return { ...kept, description: typeof kept.description === 'string' ? `${kept.description}\n\n${text}` : text };
}
