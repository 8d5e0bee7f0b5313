import { describe, expect, test } from 'vitest';
import { strictSchema } from '../../../src/translate/openai/strict-schema.ts';
import type { JsonValue } from '../../../src/translate/neutral/json-text.ts';
import { memberOf } from '../../../src/translate/neutral/json-values.ts';

const object = (properties: Record<string, JsonValue>, more: Record<string, JsonValue> = {}): JsonValue => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

const isStrictSchema = (schema: JsonValue | undefined): boolean => strictSchema(schema) !== undefined;

describe('strict mode', () => {
  test('strict mode takes closed objects whose properties are all required, at every depth', () => {
    const city = object({ name: { type: ['string', 'null'], description: 'a city' }, kind: { enum: ['a', 'b'] } });

    expect(isStrictSchema(object({}))).toBe(true);
    expect(isStrictSchema(object({ city, cities: { type: 'array', items: city, minItems: 1 } }))).toBe(true);
    expect(
      isStrictSchema(
        object({ a: { anyOf: [city, { type: 'null' }] }, b: { $ref: '#/$defs/c' } }, { $defs: { c: city } }),
      ),
    ).toBe(true);
  });

  test('strict mode refuses an open object, or one with an optional property', () => {
    const open = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const optional = object({ a: { type: 'string' } }, { required: [] });

    for (const schema of [open, optional]) {
      expect(isStrictSchema(schema)).toBe(false);
      expect(isStrictSchema(object({ inner: schema }))).toBe(false);
      expect(isStrictSchema(object({ list: { type: 'array', items: schema } }))).toBe(false);
      expect(isStrictSchema(object({ either: { anyOf: [schema] } }))).toBe(false);
      expect(isStrictSchema(object({}, { $defs: { schema } }))).toBe(false);
    }
  });

  test.each([
    'allOf',
    'oneOf',
    'not',
    'if',
    'default',
    'minLength',
    'maxLength',
    'uniqueItems',
    'patternProperties',
    'dependentRequired',
  ])('strict mode refuses the keyword %s', keyword => {
    expect(isStrictSchema(object({ a: { type: 'string', [keyword]: 1 } }))).toBe(false);
  });

  test('a schema that lists its values is sent with their type, because strict mode requires it', () => {
    const listed = (schema: JsonValue): unknown =>
      memberOf(memberOf(strictSchema(object({ a: schema }))?.properties, 'a'), 'type');

    expect(listed({ enum: ['a', 'b'] })).toBe('string');
    expect(listed({ enum: ['a', null] })).toStrictEqual(['string', 'null']);
    expect(listed({ enum: [1, 2.5] })).toBe('number');
    expect(listed({ const: true })).toBe('boolean');
    expect(listed({ const: null })).toBe('null');
    expect(strictSchema({ type: 'object', additionalProperties: false })).toStrictEqual({
      type: 'object',
      additionalProperties: false,
      properties: {},
      required: [],
    });
  });

  test.each<Record<string, JsonValue>>([
    {},
    { description: 'anything' },
    { type: 'any' },
    { type: [] },
    { type: 'array' },
    { type: 'array', items: {} },
    { type: 'string', enum: [] },
    { enum: [{ a: 1 }] },
    { properties: { b: { type: 'string' } } },
    { $ref: '#/$defs/c', description: 'beside a reference' },
    { anyOf: [] },
    { anyOf: [{ type: 'string' }, {}] },
    { type: 'string', pattern: '^(?!a)b' },
    { type: 'string', pattern: '(?<=a)b' },
    { type: 'string', format: 'uri' },
    { type: 'string', format: 'regex' },
    { type: 'object', properties: {}, required: ['b'], additionalProperties: false },
  ])('strict mode refuses the property %j', property => {
    expect(isStrictSchema(object({ a: property }))).toBe(false);
    expect(isStrictSchema(object({ a: { type: 'array', items: property } }))).toBe(false);
  });

  test.each(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'])(
    'strict mode accepts the format %s',
    format => {
      expect(isStrictSchema(object({ a: { type: 'string', format } }))).toBe(true);
    },
  );

  test.each<Record<string, JsonValue>>([
    { type: 'string', pattern: '^@[a-z]+$' },
    { type: 'number', multipleOf: 0.5, minimum: 0, exclusiveMaximum: 9 },
    { type: 'integer', maximum: 3, exclusiveMinimum: 0 },
    { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 9 },
    { type: ['string', 'null'] },
    { type: 'null' },
    { anyOf: [{ type: 'string' }, { const: 3 }] },
  ])('strict mode accepts the property %j', property => {
    expect(isStrictSchema(object({ a: property }))).toBe(true);
  });

  test('strict mode takes 5,000 properties, 10 levels and 1,000 values of enums, and no more', () => {
    const wide = (count: number): JsonValue =>
      object(Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { type: 'string' }])));
    const deep = (levels: number): JsonValue => (levels === 1 ? object({}) : object({ a: deep(levels - 1) }));
    const values = (count: number): JsonValue => object({ a: { enum: Array.from({ length: count }, (_, at) => at) } });

    expect([wide(5000), deep(10), values(1000)].map(isStrictSchema)).toStrictEqual([true, true, true]);
    expect([wide(5001), deep(11), values(1001)].map(isStrictSchema)).toStrictEqual([false, false, false]);
  });

  test('strict mode takes an object only, and no choice, at the top', () => {
    expect(isStrictSchema({ anyOf: [object({})] })).toBe(false);
    expect(isStrictSchema({ type: 'array', items: object({}) })).toBe(false);
    expect(isStrictSchema(undefined)).toBe(false);
  });
});
