import { describe, expect, test } from 'vitest';
import { asChat, fromAnthropic, fromResponses } from '../openai-requests.ts';

const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const OPEN = { type: 'object', properties: { a: { type: 'string' } } };

describe('a request of another API, written for chat completions,', () => {
  test('a request of another API, written for chat completions, has the token limit under the name that the endpoint accepts', () => {
    const conversation = fromAnthropic({ settings: { maxTokens: 100 } });

    expect(asChat(conversation)).toHaveProperty('max_completion_tokens', 100);
    expect(asChat(conversation, { model: 'm', limitName: 'max_tokens' })).toHaveProperty('max_tokens', 100);
  });

  test('a request of another API, written for chat completions, asks for the usage of a stream, because other APIs always report it', () => {
    expect(asChat(fromAnthropic({ isStream: true }))).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(asChat(fromAnthropic({}))).not.toHaveProperty('stream_options');
  });

  test('a request of another API, written for chat completions, has no tool choice if it has no tools', () => {
    const body = asChat(fromAnthropic({ toolChoice: { kind: 'required' }, parallelTools: false }));

    expect(body).toStrictEqual({ model: 'm', messages: [] });
  });

  test('a request of another API, written for chat completions, asks for strict arguments only with a schema that strict mode accepts', () => {
    const tools = [CLOSED, OPEN].map(input => ({ name: 'f', form: 'json', input, strict: true }) as const);

    expect(asChat(fromAnthropic({ tools })).tools).toMatchObject([
      { function: { strict: true, parameters: CLOSED } },
      { function: { parameters: OPEN } },
    ]);
    expect(asChat(fromAnthropic({ tools })).tools).not.toMatchObject([{}, { function: { strict: true } }]);
  });

  test('a request of another API, written for chat completions, asks for strict arguments where the Responses API has them by default', () => {
    const tools = [
      { type: 'function', name: 'f', parameters: CLOSED },
      { type: 'function', name: 'g', parameters: CLOSED, strict: false },
    ];

    expect(asChat(fromResponses({ tools })).tools).toStrictEqual([
      { type: 'function', function: { name: 'f', parameters: CLOSED, strict: true } },
      { type: 'function', function: { name: 'g', parameters: CLOSED } },
    ]);
  });

  test('a request of another API, written for chat completions, has an empty parameter schema for a tool without parameters', () => {
    const tools = [
      { name: 'f', form: 'json' } as const,
      { name: 'g', form: 'json', input: { type: 'object' } } as const,
    ];

    expect(asChat(fromAnthropic({ tools })).tools).toMatchObject([
      { function: { parameters: { type: 'object', properties: {} } } },
      { function: { parameters: { type: 'object', properties: {} } } },
    ]);
  });

  test('an output format without a name gets one, and stays strict if it was', () => {
    const output = (schema: object) => ({ kind: 'schema', schema: schema as typeof OPEN }) as const;

    expect(asChat(fromAnthropic({ output: output(CLOSED) })).response_format).toStrictEqual({
      type: 'json_schema',
      json_schema: { name: 'reply', schema: CLOSED, strict: true },
    });
    expect(asChat(fromAnthropic({ output: output(OPEN) })).response_format).toMatchObject({
      json_schema: { strict: false },
    });
  });

  test('a request of another API, written for chat completions, chooses a custom tool in the API’s own format', () => {
    const conversation = fromResponses({
      tools: [{ type: 'custom', name: 'g' }],
      tool_choice: { type: 'custom', name: 'g' },
    });

    expect(asChat(conversation)).toMatchObject({
      tools: [{ type: 'custom', custom: { name: 'g' } }],
      tool_choice: { type: 'custom', custom: { name: 'g' } },
    });
  });

  test('a request of another API, written for chat completions, has an effort that the model accepts, and sampling parameters if the model accepts any', () => {
    const conversation = fromResponses({ reasoning: { effort: 'max' }, temperature: 0.3, top_p: 0.5 });

    expect(asChat(conversation)).toMatchObject({ reasoning_effort: 'max', temperature: 0.3, top_p: 0.5 });
    expect(asChat(conversation, { model: 'm', efforts: ['low', 'high'], takesSampling: false })).toStrictEqual({
      model: 'm',
      messages: [],
      reasoning_effort: 'high',
    });
  });

  test('a request of another API, written for chat completions, leaves out tiers that only the Responses API has', () => {
    expect(asChat(fromResponses({ service_tier: 'ultrafast' }))).toStrictEqual({ model: 'm', messages: [] });
    expect(asChat(fromResponses({ service_tier: 'priority' }))).toHaveProperty('service_tier', 'priority');
  });
});
