/** JSON schemas as Anthropic's API takes them: a subset for structured output, an object at the top for tools. */
import { REMARKS } from '../neutral/demanded-schema.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { jsonText } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';

/** Formats of strings that the vendor checks. */
const FORMATS: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

/** The schema of a tool's input: always an object, even if the request has no schema. */
export function objectSchema(schema: JsonValue | undefined): JsonValue {
  if (!isObject(schema)) return { type: 'object', properties: {} };
  if (schema.type !== undefined) return schema;
  return { type: 'object', ...(schema.properties === undefined && { properties: {} }), ...schema };
}

/** Whether the vendor can guarantee inputs of this schema: it would refuse `strict` otherwise. */
export function isStrictSchema(schema: JsonValue): boolean {
  const enforced = outputSchema(schema);
  return enforced !== undefined && sorted(enforced) === sorted(schema);
}

function sorted(value: JsonValue): string {
  if (isList(value)) return `[${value.map(sorted).join()}]`;
  if (!isObject(value)) return jsonText(value);
  const names = Object.keys(value)
    .filter(name => value[name] !== undefined)
    .toSorted();
  return `{${names.map(name => `${JSON.stringify(name)}:${sorted(value[name] ?? null)}`).join()}}`;
}

/**
 * The part of a schema that the vendor enforces, as its SDK writes it; the descriptions contain the rest, for the model to read.
 * `undefined` for a schema that the subset cannot express: one for any value, or for a map with arbitrary names.
 */
export function outputSchema(schema: JsonValue): JsonObject | undefined {
  return written(schema)?.schema;
}

/** The paths of the keywords that the vendor does not enforce (`properties.age.minimum`). A reply may violate them. */
export function unenforcedKeywords(schema: JsonValue): readonly string[] {
  return [...(written(schema)?.unenforced ?? [])];
}

interface WrittenSchema {
  readonly schema: JsonObject;
  readonly unenforced: ReadonlySet<string>;
}

function written(schema: JsonValue): WrittenSchema | undefined {
  const unenforced = new Set<string>();
  try {
    return isObject(schema) && !holdsItself(schema, { root: schema, within: ['#'], ended: new Set() })
      ? { schema: subset(schema, { path: '', unenforced }), unenforced }
      : undefined;
  } catch (error) {
    if (error instanceof Inexpressible) return undefined;
    throw error;
  }
}

class Inexpressible extends Error {}

interface RefPlace {
  readonly root: JsonObject;
  /** References that led to this part, and those that were followed completely. */
  readonly within: readonly string[];
  readonly ended: Set<string>;
}

/** Whether a part of the schema refers to itself, which the vendor does not take. */
function holdsItself(schema: JsonValue | undefined, place: RefPlace): boolean {
  if (isList(schema)) return schema.some(each => holdsItself(each, place));
  if (!isObject(schema)) return false;
  const ref = textOf(schema.$ref);
  if (ref !== undefined) {
    const { root, within, ended } = place;
    if (within.includes(ref)) return true;
    if (ended.has(ref)) return false;
    if (holdsItself(partAt(root, ref), { ...place, within: [...within, ref] })) return true;
    ended.add(ref);
    return false;
  }
  return Object.entries(schema).some(([name, each]) => !DEFINITIONS.includes(name) && holdsItself(each, place));
}

