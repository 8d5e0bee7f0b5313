import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeAnthropic } from '../../src/testing/fake-anthropic.ts';
import type { FakeCapability } from '../../src/testing/fake-errors.ts';
import { fakeOpenaiChat } from '../../src/testing/fake-openai-chat.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { errorBy, errorOfFault, isError, refusalOfModel } from '../../src/testing/fake-refusals.ts';
import { ANTHROPICS, OPENAIS, user } from './official-clients.ts';

const price = { input: '1', output: '1' };
const request = (body: Readonly<Record<string, unknown>>) =>
  ({ api: 'openai-chat', body, text: JSON.stringify(body) }) as const;

/** A body that needs each capability, in the formats of the three APIs. */
const NEEDS: readonly (readonly [FakeCapability, readonly Readonly<Record<string, unknown>>[]])[] = [
  ['tools', [{ tools: [{ type: 'function' }] }]],
  [
    'schema',
    [
      { response_format: { type: 'json_schema' } },
      { text: { format: { type: 'json_schema' } } },
      { output_config: { format: { type: 'json_schema' } } },
      { output_format: { type: 'json_schema' } },
    ],
  ],
  ['images', [part('messages', 'image_url'), part('input', 'input_image'), part('messages', 'image')]],
  ['audio', [part('messages', 'input_audio'), { audio: { voice: 'a' } }]],
  ['files', [part('messages', 'file'), part('input', 'input_file'), part('messages', 'document')]],
  ['stop', [{ stop: ['x'] }, { stop_sequences: ['x'] }]],
  ['stream', [{ stream: true }]],
  ['several-choices', [{ n: 2 }]],
  ['reasoning', [{ reasoning_effort: 'low' }, { reasoning: { effort: 'low' } }, { thinking: { type: 'enabled' } }]],
];
function part(list: string, type: string) {
  return { [list]: [{ content: [{ type }] }] };
}
const PLAIN = {
  model: 'm',
  messages: user('Hello'),
  input: 'Hello',
  stop: null,
  n: 1,
  response_format: { type: 'text' },
};

describe('what a request needs', () => {
  test.each(NEEDS)('the capability %s is refused to a request that needs it, and to no other', (capability, bodies) => {
    const refused = { kind: 'unsupported-capability', capability } as const;
    for (const body of bodies) {
      expect(refusalOfModel({ price, lacks: [capability] }, request(body))).toEqual(refused);
      expect(errorOfFault(refused, request(body))).toMatchObject(refused);
    }
    expect(refusalOfModel({ price, lacks: [capability] }, request(PLAIN))).toBeUndefined();
    expect(errorOfFault(refused, request(PLAIN))).toBeUndefined();
  });
});

describe('limits of a model', () => {
  test('a request longer than the context is refused by its characters ÷ 4, rounded up', () => {
    const body = request({ a: 'x'.repeat(392) }); // 400 characters
    expect(body.text).toHaveLength(400);
    expect(refusalOfModel({ price, contextTokens: 100 }, body)).toBeUndefined();
    const refused = { kind: 'context-too-long', tokens: 100, limit: 99 };
    expect(refusalOfModel({ price, contextTokens: 99 }, body)).toEqual(refused);
    expect(errorOfFault({ kind: 'context-too-long', limit: 99 }, body)).toEqual(refused);
    expect(errorOfFault({ kind: 'context-too-long' }, body)).toEqual({ ...refused, limit: 50 });
  });

  test.each(['max_tokens', 'max_completion_tokens', 'max_output_tokens'])(
    'a request that asks by `%s` for more output than the model writes is refused',
    parameter => {
      expect(refusalOfModel({ price, maxOutputTokens: 100 }, request({ [parameter]: 100 }))).toBeUndefined();
      const refused = { kind: 'output-too-long', parameter, tokens: 101, limit: 100 };
      expect(refusalOfModel({ price, maxOutputTokens: 100 }, request({ [parameter]: 101 }))).toEqual(refused);
      expect(errorOfFault({ kind: 'output-too-long', limit: 100 }, request({ [parameter]: 101 }))).toEqual(refused);
      expect(errorOfFault({ kind: 'output-too-long', limit: 100 }, request({}))).toBeUndefined();
    },
  );

  test('parameters and values that the model does not support are refused one at a time', () => {
    const model = { price, unsupported: ['seed', 'top_p'], supportedValues: { reasoning_effort: ['low', 'high'] } };
    expect(refusalOfModel(model, request({ top_p: 1, seed: 7, reasoning_effort: 'minimal' }))).toEqual({
      kind: 'unsupported-parameter',
      parameter: 'seed',
      value: 7,
    });
    expect(refusalOfModel(model, request({ reasoning_effort: 'minimal' }))).toEqual({
      kind: 'unsupported-value',
      parameter: 'reasoning_effort',
      value: 'minimal',
      supported: ['low', 'high'],
    });
    expect(refusalOfModel(model, request({ reasoning_effort: 'low' }))).toBeUndefined();
  });
});

