/** Replies of each line of the checklist, in the format of each vendor. */
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { Line } from './lines.ts';

type Body = Readonly<Record<string, unknown>>;

export interface ReplyCase {
  readonly line: Line;
  readonly name: string;
  readonly words: Readonly<Record<Api, Body>>;
  /** What a client reads if its API has no field for a part of another vendor's reply. */
  readonly read?: Partial<Record<Api, Body>>;
  /** Vendors that do not say it. */
  readonly notBy?: readonly Api[];
}

const USAGE = {
  chat: { prompt_tokens: 10, completion_tokens: 7, total_tokens: 17 },
  responses: {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 17,
  },
  anthropic: { input_tokens: 10, output_tokens: 7 },
};

const chat = (message: object, finish_reason: string, more: object = {}): Body => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
  usage: USAGE.chat,
  ...more,
});
const responses = (output: readonly object[], more: object = {}): Body => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'completed',
  output: output.map((item, index) => ({ id: `item_${index}`, status: 'completed', ...item })),
  usage: USAGE.responses,
  ...more,
});
const anthropic = (content: readonly object[], stop_reason: string, more: object = {}): Body => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content,
  stop_reason,
  stop_sequence: null,
  usage: USAGE.anthropic,
  ...more,
});

const said = (text: string) => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
});
const block = (text: string) => ({ type: 'text', text });
const chatCall = (id: string, name: string, input: string) => ({
  id,
  type: 'function',
  function: { name, arguments: input },
});
const item = (call_id: string, name: string, input: string) => ({
  type: 'function_call',
  call_id,
  name,
  arguments: input,
});
const use = (id: string, name: string, input: object) => ({ type: 'tool_use', id, name, input });
const CUT = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
const FILTERED = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
const TEN = Array.from({ length: 10 }, (_, index) => index);

/** Tokens of a vendor: all input, read from a cache, written to one, output, reasoning. */
const counted = (input: number, cached: number, wrote: number, output: number, reasoning: number) => ({
  chat: {
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: wrote },
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
  },
  responses: {
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached, cache_write_tokens: wrote },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: input + output,
    },
  },
  anthropic: {
    usage: {
      input_tokens: input - cached - wrote,
      cache_read_input_tokens: cached,
      cache_creation_input_tokens: wrote,
      output_tokens: output,
      output_tokens_details: { thinking_tokens: reasoning },
    },
  },
});

function cachedCase(name: string, tokens: Parameters<typeof counted>): ReplyCase {
  const usage = counted(...tokens);
  return {
    line: 'cached tokens both ways, never 0, never double',
    name,
    words: {
      'openai-chat': chat({ content: 'a' }, 'stop', usage.chat),
      'openai-responses': responses([said('a')], usage.responses),
      'anthropic-messages': anthropic([block('a')], 'end_turn', usage.anthropic),
    },
  };
}

