import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import { describe, expect, test } from 'vitest';
import {
  isStrictSchema,
  objectSchema,
  outputSchema,
  unenforcedKeywords,
} from '../../../src/translate/anthropic/schema.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';

/** Schemas on which the vendor's SDK and this translation agree. */
const AGREED: readonly JsonObject[] = [
  {
    type: 'object',
    properties: { a: { type: 'string', format: 'email' } },
    required: ['a'],
    additionalProperties: false,
  },
  { type: 'object', properties: { a: { type: 'string', format: 'phone', minLength: 3, pattern: '^x' } } },
  {
    type: 'array',
    items: { type: 'number', minimum: 1, multipleOf: 0.5 },
    minItems: 1,
    maxItems: 3,
    uniqueItems: true,
  },
  { type: 'array', items: { type: 'integer' }, minItems: 2, description: 'some' },
  { oneOf: [{ type: 'string' }, { type: 'null' }], title: 't' },
  { anyOf: [{ type: 'object', properties: {} }, { const: 'x' }] },
  { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { type: 'boolean', default: true } } },
  { $ref: '#/$defs/a', $defs: { a: { type: 'object', properties: { b: { type: 'null' } } } } },
  { enum: ['a', 1, null], type: 'string' },
  { type: ['string', 'null'], $schema: 'https://json-schema.org/draft/2020-12/schema' },
  { type: 'object', additionalProperties: false },
];

describe('a schema for structured output', () => {
  test.each(AGREED.map(schema => [JSON.stringify(schema), schema] as const))(
    '%s is written as the vendor’s SDK does',
    (_, schema) => {
      expect(JSON.parse(JSON.stringify(outputSchema(schema)))).toStrictEqual(transformJSONSchema(schema as never));
    },
  );

  test.each<JsonObject>([
    {},
    { type: 'object', properties: { a: {} } },
    { type: 'object', additionalProperties: { type: 'string' } },
    { type: 'object', additionalProperties: true },
    { type: 'object' },
  ])('a schema that allows any value or any name cannot be guaranteed: %j', schema => {
    expect(outputSchema(schema)).toBeUndefined();
  });

  test('a schema with several types of which one has members becomes a choice', () => {
    expect(outputSchema({ type: ['object', 'null'], properties: { a: { type: 'string' } }, required: ['a'] })).toEqual({
      anyOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
        { type: 'null' },
      ],
    });
  });
});

describe('a schema with parts that it refers to', () => {
  const closed = (properties: JsonObject): JsonObject => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
  const child = { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] };

  test.each<readonly [string, JsonObject]>([
    ['the whole', closed({ child: { anyOf: [{ $ref: '#' }, { type: 'null' }] } })],
    ['a part', { ...closed({ a: { $ref: '#/$defs/a' } }), $defs: { a: closed({ child }) } }],
    [
      'a part by another one, under the older name',
      {
        ...closed({ a: { $ref: '#/definitions/a' } }),
        definitions: { a: closed({ b: { $ref: '#/definitions/b' } }), b: closed({ a: { $ref: '#/definitions/a' } }) },
      },
    ],
  ])('a schema that contains itself cannot be sent as structured output: %s', (_, schema) => {
    expect(outputSchema(schema)).toBeUndefined();
  });

  test('a schema may use a part more than once, under either name, however deep its parts go', () => {
    const one = closed({ x: { type: 'string', pattern: '^a' } });
    const twice = {
      ...closed({ a: { $ref: '#/definitions/one' }, b: { $ref: '#/definitions/one' } }),
      definitions: { one },
    };
    expect(outputSchema(twice)).toMatchObject({
      properties: { a: { $ref: '#/definitions/one' } },
      definitions: { one: { properties: { x: { type: 'string', description: '{pattern: "^a"}' } } } },
    });
    expect(unenforcedKeywords(twice)).toEqual(['definitions.one.properties.x.pattern']);
    const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
    const next = (i: number): JsonObject =>
      closed(
        i === 39 ? { end: { type: 'null' } } : { a: { $ref: `#/$defs/n${i + 1}` }, b: { $ref: `#/$defs/n${i + 1}` } },
      );
    const deep = {
      ...closed({ a: { $ref: '#/$defs/n0' } }),
      $defs: Object.fromEntries(names.map((name, i) => [name, next(i)])),
    };
    expect(outputSchema(deep)).toBeDefined();
  });
});

