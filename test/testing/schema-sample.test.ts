import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { schemaSample } from '../../src/testing/schema-sample.ts';

describe('a sample of a schema', () => {
  const Node: z.ZodType = z.object({
    name: z.string(),
    get children() {
      return z.array(Node).min(1).nullable();
    },
  });
  test.each<[string, z.ZodType]>([
    ['an object', z.object({ a: z.string(), b: z.number(), c: z.boolean(), d: z.null() })],
    ['nested lists', z.object({ rows: z.array(z.array(z.int().min(3)).min(2)).min(1) })],
    ['choices', z.object({ kind: z.enum(['x', 'y']), fixed: z.literal(7), either: z.union([z.string(), z.number()]) })],
    ['bounded strings', z.object({ short: z.string().max(3), long: z.string().min(40) })],
    ['formats', z.object({ at: z.iso.datetime(), day: z.iso.date(), mail: z.email(), id: z.uuid(), link: z.url() })],
    ['what is left out or empty', z.object({ a: z.string().optional(), b: z.string().nullable() })],
    [
      'a tagged union',
      z.discriminatedUnion('t', [z.object({ t: z.literal('a'), n: z.number() }), z.object({ t: z.literal('b') })]),
    ],
    ['what refers to itself', Node],
    ['a list of all', z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }))],
  ])('the sample of %s follows the schema', (_, schema) => {
    const sample = schemaSample(z.toJSONSchema(schema), '[solved]');
    expect(schema.safeParse(JSON.parse(JSON.stringify(sample))).error).toBeUndefined();
  });

  test('strings that the schema leaves free have the given text', () => {
    expect(schemaSample({ type: 'object', properties: { a: { type: 'string' }, b: {} } }, 'hi')).toEqual({
      a: 'hi',
      b: 'hi',
    });
  });

  test('a schema that refers to itself gives a finite sample', () => {
    const endless = { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' };
    expect(schemaSample(endless, 'x')).toBeNull();
    for (const odd of [null, 7, [], { type: 'no-such-type' }, { $ref: '#/nowhere' }])
      expect(schemaSample(odd, 'x')).toBe('x');
  });
});
