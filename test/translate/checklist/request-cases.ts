/** Requests of each line of the checklist, in the format of each API. */
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { Line } from './lines.ts';

type Body = Readonly<Record<string, unknown>>;

export interface RequestCase {
  readonly line: Line;
  readonly name: string;
  readonly words: Readonly<Record<Api, Body>>;
  /** What a vendor gets if its API has fewer fields than the client's, or other ones. */
  readonly sent?: Partial<Record<Api, Body>>;
  /** APIs whose clients cannot say it. */
  readonly notBy?: readonly Api[];
  /** Vendors that cannot serve it: the candidate is unable. */
  readonly notFor?: readonly Api[];
}

const GO = { role: 'user', content: 'Go.' };
const chat = (more: object, messages: readonly object[] = [GO]): Body => ({ messages, ...more });
const responses = (more: object, input: readonly object[] = [GO]): Body => ({ input, ...more });
const anthropic = (more: object, messages: readonly object[] = [GO]): Body => ({ messages, ...more });

const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const OPEN = { type: 'object', properties: { a: { type: 'string', minLength: 2 } } };
const tools = (parameters: object = CLOSED) => ({
  chat: { tools: ['f', 'g'].map(name => ({ type: 'function', function: { name, parameters } })) },
  responses: { tools: ['f', 'g'].map(name => ({ type: 'function', name, parameters, strict: false })) },
  anthropic: { tools: ['f', 'g'].map(name => ({ name, input_schema: parameters })) },
});

function choice(name: string, words: readonly [chat: unknown, responses: unknown, anthropic: unknown]): RequestCase {
  const all = tools();
  return {
    line: 'tool schemas and tool_choice both ways',
    name,
    words: {
      'openai-chat': chat({ ...all.chat, tool_choice: words[0] }),
      'openai-responses': responses({ ...all.responses, tool_choice: words[1] }),
      'anthropic-messages': anthropic({ ...all.anthropic, tool_choice: words[2] }),
    },
  };
}

function effort(level: string, thinking: object, sent?: object): RequestCase {
  const output_config = { effort: level };
  return {
    line: 'effort and thinking budget',
    name: `the effort ${level}`,
    words: {
      'openai-chat': chat({ reasoning_effort: level }),
      'openai-responses': responses({ reasoning: { effort: level } }),
      'anthropic-messages': anthropic({ output_config, ...thinking }),
    },
    ...(sent && { sent: { 'anthropic-messages': anthropic(sent) }, notBy: ['anthropic-messages'] }),
  };
}

function budget(tokens: number, level: string): RequestCase {
  return {
    line: 'effort and thinking budget',
    name: `a budget of ${tokens} tokens`,
    words: {
      'openai-chat': chat({ reasoning_effort: level }),
      'openai-responses': responses({ reasoning: { effort: level } }),
      'anthropic-messages': anthropic({ thinking: { type: 'enabled', budget_tokens: tokens } }),
    },
    notBy: ['openai-chat', 'openai-responses'],
  };
}

const PNG = 'data:image/png;base64,AAAA';
const IMAGE = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const PDF = 'data:application/pdf;base64,AAAA';
const DOCUMENT = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } };
const chatCall = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const item = (call_id: string) => ({ type: 'function_call', call_id, name: 'f', arguments: '{}' });
const output = (call_id: string, said: unknown) => ({ type: 'function_call_output', call_id, output: said });
const use = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
const result = (tool_use_id: string, content: unknown, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id,
  content,
  ...more,
});
const text = (said: string) => ({ type: 'text', text: said });
const MARK = { type: 'ephemeral' };
const BREAK = { mode: 'explicit' };