export const REPLY_CASES: readonly ReplyCase[] = [
  {
    line: 'text then tool call ends as a tool call',
    name: 'a text and a call',
    words: {
      'openai-chat': chat({ content: 'I look.', tool_calls: [chatCall('a', 'f', '{"x":1}')] }, 'tool_calls'),
      'openai-responses': responses([said('I look.'), item('a', 'f', '{"x":1}')]),
      'anthropic-messages': anthropic([block('I look.'), use('a', 'f', { x: 1 })], 'tool_use'),
    },
  },
  {
    line: 'text then tool call ends as a tool call',
    name: 'a text and a call whose vendor says that it stopped',
    words: {
      'openai-chat': chat({ content: 'I look.', tool_calls: [chatCall('a', 'f', '{"x":1}')] }, 'stop'),
      'openai-responses': responses([said('I look.'), item('a', 'f', '{"x":1}')]),
      'anthropic-messages': anthropic([block('I look.'), use('a', 'f', { x: 1 })], 'end_turn'),
    },
    read: {
      'openai-chat': chat({ content: 'I look.', tool_calls: [chatCall('a', 'f', '{"x":1}')] }, 'tool_calls'),
      'anthropic-messages': anthropic([block('I look.'), use('a', 'f', { x: 1 })], 'tool_use'),
    },
  },
  {
    line: 'text then tool call ends as a tool call',
    name: 'a call that the limit cuts off',
    words: {
      'openai-chat': chat({ content: null, tool_calls: [chatCall('a', 'f', '{}')] }, 'length'),
      'openai-responses': responses([item('a', 'f', '{}')], CUT),
      'anthropic-messages': anthropic([use('a', 'f', {})], 'max_tokens'),
    },
    // The limit has cut the tool's input off, so it is not an object: in this API the call would have one.
    notBy: ['anthropic-messages'],
  },
  {
    line: 'parallel tool calls with own indexes, start and stop even without arguments',
    name: 'two calls, one without arguments',
    words: {
      'openai-chat': chat(
        { content: null, tool_calls: [chatCall('a', 'f', '{"x":1}'), chatCall('b', 'g', '{}')] },
        'tool_calls',
      ),
      'openai-responses': responses([item('a', 'f', '{"x":1}'), item('b', 'g', '{}')]),
      'anthropic-messages': anthropic([use('a', 'f', { x: 1 }), use('b', 'g', {})], 'tool_use'),
    },
  },
  {
    line: 'parallel tool calls with own indexes, start and stop even without arguments',
    name: 'a call whose arguments are no characters',
    words: {
      'openai-chat': chat({ content: null, tool_calls: [chatCall('a', 'f', '')] }, 'tool_calls'),
      'openai-responses': responses([item('a', 'f', '')]),
      'anthropic-messages': anthropic([use('a', 'f', {})], 'tool_use'),
    },
    read: {
      'openai-chat': chat({ content: null, tool_calls: [chatCall('a', 'f', '{}')] }, 'tool_calls'),
      'openai-responses': responses([item('a', 'f', '{}')]),
    },
  },
  {
    line: 'parallel tool calls with own indexes, start and stop even without arguments',
    name: 'ten calls',
    words: {
      'openai-chat': chat(
        { content: null, tool_calls: TEN.map(n => chatCall(`c${n}`, 'f', `{"n":${n}}`)) },
        'tool_calls',
      ),
      'openai-responses': responses(TEN.map(n => item(`c${n}`, 'f', `{"n":${n}}`))),
      'anthropic-messages': anthropic(
        TEN.map(n => use(`c${n}`, 'f', { n })),
        'tool_use',
      ),
    },
  },
  {
    line: 'usage after the finish reason',
    name: 'a text with its tokens',
    words: {
      'openai-chat': chat({ content: 'é😀 hello' }, 'stop'),
      'openai-responses': responses([said('é😀 hello')]),
      'anthropic-messages': anthropic([block('é😀 hello')], 'end_turn'),
    },
  },
  cachedCase('tokens read from a cache', [100, 60, 0, 20, 0]),
  cachedCase('tokens written to a cache', [100, 0, 30, 20, 0]),
  cachedCase('tokens read and written, and reasoning', [100, 60, 30, 20, 5]),
  {
    line: 'stop sequences reported',
    name: 'the text that stopped the reply',
    words: {
      'openai-chat': {
        ...chat({ content: 'a' }, 'stop'),
        // vLLM's word.
        choices: [
          { index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop', stop_reason: 'END' },
        ],
      },
      'openai-responses': responses([said('a')]),
      'anthropic-messages': anthropic([block('a')], 'stop_sequence', { stop_sequence: 'END' }),
    },
    notBy: ['openai-responses'],
  },
  {
    line: 'refusals and content filters',
    name: 'a refusal in words',
    words: {
      'openai-chat': chat({ content: null, refusal: 'I cannot.' }, 'stop'),
      'openai-responses': responses([
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'I cannot.' }] },
      ]),
      'anthropic-messages': anthropic([], 'refusal', {
        stop_details: { type: 'refusal', category: null, explanation: 'I cannot.' },
      }),
    },
    // The words are its text too.
    read: { 'anthropic-messages': anthropic([block('I cannot.')], 'refusal') },
  },
  {
    line: 'refusals and content filters',
    name: 'a text that a filter cuts off',
    words: {
      'openai-chat': chat({ content: 'He' }, 'content_filter'),
      'openai-responses': responses([said('He')], FILTERED),
      'anthropic-messages': anthropic([block('He')], 'refusal'),
    },
    // It knows refusals only.
    notBy: ['anthropic-messages'],
  },
  {
    line: 'token limits under each vendor’s name',
    name: 'a text that the limit cuts off',
    words: {
      'openai-chat': chat({ content: 'Once upon' }, 'length'),
      'openai-responses': responses([said('Once upon')], CUT),
      'anthropic-messages': anthropic([block('Once upon')], 'max_tokens'),
    },
  },
  {
    line: 'ids normalised',
    name: 'an id that Anthropic refuses',
    words: {
      'openai-chat': chat({ content: null, tool_calls: [chatCall('functions.f:0', 'f', '{}')] }, 'tool_calls'),
      'openai-responses': responses([item('functions.f:0', 'f', '{}')]),
      'anthropic-messages': anthropic([use('call_-I1Q', 'f', {})], 'tool_use'),
    },
    notBy: ['anthropic-messages'],
  },
];
