/**
 * Checks a value against a JSON schema (draft 2020-12, and older drafts' equivalent keywords). No API enforces a whole schema.
 *
 * Schemas come with requests and values from models, so the work is bounded. A check that exceeds the bound reports no violation.
 * Nor does a keyword that cannot be checked here: a reference to another document, `$dynamicRef`, the two `unevaluated…`
 * keywords, a pattern with look-around. `format` is an annotation only, as in the standard.
 */

import type { SchemaMembers } from './schema-values.ts';
import { charsOf, isList, isMembers, isMultiple, isNumber, isOfType, isText, sizeOf } from './schema-values.ts';
import { areUnique, isNamed, isOneOf, partAt, TOO_MUCH, UNDECIDED, Work } from './schema-work.ts';

interface KeywordPlace {
  readonly root: unknown;
  /** Where the keyword stands in the schema. */
  readonly path: string;
  /** References that were followed without descending into the value: a schema may refer to itself. */
  readonly refs: number;
  /** Whether another rule depends on the result: `not`, `oneOf`. */
  readonly isCondition: boolean;
  /** Whether keywords beside `$ref` are ignored, as in JSON Schema before 2019-09. */
  readonly isOld: boolean;
  readonly work: Work;
}

const MAX_REFS = 100;
const SCHEMAS = 'https://json-schema.org/';

/**
 * The path of the first keyword that the value violates (`properties.age.minimum`); `undefined` if it violates none. The path
 * contains nothing of the value.
 */
export function brokenKeyword(schema: unknown, value: unknown): string | undefined {
  const dialect = isMembers(schema) && isText(schema.$schema) ? schema.$schema : SCHEMAS;
  // Keywords of other dialects may have another meaning.
  if (!dialect.replace('http:', 'https:').startsWith(SCHEMAS)) return undefined;
  const isOld = dialect.includes('/draft-0');
  try {
    return broken(schema, value, { root: schema, path: '', refs: 0, isCondition: false, isOld, work: new Work() });
  } catch (error) {
    // A `RangeError`: the value or the schema is nested more deeply than the stack.
    if (error === TOO_MUCH || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Checks the whole value. A function returns the path of what is violated. */
type KeywordRule = (of: unknown, value: unknown, place: KeywordPlace, schema: SchemaMembers) => string | undefined;

function broken(schema: unknown, value: unknown, place: KeywordPlace): string | undefined {
  if (schema === false) return place.path;
  if (!isMembers(schema)) return undefined;
  // `#` refers to another schema within one that has its own address.
  const isOther = schema !== place.root && isText(schema.$id) && !schema.$id.startsWith('#');
  const within = isOther ? { ...place, root: undefined } : place;
  const size = sizeOf(value);
  for (const [name, of] of Object.entries(schema)) {
    place.work.spend(1 + (size + sizeOf(of)) / 8);
    if (place.isOld && name !== '$ref' && isText(schema.$ref)) continue;
    try {
      const found = RULES.get(name)?.(of, value, inside(within, name), schema);
      if (found !== undefined) return found;
    } catch (error) {
      // Another keyword may still be violated, unless something depends on this one.
      if (error !== UNDECIDED || place.isCondition) throw error;
    }
  }
  return undefined;
}

/** A rule for values of one kind that holds or not. */
function held<Value>(
  is: (value: unknown) => value is Value,
  holds: (value: Value, of: unknown, schema: SchemaMembers) => boolean,
): KeywordRule {
  return (of, value, { path }, schema) => (is(value) && !holds(value, of, schema) ? path : undefined);
}

/** A rule with a limit, which must be a number. */
function limited<Value>(
  is: (value: unknown) => value is Value,
  holds: (value: Value, limit: number) => boolean,
): KeywordRule {
  return held(is, (value, of) => !isNumber(of) || holds(value, of));
}

/** The values of a list or an object, each with the schema for it. */
function each(
  pairs: (
    of: unknown,
    value: unknown,
    schema: SchemaMembers,
    work: Work,
  ) => Iterable<readonly [string, unknown, unknown]>,
): KeywordRule {
  return (of, value, place, schema) => {
    for (const [name, one, part] of pairs(of, value, schema, place.work)) {
      place.work.spend(1);
      const found = broken(one, part, { ...inside(place, name), refs: 0 });
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Whether the value satisfies the schema. */
function fits(schema: unknown, value: unknown, place: KeywordPlace): boolean {
  return broken(schema, value, { ...place, isCondition: true }) === undefined;
}

const undecided: KeywordRule = () => {
  throw UNDECIDED;
};

const RULES: ReadonlyMap<string, KeywordRule> = new Map<string, KeywordRule>([
  ['$dynamicRef', undecided],
  ['$recursiveRef', undecided],
  ['unevaluatedItems', undecided],
  ['unevaluatedProperties', undecided],
  [
    '$ref',
    (of, value, place) => {
      const target = partAt(place.root, of, place.work);
      if (target === undefined || place.refs > MAX_REFS) throw UNDECIDED;
      return broken(target, value, { ...place, refs: place.refs + 1 });
    },
  ],
  ['type', (of, value, { path }) => ([of].flat().some(type => isOfType(value, type)) ? undefined : path)],
  ['enum', (of, value, place) => (isList(of) && !isOneOf(of, value, place.work) ? place.path : undefined)],
  ['const', (of, value, place) => (isOneOf([of], value, place.work) ? undefined : place.path)],
  ['minimum', limited(isNumber, (value, limit) => value >= limit)],
  ['maximum', limited(isNumber, (value, limit) => value <= limit)],
  ['exclusiveMinimum', limited(isNumber, (value, limit) => value > limit)],
  ['exclusiveMaximum', limited(isNumber, (value, limit) => value < limit)],
  ['multipleOf', limited(isNumber, isMultiple)],
  ['minLength', limited(isText, (value, limit) => charsOf(value) >= limit)],
  ['maxLength', limited(isText, (value, limit) => charsOf(value) <= limit)],
  ['pattern', (of, value, { path, work }) => (isText(value) && !work.isMatch(String(of), value) ? path : undefined)],
  ['minItems', limited(isList, (value, limit) => value.length >= limit)],
  ['maxItems', limited(isList, (value, limit) => value.length <= limit)],
  [
    'uniqueItems',
    (of, value, { path, work }) => (of === true && isList(value) && !areUnique(value, work) ? path : undefined),
  ],
  ['prefixItems', each((of, value) => (isList(of) && isList(value) ? numbered(of, value) : []))],
  [
    'items',
    each((of, value, { prefixItems }) => {
      if (!isList(value)) return [];
      // Before 2020, `items` could be a list of schemas.
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
    each((of, value, _, work) =>
      isMembers(of) && isMembers(value)
        ? Object.keys(of).flatMap(pattern =>
            Object.keys(value).flatMap(name =>
              work.isMatch(pattern, name) ? [[pattern, of[pattern], value[name]]] : [],
            ),
          )
        : [],
    ),
  ],
  [
    'additionalProperties',
    each((of, value, schema, work) =>
      isMembers(value)
        ? Object.keys(value).flatMap(name => (isNamed(schema, name, work) ? [] : [['', of, value[name]]]))
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
      for (const [at, one] of (isList(of) ? of : []).entries()) {
        const found = broken(one, value, inside(place, String(at)));
        if (found !== undefined) return found;
      }
      return undefined;
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

/** Checks what must be present, or be satisfied, where an object has a member. */
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
