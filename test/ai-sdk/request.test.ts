import { describe, expect, test } from 'vitest';
import { writtenRequest } from '../../src/ai-sdk/request.ts';
import type { SdkCall } from '../../src/ai-sdk/specification.ts';

const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }];
const written = (more: Partial<SdkCall> = {}, stream = false) =>
  writtenRequest('feature:f', { prompt, ...more }, stream);
const bodyOf = (more: Partial<SdkCall> = {}, stream = false): unknown =>
  JSON.parse(JSON.stringify(written(more, stream).body));

test('a call without settings sends only its prompt, and asks the vendor to store no reply', () => {
  const body = {
    model: 'feature:f',
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
    store: false,
  };
  expect(bodyOf()).toEqual(body);
  expect(bodyOf({}, true)).toEqual({ ...body, stream: true });
});

test('settings are written under the names of the API', () => {
  expect(bodyOf({ maxOutputTokens: 5, temperature: 0, topP: 0.5 })).toMatchObject({
    max_output_tokens: 5,
    temperature: 0,
    top_p: 0.5,
  });
});

test('each setting that the API has no field for causes a warning', () => {
  const all = { topK: 0, seed: 0, presencePenalty: 0, frequencyPenalty: 0, stopSequences: ['a'] };
  expect(written(all).warnings).toEqual(Object.keys(all).map(feature => ({ type: 'unsupported', feature })));
  expect(written({ stopSequences: [] }).warnings).toEqual([]);
});

describe('objects', () => {
  const schemaOf = (schema: object) => ({ responseFormat: { type: 'json', schema } }) as Partial<SdkCall>;
  const closed = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  };

  test('a schema is sent as strict if strict mode accepts it', () => {
    expect(bodyOf(schemaOf(closed))).toMatchObject({
      text: { format: { type: 'json_schema', name: 'response', schema: closed, strict: true } },
    });
    expect(bodyOf(schemaOf({ ...closed, required: [] }))).toMatchObject({ text: { format: { strict: false } } });
  });

  test('a request for JSON without a schema asks for any JSON object, and text is the default', () => {
    expect(bodyOf({ responseFormat: { type: 'json' } })).toMatchObject({ text: { format: { type: 'json_object' } } });
    expect(bodyOf({ responseFormat: { type: 'text' } })).not.toHaveProperty('text');
  });
});

describe('tools', () => {
  const tool = { type: 'function', name: 't', description: 'd', inputSchema: { type: 'object' } } as const;

  test('a tool is written with its schema, and is strict only if the application requests it', () => {
    const item = { type: 'function', name: 't', description: 'd', parameters: { type: 'object' } };
    expect(bodyOf({ tools: [tool, { ...tool, strict: true }] })).toMatchObject({
      tools: [
        { ...item, strict: false },
        { ...item, strict: true },
      ],
    });
  });

  test.each([
    [{ type: 'auto' }, 'auto'],
    [{ type: 'none' }, 'none'],
    [{ type: 'required' }, 'required'],
    [
      { type: 'tool', toolName: 't' },
      { type: 'function', name: 't' },
    ],
  ] as const)('the tool choice %j is written in the format of the API', (toolChoice, choice) => {
    expect(bodyOf({ tools: [tool], toolChoice })).toMatchObject({ tool_choice: choice });
  });

  test('a tool that a vendor runs causes a warning', () => {
    const search = { type: 'provider', id: 'openai.web_search', name: 'web_search', args: {} } as const;
    const { warnings } = written({ tools: [search], toolChoice: { type: 'auto' } });
    expect(warnings).toEqual([{ type: 'unsupported', feature: 'the tool openai.web_search, which its vendor runs' }]);
    expect(bodyOf({ tools: [search] })).not.toHaveProperty('tools');
  });
});

test('an effort requests reasoning that its model can read again, and no effort requests none', () => {
  expect(bodyOf({ reasoning: 'low' })).toMatchObject({
    reasoning: { effort: 'low', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
  });
  expect(bodyOf({ reasoning: 'none' })).toMatchObject({ reasoning: { effort: 'none' } });
  expect(bodyOf({ reasoning: 'none' })).not.toHaveProperty('include');
  expect(bodyOf({ reasoning: 'provider-default' })).not.toHaveProperty('reasoning');
});

test('the provider’s own options are fields of the body', () => {
  expect(bodyOf({ providerOptions: { outcomeRouter: { service_tier: 'flex' }, openai: { user: 'u' } } })).toMatchObject(
    {
      service_tier: 'flex',
    },
  );
});
