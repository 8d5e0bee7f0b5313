import { describe, expect, test } from 'vitest';
import { isStrictSchema } from '../../../src/translate/openai/strict-schema.ts';
import type { JsonValue } from '../../../src/translate/neutral/json-text.ts';

const object = (properties: Record<string, JsonValue>, more: Record<string, JsonValue> = {}): JsonValue => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

describe('strict mode', () => {
  test('takes closed objects whose properties are all required, at every depth', () => {
    const city = object({ name: { type: ['string', 'null'], description: 'a city' }, kind: { enum: ['a', 'b'] } });

    expect(isStrictSchema(object({}))).toBe(true);
    expect(isStrictSchema(object({ city, cities: { type: 'array', items: city, minItems: 1 } }))).toBe(true);
    expect(
      isStrictSchema(
        object({ a: { anyOf: [city, { type: 'null' }] }, b: { $ref: '#/$defs/c' } }, { $defs: { c: city } }),
      ),
    ).toBe(true);
  });

  test('strict mode does not take an open object, or one with an optional property', () => {
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
  ])('strict mode does not take the keyword %s', keyword => {
    expect(isStrictSchema(object({ a: { type: 'string', [keyword]: 1 } }))).toBe(false);
  });

  test('takes an object only, and no choice, at the top', () => {
    expect(isStrictSchema({ anyOf: [object({})] })).toBe(false);
    expect(isStrictSchema({ type: 'array', items: object({}) })).toBe(false);
    expect(isStrictSchema(undefined)).toBe(false);
  });
});
