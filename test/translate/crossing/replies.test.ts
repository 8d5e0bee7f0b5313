/** The same reply in the format of each API: a client reads what its own vendor would have sent. */
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import { translatorOf } from '../../../src/translate/translate.ts';

const APIS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;
const PAIRS = APIS.flatMap(from => APIS.filter(to => to !== from).map(to => [from, to] as const));

interface Case {
  readonly name: string;
  readonly words: Readonly<Record<Api, object>>;
  /** Vendors that cannot say it. */
  readonly notBy?: readonly Api[];
}

const chat = (message: object, finish: string, more: object = {}) => ({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  ...more,
});
const responses = (output: readonly object[], more: object = {}) => ({
  object: 'response',
  status: 'completed',
  output,
  ...more,
});
const anthropic = (content: readonly object[], stop: string, more: object = {}) => ({
  type: 'message',
  role: 'assistant',
  content,
  stop_reason: stop,
  stop_sequence: null,
  ...more,
});
const UNEXPLAINED = 'The model refused to answer, and its vendor gives no reason.';
const said = (text: string) => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
const block = (text: string) => ({ type: 'text', text });
const chatCall = (id: string, input: string) => ({ id, type: 'function', function: { name: 'f', arguments: input } });
const responsesCall = (id: string, input: string) => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: input,
});

const CASES: readonly Case[] = [
  {
    name: 'a text',
    words: {
      'openai-chat': chat({ content: 'Hello ✨' }, 'stop'),
      'openai-responses': responses([said('Hello ✨')]),
      'anthropic-messages': anthropic([block('Hello ✨')], 'end_turn'),
    },
  },
  {
    name: 'a text, then two calls, one without input',
    words: {
      'openai-chat': chat(
        { content: 'Wait.', tool_calls: [chatCall('a', '{"x":1}'), chatCall('b', '{}')] },
        'tool_calls',
      ),
      'openai-responses': responses([said('Wait.'), responsesCall('a', '{"x":1}'), responsesCall('b', '{}')]),
      'anthropic-messages': anthropic(
        [
          block('Wait.'),
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
        'tool_use',
      ),
    },
  },
  {
    name: 'a call without text',
    words: {
      'openai-chat': chat({ content: null, tool_calls: [chatCall('a', '{}')] }, 'tool_calls'),
      'openai-responses': responses([responsesCall('a', '{}')]),
      'anthropic-messages': anthropic([{ type: 'tool_use', id: 'a', name: 'f', input: {} }], 'tool_use'),
    },
  },
  {
    name: 'a text that was cut off',
    words: {
      'openai-chat': chat({ content: 'Once upon' }, 'length'),
      'openai-responses': responses([said('Once upon')], {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
      }),
      'anthropic-messages': anthropic([block('Once upon')], 'max_tokens'),
    },
  },
  {
    name: 'a refusal',
    words: {
      'openai-chat': chat({ content: null, refusal: 'I cannot.' }, 'stop'),
      'openai-responses': responses([
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'I cannot.' }] },
      ]),
      'anthropic-messages': anthropic([block('I cannot.')], 'refusal'),
    },
    // Its words are a text.
    notBy: ['anthropic-messages'],
  },
  {
    name: 'a text that a filter ended',
    words: {
      'openai-chat': chat({ content: 'He' }, 'content_filter'),
      'openai-responses': responses([said('He')], {
        status: 'incomplete',
        incomplete_details: { reason: 'content_filter' },
      }),
      'anthropic-messages': anthropic([block('He')], 'refusal'),
    },
    // Its filter's is a refusal.
    notBy: ['anthropic-messages'],
  },
  {
    name: 'a refusal without a word',
    words: {
      'openai-chat': chat({ content: null, refusal: UNEXPLAINED }, 'stop'),
      'openai-responses': responses([
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: UNEXPLAINED }] },
      ]),
      'anthropic-messages': anthropic([], 'refusal'),
    },
    notBy: ['openai-chat', 'openai-responses'],
  },
  {
    name: 'no text at all',
    words: {
      'openai-chat': chat({ content: null }, 'stop'),
      'openai-responses': responses([]),
      'anthropic-messages': anthropic([], 'end_turn'),
    },
  },
  {
    name: 'tokens from a cache and for one, with reasoning',
    words: {
      'openai-chat': chat({ content: 'a' }, 'stop', {
        usage: {
          prompt_tokens: 100,
          completion_tokens: 20,
          total_tokens: 120,
          prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
          completion_tokens_details: { reasoning_tokens: 5 },
        },
      }),
      'openai-responses': responses([said('a')], {
        usage: {
          input_tokens: 100,
          input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
          output_tokens: 20,
          output_tokens_details: { reasoning_tokens: 5 },
          total_tokens: 120,
        },
      }),
      'anthropic-messages': anthropic([block('a')], 'end_turn', {
        usage: {
          input_tokens: 30,
          cache_read_input_tokens: 60,
          cache_creation_input_tokens: 10,
          output_tokens: 20,
          output_tokens_details: { thinking_tokens: 5 },
        },
      }),
    },
  },
];

function translated(from: Api, to: Api, body: object, request = {}) {
  const reply = translatorOf(from).readReply(JSON.stringify({ id: 'x', model: 'served', ...body }));
  return JSON.parse(translatorOf(to).writeReply(reply, { request, id: 'or_1', nowS: 7 })) as Record<string, unknown>;
}

describe.each(PAIRS)('a reply of %s for a client of %s', (from, to) => {
  test.each(CASES)('the client reads $name in the format of its own vendor', ({ words, notBy = [] }) => {
    const written = translated(from, to, words[from]);

    if (notBy.includes(from)) expect(written).toMatchObject({ model: 'served' });
    else expect(written).toMatchObject({ id: 'or_1', model: 'served', ...words[to] });
  });

  test('a translated reply has as many parts as the original', () => {
    for (const { words, notBy = [] } of CASES) {
      if (notBy.includes(from)) continue;
      const { output, content } = translated(from, to, words[from]) as { output?: object[]; content?: object[] };
      const own = words[to] as { output?: object[]; content?: object[] };
      expect([output?.length, content?.length]).toStrictEqual([own.output?.length, own.content?.length]);
    }
  });

  test('the client gets a service tier of its own vendor, and never one of another vendor', () => {
    const tier = { service_tier: 'priority', usage: { input_tokens: 1, output_tokens: 1, service_tier: 'priority' } };
    const body = CASES[0]?.words[from] ?? {};
    const isOneVendor = from !== 'anthropic-messages' && to !== 'anthropic-messages';
    const { service_tier: told, usage } = translated(from, to, {
      ...body,
      ...(isOneVendor ? { service_tier: 'priority' } : tier),
    });

    expect(told).toBe(isOneVendor ? 'priority' : undefined);
    if (to === 'anthropic-messages') expect(usage).toMatchObject({ service_tier: null });
  });
});