test('errors are distinguished from other faults by their kind', () => {
  expect([isError({ kind: 'no-credit' }), isError({ kind: 'reset' }), isError(undefined)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('an error that its vendor does not define has the message of the API’s own vendor, or Anthropic’s if requested', () => {
  const context = { api: 'openai-chat', model: 'm', requestId: 'r' } as const;
  const invalid = { kind: 'invalid-json' } as const;
  expect(errorBy('groq', fakeOpenaiChat, invalid, context)).toEqual(fakeOpenaiChat.error(invalid, context));
  expect(errorBy('openai', fakeOpenaiChat, invalid, context)).toEqual(fakeOpenaiChat.error(invalid, context));
  expect(errorBy('anthropic', fakeOpenaiChat, invalid, context)).toEqual(fakeAnthropic.error(invalid, context));
});

describe('a model that refuses', () => {
  let provider: FakeProvider;
  beforeAll(async () => {
    provider = await startFakeProvider({
      models: {
        small: { price, contextTokens: 40, maxOutputTokens: 100, lacks: ['images', 'stream'], unsupported: ['stop'] },
        mistral: { price, vendor: 'mistral', unsupported: ['stream_options'] },
      },
    });
  });
  afterAll(() => provider.close());

  test('the SDKs throw each refusal with its status, code and sentence, every time and free of charge', async () => {
    const openai = OPENAIS[0][1](provider);
    const chat = { model: 'small', messages: user('Hello') };
    const image = { type: 'image_url' as const, image_url: { url: 'data:' } };
    const calls: readonly (readonly [OpenAI.ChatCompletionCreateParams, string | null, string])[] = [
      [{ ...chat, stop: 'x' }, 'unsupported_parameter', 'stop'],
      [{ ...chat, messages: [{ role: 'user' as const, content: [image] }] }, null, 'messages.[0].content.[1].type'],
      [{ ...chat, stream: true }, 'unsupported_value', 'stream'],
      [{ ...chat, messages: user('x'.repeat(200)) }, 'context_length_exceeded', 'messages'],
      [{ ...chat, max_tokens: 101 }, 'invalid_value', 'max_tokens'],
    ];
    for (let turn = 0; turn < 2; turn++) {
      for (const [body, code, param] of calls) {
        const error = await openai.chat.completions.create(body).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(OpenAI.APIError);
        expect(error).toMatchObject({ status: 400, code, param });
      }
    }
    const anthropic = ANTHROPICS[0][1](provider);
    await expect(anthropic.messages.create({ ...chat, max_tokens: 101 })).rejects.toThrow('101 > 100');
    await expect(openai.responses.create({ model: 'small', input: 'x', max_output_tokens: 101 })).rejects.toMatchObject(
      {
        code: 'integer_above_max_value',
        param: 'max_output_tokens',
      },
    );
    const stream = { model: 'mistral', messages: user('Hello'), stream: true as const, stream_options: {} };
    await expect(openai.chat.completions.create(stream)).rejects.toMatchObject({ status: 422 });
    expect(provider.bill().requests).toEqual([]);
    expect((await openai.chat.completions.create(chat)).object).toBe('chat.completion');
  });

  test('a script about something that a request lacks waits for a request that has it', async () => {
    const openai = OPENAIS[0][1](provider);
    const chat = { model: 'mistral', messages: user('Hello') };
    provider.reply({ kind: 'unsupported-capability', capability: 'tools' }, { kind: 'output-too-long', limit: 9 });
    expect((await openai.chat.completions.create(chat)).object).toBe('chat.completion');
    const tools = [{ type: 'function' as const, function: { name: 'f' } }];
    await expect(openai.chat.completions.create({ ...chat, tools })).rejects.toMatchObject({ param: 'tools' });
    await expect(openai.chat.completions.create({ ...chat, max_tokens: 10 })).rejects.toMatchObject({ status: 400 });
    expect(provider.queuedReplies).toBe(0);
  });
});
