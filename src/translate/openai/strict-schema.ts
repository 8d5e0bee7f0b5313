/** Decides which JSON schemas OpenAI's strict mode accepts: it refuses all others with a 400. */
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, textsOf } from '../neutral/json-values.ts';

/**
 * Keywords that strict mode accepts (https://developers.openai.com/api/docs/guides/structured-outputs, "Supported schemas").
 */
const KEYWORDS: ReadonlySet<string> = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  'enum',
  'const',
  '$ref',
  '$defs',
  'definitions',
  'description',
  'title',
  'pattern',
  'format',
  'multipleOf',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'minItems',
  'maxItems',
  '$schema',
  '$id',
]);

/** Formats of strings that strict mode accepts (same page, "Supported properties"). */
const FORMATS: ReadonlySet<JsonValue | undefined> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
]);

const TYPES: ReadonlySet<JsonValue | undefined> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
]);

/** Maximum number of properties in all, of levels of nesting, and of enum values in all (same page, "Limitations"). */
const MAX_PROPERTIES = 5000;
const MAX_DEPTH = 10;
const MAX_ENUM_VALUES = 1000;

/** Keywords under which strict mode accepts schemas by name. */
const BY_NAME = ['properties', '$defs', 'definitions'];

/** Strict mode does not accept look-around in regular expressions. */
const LOOKS_AROUND = /\(\?<?[=!]/;

/**
 * The schema in the form that strict mode accepts: every object requires all its properties and allows no others, all keywords
 * and formats are accepted ones, and listed values have their type, as required. `undefined` if the schema cannot be written like
 * that.
 */
export function strictSchema(schema: JsonValue | undefined): JsonObject | undefined {
  if (!isObject(schema) || schema.anyOf !== undefined || schema.type !== 'object') return undefined;
  const counts = { properties: 0, values: 0 };
  try {
    const written = strict(schema, 1, counts);
    return counts.properties > MAX_PROPERTIES || counts.values > MAX_ENUM_VALUES ? undefined : written;
  } catch (error) {
    if (error instanceof NotStrict) return undefined;
    throw error;
  }
}

/** Whether strict mode accepts the keyword with this value. */
export function isKnownKeyword(name: string, value: JsonValue): boolean {
  if (name === 'format') return FORMATS.has(value);
  if (name === 'pattern') return typeof value !== 'string' || !LOOKS_AROUND.test(value);
  return KEYWORDS.has(name);
}

class NotStrict extends Error {}

interface SchemaCounts {
  properties: number;
  values: number;
}

/** @throws NotStrict */
function strict(given: JsonValue, depth: number, counts: SchemaCounts): JsonObject {
  if (!isObject(given) || depth > MAX_DEPTH) throw new NotStrict();
  const draft: JsonDraft = { ...given };
  const { $ref, anyOf } = given;
  if ($ref === undefined && anyOf === undefined) draft.type ??= typeOfValues(given);
  if (!isKnown(draft)) throw new NotStrict();
  const types = typesOf(draft);
  if (types.includes('object')) {
    draft.properties ??= {};
    if (isObject(draft.properties) && Object.keys(draft.properties).length === 0) draft.required ??= [];
    if (!isClosed(draft)) throw new NotStrict();
  }
  if (isObject(draft.properties)) counts.properties += Object.keys(draft.properties).length;
  if (isList(draft.enum)) counts.values += draft.enum.length;
  const isNested = types.includes('object') || types.includes('array');
  const inner = (schema: JsonValue): JsonObject => strict(schema, isNested ? depth + 1 : depth, counts);
  for (const name of BY_NAME) {
    const schemas = draft[name];
    if (isObject(schemas))
      draft[name] = Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, inner(schema ?? null)]));
  }
  if (isList(anyOf)) draft.anyOf = anyOf.map(inner);
  if (draft.items !== undefined) draft.items = inner(draft.items);
  return draft;
}

function typesOf({ type }: JsonObject): readonly (JsonValue | undefined)[] {
  return textsOf(type) ?? [type];
}

/** Whether strict mode accepts each keyword, and each value of one. */
function isKnown(schema: JsonObject): boolean {
  if (Object.entries(schema).some(([keyword, value]) => !isKnownKeyword(keyword, value ?? null))) return false;
  const { type, $ref, anyOf, items, enum: values } = schema;
  // Strict mode accepts nothing beside a reference.
  if ($ref !== undefined) return Object.keys(schema).length === 1;
  if (type === undefined ? !isList(anyOf) : !typesOf(schema).every(each => TYPES.has(each))) return false;
  const isEmpty = [type, anyOf, values].some(list => isList(list) && list.length === 0);
  const lacksItems = typesOf(schema).includes('array') && items === undefined;
  return !isEmpty && !lacksItems;
}

/** The type of the values that a schema lists; `undefined` if it lists none, or lists structures. */
function typeOfValues({ enum: listed, const: only }: JsonObject): JsonValue | undefined {
  const values = isList(listed) ? listed : only === undefined ? [] : [only];
  const types = [...new Set(values.map(typeOfValue))];
  const [first] = types;
  if (types.includes('object')) return undefined;
  return types.length > 1 ? types : first;
}

function typeOfValue(value: JsonValue): string {
  return value === null ? 'null' : typeof value;
}

/** Whether the schema requires all of its properties, and allows no others. */
function isClosed({ properties, required, additionalProperties }: JsonObject): boolean {
  const names = textsOf(required);
  if (additionalProperties !== false || !isObject(properties) || names === undefined) return false;
  const own = Object.keys(properties);
  return own.every(name => names.includes(name)) && names.every(name => own.includes(name));
}
