import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemRuntime } from '../../../src/runtime.ts';
import { brokenKeyword } from '../../../src/translate/neutral/schema-check.ts';
import type { SeededRandom } from '../../../src/core/math/random.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { pick } from '../../support/random-values.ts';

const choice = JSON.parse('{"if":{"minimum":5},"then":{"maximum":9},"else":{"const":0}}') as object;
const person = { type: 'object', properties: { age: { type: 'integer', minimum: 18 } }, required: ['age'] };

/** A schema, values that keep to it, values that break it, and the place of the keyword that they break. */
const CASES: readonly (readonly [object, readonly unknown[], readonly unknown[], string])[] = [
  [{ type: 'integer' }, [1, 1.0, -3], [1.5, '1', null, [1]], 'type'],
  [{ type: ['string', 'null'] }, ['', null], [0, {}, []], 'type'],
  [{ type: 'object' }, [{}], [[], null, 'x'], 'type'],
  [{ enum: [1, { a: [1, 2], b: null }] }, [1, { b: null, a: [1, 2] }], ['1', { a: [2, 1], b: null }, true], 'enum'],
  [{ const: 0 }, [0, -0], [false, null, '0'], 'const'],
  [{ minimum: 3, exclusiveMaximum: 5 }, [3, 4.9, 'x'], [2.9], 'minimum'],
  [{ exclusiveMinimum: 3, maximum: 5 }, [5, null], [5.1], 'maximum'],
  [{ exclusiveMinimum: 3 }, [3.1], [3, -1], 'exclusiveMinimum'],
  [{ multipleOf: 0.1 }, [0.3, 4.7, 0, 'x'], [0.35], 'multipleOf'],
  [{ minLength: 2, maxLength: 3 }, ['ab', '🙂🙂🙂', 5], ['a', '🙂'], 'minLength'],
  [{ maxLength: 2 }, ['🙂🙂'], ['abc'], 'maxLength'],
  [{ pattern: '^\\p{Lu}' }, ['Österreich', 4], ['österreich'], 'pattern'],
  [{ pattern: '(' }, ['anything'], [], ''],
  [{ minItems: 1, maxItems: 2 }, [[1], [1, 2], 'x'], [[]], 'minItems'],
  [
    { uniqueItems: true },
    [[1, '1', true, { a: 1, b: 2 }]],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
    'uniqueItems',
  ],
  [{ items: { minimum: 1 } }, [[1, 2], []], [[1, 0]], 'items.minimum'],
  [{ prefixItems: [{ type: 'string' }], items: false }, [['a'], []], [['a', 1]], 'items'],
  [{ prefixItems: [true, { type: 'string' }] }, [[1, 'a']], [[1, 1]], 'prefixItems.1.type'],
  [{ items: [true, { type: 'string' }], additionalItems: false }, [[1, 'a']], [[1, 'a', 2]], 'additionalItems'],
  [
    { contains: { const: 1 }, maxContains: 2 },
    [
      [1, 2],
      [1, 1],
    ],
    [[], [1, 1, 1]],
    'contains',
  ],
  [person, [{ age: 18, more: 1 }, 'x'].slice(0, 1), [{ age: 9 }], 'properties.age.minimum'],
  [person, [], [{}], 'required'],
  [{ properties: { toString: false } }, [{}], [{ toString: 1 }], 'properties.toString'],
  [{ patternProperties: { '^n': { type: 'number' } } }, [{ n: 1, a: '' }], [{ n: '' }], 'patternProperties.^n.type'],
  [
    { properties: { a: true }, patternProperties: { '^b': true }, additionalProperties: false },
    [{ a: 1, b2: 1 }],
    [{ c: 1 }],
    'additionalProperties',
  ],
  [{ propertyNames: { maxLength: 2 } }, [{ ab: 1 }], [{ abc: 1 }], 'propertyNames.maxLength'],
  [{ minProperties: 1, maxProperties: 1 }, [{ a: 1 }, []], [{}], 'minProperties'],
  [{ dependentRequired: { a: ['b'] } }, [{ b: 1 }, { a: 1, b: 1 }], [{ a: 1 }], 'dependentRequired.a.required'],
  [{ dependentSchemas: { a: { maxProperties: 1 } } }, [{ a: 1 }], [{ a: 1, b: 1 }], 'dependentSchemas.a.maxProperties'],
  [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1, 2], [3], 'allOf.1.maximum'],
  [{ anyOf: [{ type: 'string' }, { minimum: 2 }] }, ['', 2], [1], 'anyOf'],
  [{ oneOf: [{ minimum: 1 }, { maximum: 2 }] }, [0, 3], [1, 2], 'oneOf'],
  [{ not: { type: 'string' } }, [1], ['a'], 'not'],
  [choice, [5, 9, 0], [10], 'then.maximum'],
  [{ if: { minimum: 5 }, else: { const: 0 } }, [5, 0], [1], 'else.const'],
  [{ $defs: { 'a/b': { type: 'string' } }, items: { $ref: '#/$defs/a~1b' } }, [['x']], [[1]], 'items.$ref.type'],
  [
    { properties: { next: { $ref: '#' } }, required: ['v'] },
    [{ v: 1, next: { v: 2 } }],
    [{ v: 1, next: {} }],
    'properties.next.$ref.required',
  ],
  [{ $ref: '#' }, [1, 'x'], [], ''],
  [{ $ref: '#/nowhere' }, [1, 'x'], [], ''],
  [
    { $schema: 'http://json-schema.org/draft-07/schema#', $defs: { a: {} }, $ref: '#/$defs/a', const: 1 },
    [1, 2],
    [],
    '',
  ],
  [
    { $schema: 'https://json-schema.org/draft/2020-12/schema', $ref: '#/$defs/a', const: 1, $defs: { a: {} } },
    [1],
    [2],
    'const',
  ],
  [{ $schema: 'https://example.com/own', const: 1 }, [1, 2], [], ''],
  [{ items: { $id: 'other', $defs: { a: {} }, $ref: '#/$defs/a' }, $defs: { a: false } }, [[1]], [], ''],
  [
    { $ref: '#/$defs/a/$defs/b', $defs: { a: { $id: 'other', $defs: { b: { $ref: '#/$defs/b' } } }, b: false } },
    [1],
    [],
    '',
  ],
  [{ unevaluatedProperties: false, maxProperties: 1 }, [{ a: 1 }], [{ a: 1, b: 2 }], 'maxProperties'],
  [{ not: { anyOf: [{ unevaluatedItems: false }, { $dynamicRef: '#a' }] } }, [[1]], [], ''],
  [{ format: 'email', 'x-own': 1, title: 'T' }, ['no address'], [], ''],
];