test('a model reads the keywords beside a reference: a description, and those that the vendor does not enforce', () => {
  const $defs = { step: { type: 'string', description: 'a step' } };
  const within = (first: JsonObject): JsonObject => ({
    type: 'object',
    properties: { first },
    required: ['first'],
    additionalProperties: false,
    $defs,
  });
  const given = within({ $ref: '#/$defs/step', description: 'the first', title: 'First', minLength: 2, default: 'a' });
  expect(outputSchema(given)).toEqual(
    within({
      anyOf: [{ $ref: '#/$defs/step' }],
      title: 'First',
      description: 'the first\n\n{minLength: 2, default: "a"}',
    }),
  );
  expect(unenforcedKeywords(given)).toEqual(['properties.first.minLength']);
  expect(outputSchema(within({ $ref: '#/$defs/step' }))).toEqual(within({ $ref: '#/$defs/step' }));
});

describe('keywords of a schema that the vendor does not enforce', () => {
  const within = (name: string, schema: JsonObject): readonly string[] =>
    unenforcedKeywords({ type: 'object', properties: { [name]: schema }, required: [name] });

  test.each<[JsonObject, readonly string[]]>([
    [
      { type: 'integer', minimum: 1, exclusiveMaximum: 9, multipleOf: 3 },
      ['minimum', 'exclusiveMaximum', 'multipleOf'],
    ],
    [{ type: 'string', pattern: '^a', minLength: 1, format: 'phone' }, ['pattern', 'minLength', 'format']],
    [{ type: 'string', nullable: true }, ['nullable']],
    [
      { type: 'array', items: { type: 'string', maxLength: 1 }, minItems: 2, maxItems: 3, uniqueItems: true },
      ['items.maxLength', 'maxItems', 'uniqueItems', 'minItems'],
    ],
    [{ type: 'array', items: { type: 'null' }, prefixItems: [{ type: 'string' }] }, ['prefixItems']],
    [
      { type: 'object', properties: {}, if: {}, else: {}, dependentRequired: {}, patternProperties: {} },
      ['if', 'else', 'dependentRequired', 'patternProperties'],
    ],
    [{ type: 'string', not: { const: 'x' } }, ['not']],
    [{ type: 'string', enum: ['a', 'b'], pattern: '^a' }, ['pattern']],
    [{ type: 'string', const: {} }, ['const']],
    [{ anyOf: [{ type: 'null' }, { type: 'number', maximum: 1 }] }, ['anyOf[1].maximum']],
    [{ oneOf: [{ type: 'null' }, { type: 'number', maximum: 1 }] }, ['oneOf', 'oneOf[1].maximum']],
    [{ anyOf: [{ type: 'null' }], oneOf: [{ type: 'null' }], allOf: [] }, ['oneOf', 'allOf']],
    [{ type: ['array', 'string'], items: { type: 'null' }, pattern: '^a' }, ['pattern']],
    [{ $ref: '#/$defs/a', minimum: 1, $defs: { a: { type: 'number', maximum: 9 } } }, ['$defs.a.maximum', 'minimum']],
    [{ type: 'string', format: 'email', description: 'd', title: 't', default: 'x', examples: ['y'] }, []],
    [{ type: 'array', items: { type: 'string' }, minItems: 1 }, []],
  ])('a reply may break these keywords of %j: %j', (schema, names) => {
    expect(within('a', schema).toSorted()).toStrictEqual(names.map(name => `properties.a.${name}`).toSorted());
  });
});

describe('a schema of a tool', () => {
  test('the schema of a tool is an object, also where the tool states no input', () => {
    expect(objectSchema(undefined)).toStrictEqual({ type: 'object', properties: {} });
    expect(objectSchema({})).toStrictEqual({ type: 'object', properties: {} });
    expect(objectSchema({ properties: { a: {} } })).toStrictEqual({ type: 'object', properties: { a: {} } });
    expect(objectSchema({ type: 'object', required: [] })).toStrictEqual({ type: 'object', required: [] });
  });

  test('a tool can be strict only within the subset that the vendor enforces', () => {
    const strict = {
      additionalProperties: false,
      properties: { a: { type: 'string' } },
      type: 'object',
      required: ['a'],
    };

    expect(isStrictSchema(strict)).toBe(true);
    expect(isStrictSchema({ ...strict, properties: { a: { type: 'string', minLength: 1 } } })).toBe(false);
    expect(isStrictSchema({ ...strict, additionalProperties: true })).toBe(false);
  });
});
