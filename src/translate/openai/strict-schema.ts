/** Which JSON schemas OpenAI's strict mode takes. It refuses any other with a 400. */
import type { JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textsOf } from '../neutral/json-values.ts';

/**
 * Keywords that strict mode knows
 * (https://developers.openai.com/api/docs/guides/structured-outputs, "Supported schemas").
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

/** Where it holds schemas by name, and where a list of them. */
const BY_NAME = ['properties', '$defs', 'definitions'];

/** Whether every object of the schema has all its properties required and no others, in keywords that strict mode knows. */
export function isStrictSchema(schema: JsonValue | undefined): boolean {
  return isObject(schema) && schema.anyOf === undefined && memberOf(schema, 'type') === 'object' && isStrict(schema);
}

function isStrict(schema: JsonValue | undefined): boolean {
  if (!isObject(schema)) return false;
  if (Object.keys(schema).some(keyword => !KEYWORDS.has(keyword))) return false;
  const types = textsOf(schema.type) ?? [schema.type];
  if (types.includes('object') && !isClosed(schema.properties ?? {}, schema.required, schema.additionalProperties))
    return false;
  const inner = [
    ...BY_NAME.flatMap(name => (isObject(schema[name]) ? Object.values(schema[name]) : [])),
    ...(isList(schema.anyOf) ? schema.anyOf : []),
    ...(schema.items === undefined ? [] : [schema.items]),
  ];
  return inner.every(isStrict);
}

function isClosed(properties: JsonValue, required: JsonValue | undefined, others: JsonValue | undefined): boolean {
  const names = textsOf(required) ?? [];
  return others === false && isObject(properties) && Object.keys(properties).every(name => names.includes(name));
}
