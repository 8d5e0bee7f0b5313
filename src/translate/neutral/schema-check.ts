/**
 * Checks a value against a JSON schema (draft 2020-12, and what older drafts say in other words). No API enforces all of one.
 *
 * `format` is a remark, as in the standard. A reference to another document, `$dynamicRef` and the two `unevaluated…` keywords allow
 * anything.
 */

import type { SchemaMembers } from './schema-values.ts';
import {
  areUnique,
  charsOf,
  isList,
  isMembers,
  isMultiple,
  isNumber,
  isOfType,
  isSame,
  isText,
  matches,
} from './schema-values.ts';

interface KeywordPlace {
  readonly root: unknown;
  /** Where the keyword stands in the schema. */
  readonly path: string;
  /** References that were followed without going into the value: a schema may be itself. */
  readonly refs: number;
}

const MAX_REFS = 100;

/**
 * The first keyword that the value breaks, by its place in the schema (`properties.age.minimum`); `undefined` where it breaks none.
 * It names nothing of the value.
 */
export function brokenKeyword(schema: unknown, value: unknown): string | undefined {
  return broken(schema, value, { root: schema, path: '', refs: 0 });
}

/** Of the whole value. A function returns the path of what is broken. */
type KeywordRule = (of: unknown, value: unknown, place: KeywordPlace, schema: SchemaMembers) => string | undefined;