function partAt(root: JsonObject, ref: string): JsonValue | undefined {
  if (!ref.startsWith('#/')) return undefined;
  return ref
    .split('/')
    .slice(1)
    .map(name => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<JsonValue | undefined>((part, name) => memberOf(part, name), root);
}

/** The members of a schema that contain the parts to which it refers. */
const DEFINITIONS = ['$defs', 'definitions'];

interface SchemaPlace {
  readonly path: string;
  readonly unenforced: Set<string>;
}

function tellUnenforced(schema: JsonObject, { path, unenforced }: SchemaPlace): void {
  for (const [name, value] of Object.entries(schema))
    if (value !== undefined && !REMARKS.has(name)) unenforced.add(path + name);
}

function subset(schema: JsonValue | undefined, place: SchemaPlace): JsonObject {
  if (!isObject(schema)) throw new Inexpressible();
  const inside = (name: string): SchemaPlace => ({ ...place, path: `${place.path}${name}.` });
  const rest: JsonDraft = { ...schema };
  const kept: JsonDraft = {};
  const take = (name: string): JsonValue | undefined => {
    const value = rest[name];
    delete rest[name];
    return value;
  };
  for (const name of DEFINITIONS) {
    const parts = take(name);
    if (isObject(parts)) kept[name] = mapped(parts, inside(name));
  }
  const ref = take('$ref');
  take('$schema');
  if (ref !== undefined) {
    if (Object.keys(rest).length === 0) return { ...kept, $ref: ref };
    // A choice of one alternative can hold the keywords beside a reference, which the vendor's SDK drops.
    const { description, title, ...others } = rest;
    return remarked({ ...kept, anyOf: [{ $ref: ref }], description, title }, others, place);
  }
  const types = schema.type;
  if (isList(types) && types.some(type => type === 'object' || type === 'array')) return eachType(schema, types, place);
  if (isList(rest.enum) && rest.enum.length > 0 && rest.enum.every(isPrimitive)) kept.enum = take('enum');
  if (rest.const !== undefined && isPrimitive(rest.const)) kept.const = take('const');
  const isLiteral = 'enum' in kept || 'const' in kept;
  const type = take('type');
  const choice = ['anyOf', 'oneOf'].find(name => isList(rest[name]));
  const choices = choice === undefined ? undefined : take(choice);
  const all = isList(rest.allOf) && choice === undefined ? take('allOf') : undefined;
  const each = (list: readonly JsonValue[], name: string): readonly JsonObject[] =>
    list.map((one, index) => subset(one, inside(`${name}[${index}]`)));
  if (choice !== undefined && isList(choices)) kept.anyOf = each(choices, choice);
  else if (isList(all)) kept.allOf = each(all, 'allOf');
  else if (!isLiteral) {
    if (type === undefined) throw new Inexpressible();
    kept.type = type;
  }
  kept.description = take('description');
  kept.title = take('title');
  if (!isLiteral) takeByType(type, { rest, kept, take, inside });
  // A reply may fit several alternatives.
  if (choice === 'oneOf') place.unenforced.add(`${place.path}oneOf`);
  return remarked(kept, rest, place);
}

/** Adds what the vendor does not enforce to the description. */
function remarked(kept: JsonDraft, rest: JsonObject, place: SchemaPlace): JsonObject {
  tellUnenforced(rest, place);
  const left = Object.entries(rest).filter(([, value]) => value !== undefined);
  if (left.length === 0) return kept;
  const text = `{${left.map(([name, value]) => `${name}: ${jsonText(value)}`).join(', ')}}`;
  return { ...kept, description: typeof kept.description === 'string' ? `${kept.description}\n\n${text}` : text };
}

interface Taking {
  readonly rest: JsonDraft;
  readonly kept: JsonDraft;
  take(name: string): JsonValue | undefined;
  inside(name: string): SchemaPlace;
}

function takeByType(type: JsonValue | undefined, taking: Taking): void {
  const { rest, kept, take, inside } = taking;
  if (type === 'object') {
    const others = take('additionalProperties');
    // A map of arbitrary names, but the vendor allows only listed names.
    if (isObject(others) || (others !== false && rest.properties === undefined)) throw new Inexpressible();
    const properties = take('properties');
    kept.properties = isObject(properties) ? mapped(properties, inside('properties')) : {};
    kept.additionalProperties = false;
    kept.required = take('required');
  } else if (type === 'string') {
    takeIf('format', value => FORMATS.has(value), taking);
  } else if (type === 'array') {
    const items = take('items');
    if (items !== undefined) kept.items = subset(items, inside('items'));
    takeIf('minItems', value => value === 0 || value === 1, taking);
  }
}

/** Keeps a keyword whose value the vendor accepts. Any other goes at the end of the description, as in the SDK. */
function takeIf(name: string, isTaken: (value: JsonValue) => boolean, { rest, kept, take }: Taking): void {
  const value = take(name);
  if (value !== undefined) (isTaken(value) ? kept : rest)[name] = value;
}

/** Several types of which one has members: a choice between them. */
function eachType(schema: JsonObject, types: readonly JsonValue[], place: SchemaPlace): JsonObject {
  const { $defs, definitions, description, title, ...others } = schema;
  const variants = types.map(type => {
    const isSimple = type !== 'object' && type !== 'array';
    return isSimple ? { type } : subset({ ...others, type }, place);
  });
  return {
    ...(isObject($defs) && { $defs: mapped($defs, { ...place, path: `${place.path}$defs.` }) }),
    ...(isObject(definitions) && { definitions: mapped(definitions, { ...place, path: `${place.path}definitions.` }) }),
    description,
    title,
    anyOf: variants,
  };
}

function mapped(schemas: JsonObject, { path, unenforced }: SchemaPlace): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, subset(schema, { path: `${path}${name}.`, unenforced })]),
  );
}

function isPrimitive(value: JsonValue): boolean {
  return !isObject(value) && !isList(value);
}
