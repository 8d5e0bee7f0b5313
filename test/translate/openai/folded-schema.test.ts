import { describe, expect, test } from 'vitest';
import { foldedSchema } from '../../../src/translate/openai/folded-schema.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import { translatorOf } from '../../../src/translate/translate.ts';

const closed = (properties: Record<string, JsonObject>): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

describe('a schema of which strict mode takes a part', () => {
  const schema = {
    ...closed({
      url: { type: 'string', format: 'uri', description: 'where' },
      name: { type: 'string', minLength: 2, default: 'x', pattern: '^(?!a)' },
      tags: { type: 'array', items: { type: 'string', maxLength: 9 }, uniqueItems: true, maxItems: 3 },
      either: { anyOf: [{ type: 'null' }, closed({ a: { type: 'integer', minimum: 1 } }), { $ref: '#/$defs/b' }] },
    }),
    $defs: { b: { type: 'string', format: 'email', contentEncoding: 'base64' } },
  };

  test('keywords that strict mode does not accept are moved into a description', () => {
    const folded = foldedSchema(schema);
    expect(folded?.schema).toMatchObject({
      properties: {
        url: { type: 'string', description: 'where\n\n{format: "uri"}' },
        name: { type: 'string', description: '{minLength: 2, default: "x", pattern: "^(?!a)"}' },
        tags: { items: { description: '{maxLength: 9}' }, maxItems: 3, description: '{uniqueItems: true}' },
        either: { anyOf: [{ type: 'null' }, { properties: { a: { minimum: 1 } } }, { $ref: '#/$defs/b' }] },
      },
      $defs: { b: { format: 'email', description: '{contentEncoding: "base64"}' } },
    });
    expect(JSON.stringify(folded?.schema)).not.toMatch(/"(?:minLength|maxLength|uniqueItems|default|uri)":/);
  });

  test('a keyword that a reply may break is named by its path, and an annotation is not', () => {
    expect(foldedSchema(schema)?.unenforced).toEqual([
      'properties.url.format',
      'properties.name.minLength',
      'properties.name.pattern',
      'properties.tags.items.maxLength',
      'properties.tags.uniqueItems',
      '$defs.b.contentEncoding',
    ]);
  });

  test('a schema of an Anthropic request is strict at both APIs of OpenAI', () => {
    const asked = translatorOf('anthropic-messages').readRequest(
      JSON.stringify({
        model: 'm',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'Hi' }],
        output_config: { format: { type: 'json_schema', schema } },
      }),
    );
    for (const api of ['openai-chat', 'openai-responses'] as const)
      expect(translatorOf(api).writeRequest(asked, { name: 'm' } as never)).toContain('"strict":true');
  });
});

test('a description beside a reference is moved beside an `anyOf` of one, because strict mode accepts no keyword beside a reference', () => {
  const $defs = { b: { type: 'string', enum: ['x', 'y'] } };
  const given = { ...closed({ a: { $ref: '#/$defs/b', description: 'the first', minLength: 1 } }), $defs };
  expect(foldedSchema(given)).toEqual({
    schema: {
      ...closed({ a: { anyOf: [{ $ref: '#/$defs/b' }], description: 'the first\n\n{minLength: 1}' } }),
      $defs,
    },
    unenforced: ['properties.a.minLength'],
  });
});

test('a schema that strict mode accepts is not changed', () => {
  const schema = closed({ a: { type: 'string', pattern: '^a' } });
  expect(foldedSchema(schema)).toEqual({ schema, unenforced: [] });
});

test.each([{ ...closed({ a: { type: 'string' } }), required: [] }, closed({ a: {} }), true])(
  'a schema that strict mode would refuse even without these keywords is not changed: %j',
  schema => {
    expect(foldedSchema(schema)).toBeUndefined();
  },
);