function broken(schema: unknown, value: unknown, place: KeywordPlace): string | undefined {
  if (schema === false) return place.path;
  if (!isMembers(schema)) return undefined;
  for (const [name, of] of Object.entries(schema)) {
    const rule = RULES.get(name);
    const found = rule?.(of, value, inside(place, name), schema);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A rule for values of one kind, that is held or not. */
function held<Value>(
  is: (value: unknown) => value is Value,
  holds: (value: Value, of: unknown, schema: SchemaMembers) => boolean,
): KeywordRule {
  return (of, value, { path }, schema) => (is(value) && !holds(value, of, schema) ? path : undefined);
}

/** A rule with a limit, which is a number. */
function limited<Value>(
  is: (value: unknown) => value is Value,
  holds: (value: Value, limit: number) => boolean,
): KeywordRule {
  return held(is, (value, of) => !isNumber(of) || holds(value, of));
}

/** The values of a list or an object, each with the schema for it. */
function each(
  pairs: (of: unknown, value: unknown, schema: SchemaMembers) => Iterable<readonly [string, unknown, unknown]>,
): KeywordRule {
  return (of, value, place, schema) => {
    for (const [name, one, part] of pairs(of, value, schema)) {
      const found = broken(one, part, { ...inside(place, name), refs: 0 });
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Whether the value holds to a schema. */
function fits(schema: unknown, value: unknown, place: KeywordPlace): boolean {
  return broken(schema, value, place) === undefined;
}

const RULES: ReadonlyMap<string, KeywordRule> = new Map<string, KeywordRule>([
  [
    '$ref',
    (of, value, place) => {
      const target = partAt(place.root, of);
      return place.refs > MAX_REFS ? undefined : broken(target, value, { ...place, refs: place.refs + 1 });
    },
  ],
  ['type', (of, value, { path }) => ([of].flat().some(type => isOfType(value, type)) ? undefined : path)],
  ['enum', (of, value, { path }) => (isList(of) && !of.some(one => isSame(one, value)) ? path : undefined)],
  ['const', (of, value, { path }) => (isSame(of, value) ? undefined : path)],
  ['minimum', limited(isNumber, (value, limit) => value >= limit)],
  ['maximum', limited(isNumber, (value, limit) => value <= limit)],
  ['exclusiveMinimum', limited(isNumber, (value, limit) => value > limit)],
  ['exclusiveMaximum', limited(isNumber, (value, limit) => value < limit)],
  ['multipleOf', limited(isNumber, isMultiple)],
  ['minLength', limited(isText, (value, limit) => charsOf(value) >= limit)],
  ['maxLength', limited(isText, (value, limit) => charsOf(value) <= limit)],
  ['pattern', held(isText, (value, of) => matches(of, value))],
  ['minItems', limited(isList, (value, limit) => value.length >= limit)],
  ['maxItems', limited(isList, (value, limit) => value.length <= limit)],
  ['uniqueItems', held(isList, (value, of) => of !== true || areUnique(value))],
  ['prefixItems', each((of, value) => (isList(of) && isList(value) ? numbered(of, value) : []))],
  [
    'items',
    each((of, value, { prefixItems }) => {
      if (!isList(value)) return [];
      // Before 2020, a list of them stood here.
      if (isList(of)) return numbered(of, value);
      return value.slice(isList(prefixItems) ? prefixItems.length : 0).map(part => ['', of, part]);
    }),
  ],
  [
    'additionalItems',
    each((of, value, { items }) =>
      isList(value) && isList(items) ? value.slice(items.length).map(part => ['', of, part]) : [],
    ),
  ],
  [
    'contains',
    (of, value, place, { minContains = 1, maxContains = Number.POSITIVE_INFINITY }) => {
      if (!isList(value)) return undefined;
      const count = value.filter(part => fits(of, part, { ...place, refs: 0 })).length;
      return count < Number(minContains) || count > Number(maxContains) ? place.path : undefined;
    },
  ],
  [
    'properties',
    each((of, value) =>
      isMembers(of) && isMembers(value)
        ? Object.keys(of).flatMap(name => (Object.hasOwn(value, name) ? [[name, of[name], value[name]]] : []))
        : [],
    ),
  ],
  [
    'patternProperties',
    each((of, value) =>
      isMembers(of) && isMembers(value)
        ? Object.keys(of).flatMap(pattern =>
            Object.keys(value).flatMap(name => (matches(pattern, name) ? [[pattern, of[pattern], value[name]]] : [])),
          )
        : [],
    ),
  ],
  [
    'additionalProperties',
    each((of, value, schema) =>
      isMembers(value)
        ? Object.keys(value).flatMap(name => (isNamed(schema, name) ? [] : [['', of, value[name]]]))
        : [],
    ),
  ],
  ['propertyNames', each((of, value) => (isMembers(value) ? Object.keys(value).map(name => ['', of, name]) : []))],
  ['required', held(isMembers, (value, of) => !isList(of) || of.every(name => Object.hasOwn(value, String(name))))],
  ['minProperties', limited(isMembers, (value, limit) => Object.keys(value).length >= limit)],
  ['maxProperties', limited(isMembers, (value, limit) => Object.keys(value).length <= limit)],
  ['dependentRequired', dependent],
  ['dependentSchemas', dependent],
  ['dependencies', dependent],
  [
    'allOf',
    (of, value, place) => {
      const at = (isList(of) ? of : []).findIndex(one => !fits(one, value, place));
      return at < 0 ? undefined : broken((of as readonly unknown[])[at], value, inside(place, String(at)));
    },
  ],
  ['anyOf', (of, value, place) => (isList(of) && !of.some(one => fits(one, value, place)) ? place.path : undefined)],
  [
    'oneOf',
    (of, value, place) => {
      const count = isList(of) ? of.filter(one => fits(one, value, place)).length : 1;
      return count === 1 ? undefined : place.path;
    },
  ],
  ['not', (of, value, place) => (fits(of, value, place) ? place.path : undefined)],
  [
    'if',
    (of, value, place, schema) => {
      const name = fits(of, value, place) ? 'then' : 'else';
      return broken(schema[name], value, { ...place, path: place.path.replace(/if$/, name) });
    },
  ],
]);

/** What else must be there, or hold, where an object has a member. */
function dependent(of: unknown, value: unknown, place: KeywordPlace): string | undefined {
  if (!isMembers(of) || !isMembers(value)) return undefined;
  for (const name of Object.keys(of)) {
    if (!Object.hasOwn(value, name)) continue;
    const then = of[name];
    const found = broken(isList(then) ? { required: then } : then, value, inside(place, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function inside(place: KeywordPlace, name: string): KeywordPlace {
  return name === '' ? place : { ...place, path: place.path === '' ? name : `${place.path}.${name}` };
}

function numbered(schemas: readonly unknown[], values: readonly unknown[]): (readonly [string, unknown, unknown])[] {
  return values.slice(0, schemas.length).map((value, index) => [String(index), schemas[index], value]);
}

/** The part of the schema that a reference names. */
function partAt(root: unknown, ref: unknown): unknown {
  if (typeof ref !== 'string' || (ref !== '#' && !ref.startsWith('#/'))) return true;
  let part = root;
  for (const name of ref.split('/').slice(1)) {
    const key = decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) return true;
    part = (part as SchemaMembers)[key];
  }
  return part;
}

function isNamed({ properties, patternProperties }: SchemaMembers, name: string): boolean {
  if (isMembers(properties) && Object.hasOwn(properties, name)) return true;
  return isMembers(patternProperties) && Object.keys(patternProperties).some(pattern => matches(pattern, name));
}