export const REQUEST_CASES: readonly RequestCase[] = [
  {
    line: 'cache_control kept, breakpoints placed where the target has them',
    name: 'a breakpoint behind the instructions and one in a message',
    words: {
      'openai-chat': chat({}, [
        { role: 'system', content: [{ ...text('Be kind.'), prompt_cache_breakpoint: BREAK }] },
        {
          role: 'user',
          content: [{ ...text('Long.'), prompt_cache_breakpoint: { ...BREAK, ttl: '12h' } }, text('Go.')],
        },
      ]),
      'openai-responses': responses({}, [
        { role: 'system', content: [{ type: 'input_text', text: 'Be kind.', prompt_cache_breakpoint: BREAK }] },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Long.', prompt_cache_breakpoint: { ...BREAK, ttl: '12h' } },
            { type: 'input_text', text: 'Go.' },
          ],
        },
      ]),
      'anthropic-messages': anthropic({ system: [{ ...text('Be kind.'), cache_control: MARK }] }, [
        { role: 'user', content: [{ ...text('Long.'), cache_control: { ...MARK, ttl: '1h' } }, text('Go.')] },
      ]),
    },
  },
  effort('low', { thinking: { type: 'adaptive' } }),
  effort('high', { thinking: { type: 'adaptive' } }),
  effort('xhigh', { thinking: { type: 'adaptive' } }),
  effort('none', {}, { thinking: { type: 'disabled' } }),
  effort('minimal', {}, { output_config: { effort: 'low' } }),
  budget(1024, 'low'),
  budget(8192, 'medium'),
  budget(20_000, 'high'),
  budget(40_000, 'xhigh'),
  {
    line: 'structured output native on the target, unsupported schema keywords checked',
    name: 'an object of a schema',
    words: {
      'openai-chat': chat({
        response_format: { type: 'json_schema', json_schema: { name: 'reply', schema: CLOSED, strict: true } },
      }),
      'openai-responses': responses({
        text: { format: { type: 'json_schema', name: 'reply', schema: CLOSED, strict: true } },
      }),
      'anthropic-messages': anthropic({ output_config: { format: { type: 'json_schema', schema: CLOSED } } }),
    },
  },
  {
    line: 'structured output native on the target, unsupported schema keywords checked',
    name: 'a schema that allows any names',
    words: {
      'openai-chat': chat({
        response_format: { type: 'json_schema', json_schema: { name: 'reply', schema: { type: 'object' } } },
      }),
      'openai-responses': responses({
        text: { format: { type: 'json_schema', name: 'reply', schema: { type: 'object' } } },
      }),
      'anthropic-messages': anthropic({}),
    },
    notBy: ['anthropic-messages'],
    notFor: ['anthropic-messages'],
  },
  {
    line: 'structured output native on the target, unsupported schema keywords checked',
    name: 'JSON without a schema',
    words: {
      'openai-chat': chat({ response_format: { type: 'json_object' } }),
      'openai-responses': responses({ text: { format: { type: 'json_object' } } }),
      'anthropic-messages': anthropic({}),
    },
    notBy: ['anthropic-messages'],
    notFor: ['anthropic-messages'],
  },
  {
    line: 'tool schemas and tool_choice both ways',
    name: 'the schema of a tool, whatever strict mode makes of it',
    words: {
      'openai-chat': chat(tools(OPEN).chat),
      'openai-responses': responses(tools(OPEN).responses),
      'anthropic-messages': anthropic(tools(OPEN).anthropic),
    },
  },
  choice('a choice of the model', ['auto', 'auto', { type: 'auto' }]),
  choice('no tool', ['none', 'none', { type: 'none' }]),
  choice('any tool', ['required', 'required', { type: 'any' }]),
  choice('one tool', [
    { type: 'function', function: { name: 'g' } },
    { type: 'function', name: 'g' },
    { type: 'tool', name: 'g' },
  ]),
  {
    line: 'tool results as lists with images, documents and errors, all results in one turn, before text',
    name: 'results with an image, a document and an error, and a text behind them',
    words: {
      'openai-chat': chat({}, [
        GO,
        { role: 'assistant', content: null, tool_calls: [chatCall('a'), chatCall('b'), chatCall('c')] },
        { role: 'tool', tool_call_id: 'a', content: 'A picture:' },
        { role: 'tool', tool_call_id: 'b', content: 'The result is in the next message of the user.' },
        { role: 'tool', tool_call_id: 'c', content: '[tool error]\nno' },
        {
          role: 'user',
          content: [
            text('Result of tool call a:'),
            { type: 'image_url', image_url: { url: PNG } },
            text('Result of tool call b:'),
            { type: 'file', file: { file_data: PDF, filename: 'document.pdf' } },
            text('And?'),
          ],
        },
      ]),
      'openai-responses': responses({}, [
        GO,
        item('a'),
        item('b'),
        item('c'),
        output('a', [
          { type: 'input_text', text: 'A picture:' },
          { type: 'input_image', image_url: PNG, detail: 'auto' },
        ]),
        output('b', [{ type: 'input_file', file_data: PDF, filename: 'document.pdf' }]),
        output('c', [
          { type: 'input_text', text: '[tool error]' },
          { type: 'input_text', text: 'no' },
        ]),
        { role: 'user', content: 'And?' },
      ]),
      'anthropic-messages': anthropic({}, [
        GO,
        { role: 'assistant', content: [use('a'), use('b'), use('c')] },
        {
          role: 'user',
          content: [
            result('a', [text('A picture:'), IMAGE]),
            result('b', [DOCUMENT]),
            result('c', 'no', { is_error: true }),
            text('And?'),
          ],
        },
      ]),
    },
    // Chat completions have no such results, and neither API of OpenAI has errors in them.
    notBy: ['openai-chat', 'openai-responses'],
  },
  {
    line: 'tool results as lists with images, documents and errors, all results in one turn, before text',
    name: 'results in another order than their calls',
    words: {
      'openai-chat': chat({}, [
        GO,
        { role: 'assistant', content: null, tool_calls: [chatCall('a'), chatCall('b')] },
        { role: 'tool', tool_call_id: 'b', content: 'B' },
        { role: 'tool', tool_call_id: 'a', content: 'A' },
        { role: 'user', content: 'And?' },
      ]),
      'openai-responses': responses({}, [
        GO,
        item('a'),
        item('b'),
        output('b', 'B'),
        output('a', 'A'),
        { role: 'user', content: 'And?' },
      ]),
      'anthropic-messages': anthropic({}, [
        GO,
        { role: 'assistant', content: [use('a'), use('b')] },
        { role: 'user', content: [result('a', 'A'), result('b', 'B'), text('And?')] },
      ]),
    },
    // At Anthropic, the results are in the order of their calls.
    notBy: ['anthropic-messages'],
  },
  {
    line: 'stop sequences reported',
    name: 'texts that end the reply',
    words: {
      'openai-chat': chat({ stop: ['END', '\nUser:'] }),
      'openai-responses': responses({}),
      'anthropic-messages': anthropic({ stop_sequences: ['END', '\nUser:'] }),
    },
    notBy: ['openai-responses'],
    notFor: ['openai-responses'],
  },
  {
    line: 'token limits under each vendor’s name',
    name: 'a limit',
    words: {
      'openai-chat': chat({ max_completion_tokens: 321 }),
      'openai-responses': responses({ max_output_tokens: 321 }),
      'anthropic-messages': anthropic({ max_tokens: 321 }),
    },
  },
  {
    line: 'token limits under each vendor’s name',
    name: 'no limit, or the model’s own where the API needs one',
    words: {
      'openai-chat': chat({}),
      'openai-responses': responses({}),
      'anthropic-messages': anthropic({ max_tokens: 64_000 }),
    },
    notBy: ['anthropic-messages'],
  },
  {
    line: 'token limits under each vendor’s name',
    name: 'a limit above the model’s own',
    words: {
      'openai-chat': chat({ max_completion_tokens: 100_000 }),
      'openai-responses': responses({ max_output_tokens: 100_000 }),
      'anthropic-messages': anthropic({ max_tokens: 64_000 }),
    },
    notBy: ['anthropic-messages'],
  },
  {
    line: 'system and developer prompts in order',
    name: 'two instructions before the first turn',
    words: {
      'openai-chat': chat({}, [{ role: 'system', content: [text('One.'), text('Two.')] }, GO]),
      'openai-responses': responses({}, [
        {
          role: 'system',
          content: [
            { type: 'input_text', text: 'One.' },
            { type: 'input_text', text: 'Two.' },
          ],
        },
        GO,
      ]),
      'anthropic-messages': anthropic({ system: [text('One.'), text('Two.')] }),
    },
  },
  {
    line: 'system and developer prompts in order',
    name: 'an instruction between turns',
    words: {
      'openai-chat': chat({}, [GO, { role: 'system', content: 'Be brief.' }]),
      'openai-responses': responses({}, [GO, { role: 'system', content: 'Be brief.' }]),
      'anthropic-messages': anthropic({}, [GO, { role: 'system', content: 'Be brief.' }]),
    },
  },
  {
    line: 'ids normalised',
    name: 'an id that Anthropic refuses, in the call and in its result',
    words: {
      'openai-chat': chat({}, [
        GO,
        { role: 'assistant', content: null, tool_calls: [chatCall('functions.f:0')] },
        { role: 'tool', tool_call_id: 'functions.f:0', content: 'A' },
      ]),
      'openai-responses': responses({}, [GO, item('functions.f:0'), output('functions.f:0', 'A')]),
      'anthropic-messages': anthropic({}, [
        GO,
        { role: 'assistant', content: [use('call_1r3U3jKKIu3WEPlUi09BnzdW')] },
        { role: 'user', content: [result('call_1r3U3jKKIu3WEPlUi09BnzdW', 'A')] },
      ]),
    },
    notBy: ['anthropic-messages'],
  },
];