describe.each(CASES)('the schema %j', (schema, kept, broken, path) => {
  test('a valid value is accepted, and for any other value the keyword that it breaks is named', () => {
    for (const value of kept) expect([value, brokenKeyword(schema, value)]).toEqual([value, undefined]);
    for (const value of broken) expect([value, brokenKeyword(schema, value)]).toEqual([value, path]);
  });
});

test('a schema that is true or false allows everything or nothing', () => {
  expect(brokenKeyword(true, 1)).toBeUndefined();
  expect(brokenKeyword(false, 1)).toBe('');
});

const SELF = { $ref: '#' };
const DEEP = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
const LISTS = Array.from({ length: 3_000 }, (_, index) => [index]);
/** Each is one of two of the next. */
const DOUBLED = Object.fromEntries(
  Array.from({ length: 60 }, (_, at) => {
    const next = { $ref: `#/$defs/d${at + 1}` };
    return [`d${at}`, { oneOf: [next, next] }];
  }),
);
let nested: object = { const: 1 };
for (let depth = 0; depth < 60; depth++) nested = { allOf: [nested] };

describe('the work of a check is bounded', () => {
  test.each<[string, object, unknown]>([
    ['a schema that is itself twice', { allOf: [SELF, SELF] }, 1],
    ['a schema that is one of two of itself', { oneOf: [SELF, SELF] }, 1],
    ['a schema of references that double', { $defs: DOUBLED, $ref: '#/$defs/d0' }, 1],
    ['a schema that is not itself', { not: SELF }, 1],
    ['a value that is nested deeply', { items: SELF }, DEEP],
    ['a deep value, at each level of it', { items: SELF, uniqueItems: true, enum: [DEEP] }, DEEP],
    ['a long list of choices for a long list', { items: { enum: LISTS } }, Array.from({ length: 3_000 }, () => [0])],
    ['a reference that is not an address', { $ref: '#/%' }, 1],
    ['many repetitions of a pattern', { pattern: '^(?:a{1,1000}){1,1000}$' }, 'b'],
    ['a pattern that looks around', { pattern: '^(?!a)' }, 'a'],
    ['an invalid pattern', { not: { pattern: '(' } }, 'a'],
    ['a name by an invalid pattern', { patternProperties: { '(': false }, additionalProperties: false }, { a: 1 }],
    ['a reference that names nothing', { not: { $ref: '#/nowhere' } }, 1],
  ])('%s breaks no keyword that cannot be decided', (_, schema, value) => {
    const { cpuMs } = systemRuntime();
    const sinceMs = cpuMs();
    expect(brokenKeyword(schema, value)).toBeUndefined();
    expect(cpuMs() - sinceMs).toBeLessThan(10_000);
  });

  test.each<[string, object, unknown, string]>([
    ['a repetition in a repetition', { pattern: '^(a+)+$' }, `${'a'.repeat(1_000)}b`, 'pattern'],
    ['many repetitions', { pattern: '^.*.*.*.*.*.*!$' }, 'a'.repeat(10_000), 'pattern'],
    ['a name', { propertyNames: { pattern: '^(a|a)*$' } }, { [`${'a'.repeat(60)}b`]: 1 }, 'propertyNames.pattern'],
    ['words with dashes', { pattern: '^[a-z]+(-[a-z]+)*$' }, `${'ab-'.repeat(1_000)}A`, 'pattern'],
    ['a long list', { uniqueItems: true }, [...LISTS, [0]], 'uniqueItems'],
    ['parts of parts', nested, 2, `${'allOf.0.'.repeat(60)}const`],
  ])('the check of %s reaches a decision', (_, schema, value, keyword) => {
    expect(brokenKeyword(schema, value)).toBe(keyword);
  });

  test('a keyword that cannot be decided does not hide other broken keywords', () => {
    const schema = { pattern: '(', maxLength: 5, properties: { a: { not: { pattern: '(' }, minLength: 2 } } };
    expect(brokenKeyword(schema, 'abcdef')).toBe('maxLength');
    expect(brokenKeyword(schema, { a: 'a' })).toBe('properties.a.minLength');
    expect(brokenKeyword({ anyOf: [{ not: { pattern: '(' } }, { const: 1 }] }, 'a')).toBeUndefined();
  });
});

