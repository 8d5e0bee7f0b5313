import { describe, expect, test } from 'vitest';
import { asResponses, fromAnthropic, fromChat } from '../openai-requests.ts';

const CLOSED = { type: 'object', properties: {}, required: [], additionalProperties: false };

describe('a request of another API, written for the Responses API,', () => {
  test('a request of another API, written for the Responses API, is not stored by the vendor, because no client would look for it there', () => {
    expect(asResponses(fromChat({}))).toStrictEqual({ model: 'm', input: [], store: false });
    expect(asResponses(fromAnthropic({}))).toHaveProperty('store', false);
  });

  test('a request of another API, written for the Responses API, states that arguments need not be strict, because the vendor’s default is strict', () => {
    const tools = [
      { type: 'function', function: { name: 'f', parameters: CLOSED } },
      { type: 'function', function: { name: 'g', parameters: CLOSED, strict: true } },
      { type: 'function', function: { name: 'h' } },
    ];

    expect(asResponses(fromChat({ tools })).tools).toStrictEqual([
      { type: 'function', name: 'f', parameters: CLOSED, strict: false },
      { type: 'function', name: 'g', parameters: CLOSED, strict: true },
      { type: 'function', name: 'h', parameters: { type: 'object', properties: {} }, strict: false },
    ]);
  });

  test('a request of another API, written for the Responses API, has at least the lowest token limit that the vendor accepts', () => {
    expect(asResponses(fromChat({ max_tokens: 1 }))).toHaveProperty('max_output_tokens', 16);
    expect(asResponses(fromChat({ max_tokens: 17 }))).toHaveProperty('max_output_tokens', 17);
  });

  test('a reasoning model is asked to return its encrypted reasoning, because the vendor stores none of it', () => {
    const asked = { include: ['reasoning.encrypted_content'] };
    const reasons = { model: 'm', efforts: ['low', 'high'] } as const;

    expect(asResponses(fromChat({}), reasons)).toMatchObject(asked);
    expect(asResponses(fromAnthropic({}), reasons)).toMatchObject(asked);
    expect(asResponses(fromChat({ reasoning_effort: 'low' }))).toMatchObject(asked);
    expect(asResponses(fromChat({}))).not.toHaveProperty('include');
    expect(asResponses(fromChat({}), { model: 'm', efforts: [] })).not.toHaveProperty('include');
  });

  test('a request of another API, written for the Responses API, asks for log probabilities', () => {
    expect(asResponses(fromChat({ logprobs: true, top_logprobs: 2 }))).toMatchObject({
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
    });
  });

  test('a request of another API, written for the Responses API, shows reasoning as the client of another vendor asked for it', () => {
    const asked = (reasoningShown: string) =>
      asResponses(fromAnthropic({ reasoning: { thinking: 'adaptive' }, settings: { reasoningShown } })).reasoning;

    expect(asked('summarized')).toStrictEqual({ effort: 'high', summary: 'auto' });
    expect(asked('omitted')).toStrictEqual({ effort: 'high' });
  });

  test('a request of another API, written for the Responses API, has the format and the verbosity in one place', () => {
    const conversation = fromChat({ response_format: { type: 'json_object' }, verbosity: 'high' });

    expect(asResponses(conversation).text).toStrictEqual({ format: { type: 'json_object' }, verbosity: 'high' });
  });

  test('a request of another API, written for the Responses API, has the tool choice in the flat format of that API', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const choices = [
      ['required', 'required'],
      [
        { type: 'function', function: { name: 'f' } },
        { type: 'function', name: 'f' },
      ],
      [
        { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools } },
        { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
      ],
    ];

    for (const [chat, flat] of choices)
      expect(asResponses(fromChat({ tools, tool_choice: chat })).tool_choice).toStrictEqual(flat);
  });

  test('a request of another API, written for the Responses API, has deprecated functions as tools', () => {
    expect(asResponses(fromChat({ functions: [{ name: 'f' }], function_call: { name: 'f' } }))).toMatchObject({
      tools: [{ type: 'function', name: 'f' }],
      tool_choice: { type: 'function', name: 'f' },
    });
  });
});