/** Schemas and values of few words, so that many of them meet. */
function randomCase(random: SeededRandom): { readonly schema: JsonSchema; readonly value: unknown } {
  const of = <Value>(values: readonly Value[]): Value => pick(random, values);
  const count = (): number => of([0, 1, 2, 3]);

  function schema(depth: number): JsonSchema {
    const type = of(depth > 2 ? ['string', 'integer', 'boolean'] : ['string', 'integer', 'number', 'array', 'object']);
    if (depth < 2 && of([true, false, false])) return { anyOf: [schema(depth + 1), schema(depth + 1)] };
    switch (type) {
      case 'string':
        return { type, ...of([{ minLength: count() }, { maxLength: count() }, { pattern: 'a$' }, {}]) };
      case 'integer':
      case 'number':
        return { type, ...of([{ minimum: count() }, { exclusiveMaximum: count() }, { multipleOf: 2 }, {}]) };
      case 'array':
        return { type, items: schema(depth + 1), ...of([{ minItems: count() }, { uniqueItems: true }, {}]) };
      case 'object':
        return {
          type,
          properties: { a: schema(depth + 1), b: schema(depth + 1) },
          required: of([[], ['a'], ['a', 'b']]),
          ...of([{ additionalProperties: false }, { additionalProperties: schema(depth + 1) }, {}]),
        };
      default:
        return { enum: [true, false, null] };
    }
  }

  function value(depth: number): unknown {
    const kind = of(depth > 3 ? ['text', 'number'] : ['text', 'number', 'other', 'list', 'object', 'object']);
    if (kind === 'text') return of(['', 'a', 'ba', 'bab']);
    if (kind === 'number') return of([0, 1, 2, 2.5, 4]);
    if (kind === 'other') return of([true, null]);
    if (kind === 'list') return Array.from({ length: count() }, () => value(depth + 1));
    return Object.fromEntries(['a', 'b', 'c'].slice(0, count()).map(name => [name, value(depth + 1)]));
  }

  return { schema: schema(0), value: value(0) };
}

type JsonSchema = Exclude<Parameters<typeof z.fromJSONSchema>[0], boolean>;

test('zod gives the same result for random schemas and values', () => {
  const random = seededRandom(7);
  let kept = 0;
  for (let index = 0; index < 4_000; index++) {
    const { schema, value } = randomCase(random);
    const isKept = z.fromJSONSchema(schema).safeParse(value).success;
    expect([schema, value, brokenKeyword(schema, value) === undefined]).toEqual([schema, value, isKept]);
    kept += Number(isKept);
  }
  expect(kept).toBeGreaterThan(200);
});
