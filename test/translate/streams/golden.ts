/** Streams as vendors send them, with the content of each. Most are from reports of what a gateway lost. */
import type { Usage } from '../../../src/core/ledger/usage.ts';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { ReplyFinish } from '../../../src/translate/neutral/reply.ts';
import type { Sent } from './sent.ts';
import { chunks, named, numbered } from './sent.ts';

export interface GoldenStream {
  /** A sentence about the stream. */
  readonly title: string;
  readonly api: Api;
  readonly sent: readonly Sent[];
  /** The content of the parts in order, as `kind text` or `kind input`. */
  readonly parts: readonly string[];
  readonly finish?: ReplyFinish;
  readonly stopSequence?: string;
  readonly usage?: Usage;
  /** It has the call of a tool that takes free text, which Anthropic's API has no field for. */
  readonly isFreeForm?: boolean;
  /** A part of the error's message. */
  readonly error?: string;
}

const ANTHROPIC: Api = 'anthropic-messages';
const CHAT: Api = 'openai-chat';
const RESPONSES: Api = 'openai-responses';

const start = (usage: object = { input_tokens: 10, output_tokens: 1 }) => ({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-5', content: [], usage },
});
const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const textBlock = (index: number, text = '') => block(index, { type: 'text', text, citations: null });
const toolBlock = (index: number, id: string, name: string, input: object = {}) =>
  block(index, { type: 'tool_use', id, name, input });
const delta = (index: number, fields: object) => ({ type: 'content_block_delta', index, delta: fields });
const text = (index: number, piece: string) => delta(index, { type: 'text_delta', text: piece });
const json = (index: number, partial_json: string) => delta(index, { type: 'input_json_delta', partial_json });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const ending = (stop_reason: string, usage: object = { output_tokens: 7 }, more: object = {}) => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null, ...more }, usage },
  { type: 'message_stop' },
];

const anthropic: readonly GoldenStream[] = [
  {
    title: 'Text before a tool call ends as a tool call',
    api: ANTHROPIC,
    sent: named([
      start(),
      textBlock(0),
      { type: 'ping' },
      text(0, 'I look '),
      text(0, 'it up: é😀.'),
      stop(0),
      toolBlock(1, 'toolu_1', 'weather'),
      json(1, ''),
      json(1, '{"city": "Zür'),
      json(1, 'ich"}'),
      stop(1),
      ...ending('tool_use'),
    ]),
    parts: ['text I look it up: é😀.', 'tool-call toolu_1 weather {"city": "Zürich"}'],
    finish: 'tool-calls',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'Calls in parallel keep their order, and one without input has an empty object',
    api: ANTHROPIC,
    sent: named([
      start(),
      toolBlock(0, 'toolu_1', 'now'),
      json(0, ''),
      stop(0),
      toolBlock(1, 'toolu_2', 'later'),
      stop(1),
      toolBlock(2, 'toolu_3', 'add'),
      json(2, '{"n":12345678901234567890,"n":1e400}'),
      stop(2),
      ...ending('tool_use'),
    ]),
    parts: [
      'tool-call toolu_1 now {}',
      'tool-call toolu_2 later {}',
      'tool-call toolu_3 add {"n":12345678901234567890,"n":1e400}',
    ],
    finish: 'tool-calls',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'An input that comes whole with its block is not lost, nor are its digits',
    api: ANTHROPIC,
    sent: [
      ...named([start()]),
      {
        name: 'content_block_start',
        data: '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"add","input":{"n":12345678901234567890}}}',
      },
      ...named([stop(0), ...ending('tool_use')]),
    ],
    parts: ['tool-call t add {"n":12345678901234567890}'],
    finish: 'tool-calls',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'Thinking keeps its signature, and what is redacted its data',
    api: ANTHROPIC,
    sent: named([
      start(),
      block(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Let me ', estimated_tokens: 3 }),
      delta(0, { type: 'thinking_delta', thinking: 'see.' }),
      delta(0, { type: 'signature_delta', signature: 'first' }),
      delta(0, { type: 'signature_delta', signature: 'whole' }),
      stop(0),
      block(1, { type: 'redacted_thinking', data: 'ENCRYPTED' }),
      stop(1),
      textBlock(2, 'Yes'),
      text(2, '.'),
      stop(2),
      ...ending('end_turn', { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } }),
    ]),
    parts: [
      'reasoning Let me see. [{"type":"thinking","thinking":"Let me see.","signature":"whole"}]',
      'reasoning  [{"type":"redacted_thinking","data":"ENCRYPTED"}]',
      'text Yes.',
    ],
    finish: 'stop',
    usage: { input: 10, output: 9, reasoning: 4 },
  },
  {
    title: 'Tokens read from a cache and written to one are counted once, at the end',
    api: ANTHROPIC,
    sent: named([
      start({
        input_tokens: 10,
        cache_read_input_tokens: 200,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
        output_tokens: 1,
      }),
      textBlock(0),
      text(0, 'Hi'),
      stop(0),
      ...ending('end_turn', { input_tokens: null, cache_read_input_tokens: 200, output_tokens: 5 }),
    ]),
    parts: ['text Hi'],
    finish: 'stop',
    usage: { input: 10, cacheRead: 200, cacheWrite5m: 10, cacheWrite1h: 20, output: 5 },
  },
  {
    title: 'A stop sequence is reported with its text',
    api: ANTHROPIC,
    sent: named([
      start(),
      textBlock(0),
      text(0, 'a'),
      stop(0),
      ...ending('stop_sequence', { output_tokens: 1 }, { stop_sequence: 'END' }),
    ]),
    parts: ['text a'],
    finish: 'stop-sequence',
    stopSequence: 'END',
    usage: { input: 10, output: 1 },
  },
  {
    title: 'A call that the limit cut off ends as the limit, with what there is of its input',
    api: ANTHROPIC,
    sent: named([start(), toolBlock(0, 't', 'write'), json(0, '{"text": "onc'), stop(0), ...ending('max_tokens')]),
    parts: ['tool-call t write {"text": "onc'],
    finish: 'length',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'A call that was cut off before its block ended is not made whole',
    api: ANTHROPIC,
    sent: named([start(), toolBlock(0, 't', 'write'), ...ending('max_tokens')]),
    parts: ['tool-call t write '],
    finish: 'length',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'A call whose block does not end is whole when the message is',
    api: ANTHROPIC,
    sent: named([start(), toolBlock(0, 't', 'now'), textBlock(1), text(1, 'a'), ...ending('tool_use')]),
    parts: ['tool-call t now {}', 'text a'],
    finish: 'tool-calls',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'A reason to stop that comes in two deltas is kept, and so is the usage',
    api: ANTHROPIC,
    sent: named([
      start(),
      textBlock(0),
      text(0, 'a'),
      stop(0),
      { type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 3 } },
      { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 7 } },
      { type: 'message_stop' },
    ]),
    parts: ['text a'],
    finish: 'length',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'A reason to call tools without a call is none',
    api: ANTHROPIC,
    sent: named([start(), textBlock(0), text(0, 'a'), stop(0), ...ending('tool_use')]),
    parts: ['text a'],
    finish: 'stop',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'The blocks of a hosted tool between texts do not mix with them',
    api: ANTHROPIC,
    sent: named([
      start(),
      textBlock(0),
      text(0, 'a'),
      stop(0),
      block(1, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      json(1, '{"query":"x"}'),
      stop(1),
      block(2, { type: 'web_search_tool_result', tool_use_id: 's', content: [] }),
      stop(2),
      block(3, { type: 'brand_new', text: 'new' }),
      stop(3),
      textBlock(4),
      text(4, 'b'),
      stop(4),
      ...ending('end_turn'),
    ]),
    parts: ['text a', 'opaque ', 'opaque ', 'opaque ', 'text b'],
    finish: 'stop',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'A refusal in the middle of a text keeps the text',
    api: ANTHROPIC,
    sent: named([start(), textBlock(0), text(0, 'First'), stop(0), ...ending('refusal')]),
    parts: ['text First'],
    finish: 'refusal',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'A reply of nothing is a reply',
    api: ANTHROPIC,
    sent: named([start(), ...ending('end_turn', { output_tokens: 0 })]),
    parts: [],
    finish: 'stop',
    usage: { input: 10, output: 0 },
  },
  {
    title: 'Events and deltas of a later version are ignored',
    api: ANTHROPIC,
    sent: named([
      start(),
      { type: 'brand_new' },
      textBlock(0),
      delta(0, { type: 'brand_new_delta', colour: 'red' }),
      text(0, 'a'),
      stop(0),
      ...ending('end_turn'),
    ]),
    parts: ['text a'],
    finish: 'stop',
    usage: { input: 10, output: 7 },
  },
  {
    title: 'An error in the middle of a stream ends it',
    api: ANTHROPIC,
    sent: named([
      start(),
      textBlock(0),
      text(0, 'a'),
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      text(0, 'never'),
    ]),
    parts: [],
    error: 'Overloaded',
  },
  {
    title: 'An error as the first event is an error',
    api: ANTHROPIC,
    sent: named([{ type: 'error', error: { type: 'api_error', message: 'Internal server error' } }]),
    parts: [],
    error: 'Internal server error',
  },
  {
    title: 'Bytes that end before the message does are an error',
    api: ANTHROPIC,
    sent: named([start(), textBlock(0), text(0, 'a'), stop(0), ending('end_turn')[0] as { type: string }]),
    parts: ['text a'],
    error: 'ended before',
  },
  {
    title: 'Pings alone are a broken stream',
    api: ANTHROPIC,
    sent: named([{ type: 'ping' }, { type: 'ping' }]),
    parts: [],
    error: 'ended before',
  },
];

const USAGE = { prompt_tokens: 10, completion_tokens: 7, total_tokens: 17 };
const SAID: Usage = { input: 10, output: 7 };
const call = (index: number | undefined, fields: Readonly<Record<string, unknown>>, input?: string) => {
  const { name, ...more } = fields;
  const written = { ...(name === undefined ? {} : { name }), ...(input === undefined ? {} : { arguments: input }) };
  return { ...(index === undefined ? {} : { index }), ...more, function: written };
};
const calls = (...tool_calls: readonly object[]) => ({ tool_calls });

const chat: readonly GoldenStream[] = [
  {
    title: 'Text before a tool call ends as a tool call, also where the vendor says stop',
    api: CHAT,
    sent: chunks(
      { role: 'assistant', content: '' },
      { content: 'I look ' },
      { content: 'it up: é😀.' },
      calls(call(0, { id: 'call_1', type: 'function', name: 'weather' }, '')),
      calls(call(0, {}, '{"city": "Zür')),
      calls(call(0, {}, 'ich"}')),
      { finish_reason: 'stop' },
      { choices: [], usage: USAGE },
      '[DONE]',
    ),
    parts: ['text I look it up: é😀.', 'tool-call call_1 weather {"city": "Zürich"}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'Pieces of calls that take turns stay with their calls',
    api: CHAT,
    sent: chunks(
      calls(call(0, { id: 'a', name: 'f' }, ''), call(1, { id: 'b', name: 'g' }, '')),
      calls(call(1, {}, '{"y":')),
      calls(call(0, {}, '{"x":')),
      calls(call(1, {}, '2}'), call(0, {}, '1}')),
      { finish_reason: 'tool_calls', usage: USAGE },
      '[DONE]',
    ),
    parts: ['tool-call a f {"x":1}', 'tool-call b g {"y":2}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'Ten calls in parallel keep their indexes, and those without input have an empty object',
    api: CHAT,
    sent: chunks(
      ...Array.from({ length: 10 }, (_, index) =>
        calls(call(index, { id: `c${index}`, name: 'f' }, index % 3 === 0 ? '' : `{"i":${index}}`)),
      ),
      { finish_reason: 'tool_calls' },
      '[DONE]',
    ),
    parts: Array.from(
      { length: 10 },
      (_, index) => `tool-call c${index} f ${index % 3 === 0 ? '{}' : `{"i":${index}}`}`,
    ),
    finish: 'tool-calls',
  },
  {
    title: 'An id and a name that come late wait for nothing but themselves',
    api: CHAT,
    sent: chunks(
      calls(call(0, {}, '{"x":')),
      calls(call(0, { id: '', name: 'f' }, '')),
      calls(call(0, { id: 'late' }, '1}')),
      { finish_reason: 'tool_calls' },
    ),
    parts: ['tool-call late f {"x":1}'],
    finish: 'tool-calls',
  },
  {
    title: 'Calls that all have the index 0 are told apart by their ids',
    api: CHAT,
    sent: chunks(calls(call(0, { id: 'a', name: 'f' }, '{"x":1}')), calls(call(0, { id: 'b', name: 'g' }, '{"y":2}')), {
      finish_reason: 'stop',
      usage: USAGE,
    }),
    parts: ['tool-call a f {"x":1}', 'tool-call b g {"y":2}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'Calls without an index are told apart by their ids',
    api: CHAT,
    sent: chunks(
      calls(call(undefined, { id: 'a', name: 'f' }, '{"x":')),
      calls(call(undefined, {}, '1}')),
      calls(call(undefined, { id: 'b', name: 'g' }, '{}')),
      { finish_reason: 'tool_calls' },
    ),
    parts: ['tool-call a f {"x":1}', 'tool-call b g {}'],
    finish: 'tool-calls',
  },
  {
    title: 'An id and a name that every chunk repeats do not begin another call',
    api: CHAT,
    sent: chunks(calls(call(0, { id: 'a', name: 'f' }, '{"x"')), calls(call(0, { id: 'a', name: 'f' }, ':1}')), {
      finish_reason: 'tool_calls',
    }),
    parts: ['tool-call a f {"x":1}'],
    finish: 'tool-calls',
  },
  {
    title: 'Text after a call is a text of its own',
    api: CHAT,
    sent: chunks(
      { content: 'a' },
      calls(call(0, { id: 'i', name: 'f' }, '{}')),
      { content: 'b' },
      { finish_reason: 'stop' },
    ),
    parts: ['text a', 'tool-call i f {}', 'text b'],
    finish: 'tool-calls',
  },
  {
    title: 'Text between the pieces of a call waits until the call is whole',
    api: CHAT,
    sent: chunks(calls(call(0, { id: 'i', name: 'f' }, '{"a":')), { content: 'meanwhile' }, calls(call(0, {}, '1}')), {
      finish_reason: 'tool_calls',
    }),
    parts: ['tool-call i f {"a":1}', 'text meanwhile'],
    finish: 'tool-calls',
  },
  {
    title: 'A call that the limit cut off ends as the limit, and is not made whole',
    api: CHAT,
    sent: chunks(calls(call(0, { id: 'i', name: 'f' }, '{"a":[1')), calls(call(1, { id: 'j', name: 'g' }, '')), {
      finish_reason: 'length',
    }),
    parts: ['tool-call i f {"a":[1', 'tool-call j g '],
    finish: 'length',
  },
  {
    title: 'Reasoning under either name comes before the text',
    api: CHAT,
    sent: chunks(
      { reasoning_content: 'Hm' },
      { reasoning: 'm.' },
      { content: 'Yes' },
      { finish_reason: 'stop', usage: { ...USAGE, completion_tokens_details: { reasoning_tokens: 3 } } },
      '[DONE]',
    ),
    parts: ['reasoning Hmm. [{"reasoning_content":"Hmm."}]', 'text Yes'],
    finish: 'stop',
    usage: { ...SAID, reasoning: 3 },
  },
  {
    title: 'Thinking that is a part of the content is reasoning',
    api: CHAT,
    sent: chunks(
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] },
      { content: [{ type: 'text', text: 'Yes' }] },
      { content: '.' },
      { finish_reason: 'stop' },
    ),
    parts: ['reasoning Hm. [{"reasoning_content":"Hm."}]', 'text Yes.'],
    finish: 'stop',
  },
  {
    title: 'Signed reasoning in pieces is one detail, whose signature comes alone',
    api: CHAT,
    sent: chunks(
      { reasoning: 'Let', reasoning_details: [{ type: 'reasoning.text', text: 'Let', index: 0 }] },
      { reasoning: ' me', reasoning_details: [{ type: 'reasoning.text', text: ' me', index: 0 }] },
      { content: '', reasoning_details: [{ type: 'reasoning.text', signature: 'Et8B', index: 0 }] },
      { content: 'a' },
      calls(call(0, { id: 'i', name: 'f' }, '{}')),
      { finish_reason: 'tool_calls' },
    ),
    parts: [
      'reasoning Let me [{"reasoning":"Let me","reasoning_details":[{"type":"reasoning.text","text":"Let me","index":0,"signature":"Et8B"}]}]',
      'text a',
      'tool-call i f {}',
    ],
    finish: 'tool-calls',
  },
  {
    title: 'Encrypted reasoning that comes with its call is kept before it',
    api: CHAT,
    sent: chunks(
      { content: 'a' },
      {
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'CiQB', id: 'i', index: 0 }],
        ...calls(call(0, { id: 'i', name: 'f' }, '{}')),
      },
      { finish_reason: 'tool_calls' },
    ),
    parts: [
      'text a',
      'reasoning  [{"reasoning":"","reasoning_details":[{"type":"reasoning.encrypted","data":"CiQB","id":"i","index":0}]}]',
      'tool-call i f {}',
    ],
    finish: 'tool-calls',
  },
  {
    title: 'A refusal before any text ends as a refusal',
    api: CHAT,
    sent: chunks(
      { content: '', refusal: null },
      { refusal: "I can't " },
      { refusal: 'do that.' },
      { finish_reason: 'stop' },
    ),
    parts: ["refusal I can't do that."],
    finish: 'refusal',
  },
  {
    title: 'Reasoning that goes on after a call, and after a text, is reasoning again',
    api: CHAT,
    sent: chunks(
      { reasoning_content: 'One' },
      calls(call(0, { id: 'i', name: 'f' }, '{}')),
      { reasoning_content: 'Two' },
      { content: 'a' },
      { reasoning_content: 'Three' },
      { finish_reason: 'tool_calls' },
    ),
    parts: [
      'reasoning One [{"reasoning_content":"One"}]',
      'tool-call i f {}',
      'reasoning Two [{"reasoning_content":"Two"}]',
      'text a',
      'reasoning Three [{"reasoning_content":"Three"}]',
    ],
    finish: 'tool-calls',
  },
  {
    title: 'A chunk with text, a whole call and the end loses none of them',
    api: CHAT,
    sent: chunks(
      { content: 'a', ...calls(call(0, { id: 'i', name: 'f' }, '{"x":1}')), finish_reason: 'tool_calls', usage: USAGE },
      '[DONE]',
    ),
    parts: ['text a', 'tool-call i f {"x":1}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'A filter that cuts the text keeps what there is of it',
    api: CHAT,
    sent: chunks({ content: 'Once' }, { finish_reason: 'content_filter' }, '[DONE]'),
    parts: ['text Once'],
    finish: 'content-filter',
  },
  {
    title: 'Usage may come before the finish, and be repeated with every chunk',
    api: CHAT,
    sent: chunks(
      { content: 'a', usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 } },
      { content: 'b', usage: USAGE },
      { finish_reason: 'stop' },
      '[DONE]',
    ),
    parts: ['text ab'],
    finish: 'stop',
    usage: SAID,
  },
  {
    title: 'Usage may come in a field of the vendor',
    api: CHAT,
    sent: chunks(
      { content: 'a' },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { id: 'r', usage: USAGE } },
      '[DONE]',
    ),
    parts: ['text a'],
    finish: 'stop',
    usage: SAID,
  },
  {
    title: 'Cached tokens are part of the prompt, and are counted once',
    api: CHAT,
    sent: chunks(
      { content: 'a' },
      { finish_reason: 'stop' },
      { choices: [], usage: { ...USAGE, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 5 } } },
      '[DONE]',
    ),
    parts: ['text a'],
    finish: 'stop',
    usage: { input: 1, cacheRead: 4, cacheWrite5m: 5, output: 7 },
  },
  {
    title: 'A finish that is sent twice ends the reply once, and content between them is kept',
    api: CHAT,
    sent: chunks({ content: 'a' }, { finish_reason: 'stop' }, { content: 'b', finish_reason: 'stop' }, '[DONE]', {
      content: 'never',
    }),
    parts: ['text ab'],
    finish: 'stop',
  },
  {
    title: 'A finish reason of nothing is none',
    api: CHAT,
    sent: chunks({ content: 'a', finish_reason: '' }, { content: 'b', finish_reason: 'length' }),
    parts: ['text ab'],
    finish: 'length',
  },
  {
    title: 'A stream may end with [DONE] and no finish reason',
    api: CHAT,
    sent: chunks({ content: 'a' }, '[DONE]'),
    parts: ['text a'],
    finish: 'stop',
  },
  {
    title: 'A stop sequence that a compatible server names is reported',
    api: CHAT,
    sent: chunks(
      { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', stop_reason: 'END' }] },
      '[DONE]',
    ),
    parts: ['text a'],
    finish: 'stop-sequence',
    stopSequence: 'END',
  },
  {
    title: 'The deprecated function call is a tool call with an id of its own',
    api: CHAT,
    sent: chunks(
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{"a":1}' } },
      { finish_reason: 'function_call' },
    ),
    parts: ['tool-call call_msSxhe83rdYdHAjoSO8nicwi f {"a":1}'],
    finish: 'tool-calls',
  },
  {
    title: 'A call of a free-form tool keeps its text',
    isFreeForm: true,
    api: CHAT,
    sent: chunks(
      calls({ index: 0, id: 'i', type: 'custom', custom: { name: 'sql', input: '' } }),
      calls({ index: 0, custom: { input: 'select "' } }),
      calls({ index: 0, custom: { input: '1"' } }),
      { finish_reason: 'tool_calls' },
    ),
    parts: ['tool-call i sql select "1"'],
    finish: 'tool-calls',
  },
  {
    title: 'Members that are null, and choices that are missing, say nothing',
    api: CHAT,
    sent: chunks(
      { choices: null },
      { choices: [{ index: 0, delta: null, finish_reason: null }] },
      { role: 'assistant', content: null, tool_calls: null, function_call: null, refusal: null, usage: null },
      { content: 'a' },
      { finish_reason: 'stop', content: null },
      { choices: [], usage: USAGE },
      '[DONE]',
    ),
    parts: ['text a'],
    finish: 'stop',
    usage: SAID,
  },
  {
    title: 'A reason to call tools without a call is none',
    api: CHAT,
    sent: chunks({ content: 'a' }, { finish_reason: 'tool_calls' }, '[DONE]'),
    parts: ['text a'],
    finish: 'stop',
  },
  {
    title: 'A usage of zeros at the end does not replace the one before',
    api: CHAT,
    sent: chunks(
      { content: 'a' },
      { finish_reason: 'stop', usage: USAGE },
      { choices: [], usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } },
      '[DONE]',
    ),
    parts: ['text a'],
    finish: 'stop',
    usage: SAID,
  },
  {
    title: 'Characters that a vendor cuts in two escapes are whole again',
    api: CHAT,
    sent: [
      ...chunks({ content: 'a' }),
      ...['\\ud83d', '\\ude00'].map(half => ({
        name: undefined,
        data: `{"id":"chatcmpl-1","model":"gpt-5","choices":[{"index":0,"delta":{"content":"${half}"},"finish_reason":null}]}`,
      })),
      ...chunks({ finish_reason: 'stop' }),
    ],
    parts: ['text a😀'],
    finish: 'stop',
  },
  {
    title: 'An error object in a chunk ends the stream',
    api: CHAT,
    sent: chunks(
      { content: 'a' },
      { error: { message: 'The server is overloaded', type: 'server_error', code: null } },
    ),
    parts: [],
    error: 'The server is overloaded',
  },
  {
    title: 'Bytes that end without a finish are an error',
    api: CHAT,
    sent: chunks({ content: 'a' }, { content: 'b' }),
    parts: [],
    error: 'ended before',
  },
  {
    title: 'A stream of [DONE] alone is an error',
    api: CHAT,
    sent: chunks('[DONE]'),
    parts: [],
    error: 'ended before',
  },
  {
    title: 'An event that is not JSON is an error',
    api: CHAT,
    sent: [...chunks({ content: 'a' }), { name: undefined, data: '<html>' }],
    parts: [],
    error: 'not JSON',
  },
];

const RESPONSE = { id: 'resp_1', object: 'response', model: 'gpt-5', status: 'in_progress', output: [] };
const created = { type: 'response.created', response: RESPONSE };
const item = (output_index: number, fields: object) => ({
  type: 'response.output_item.added',
  output_index,
  item: fields,
});
const itemDone = (output_index: number, fields: object) => ({
  type: 'response.output_item.done',
  output_index,
  item: fields,
});
const piece = (type: string, output_index: number, delta_: string, more: object = {}) => ({
  type: `response.${type}.delta`,
  item_id: `i${output_index}`,
  output_index,
  delta: delta_,
  ...more,
});
const completed = (output: readonly object[], more: object = {}) => ({
  type: 'response.completed',
  response: {
    ...RESPONSE,
    status: 'completed',
    output,
    usage: { input_tokens: 10, output_tokens: 7, total_tokens: 17 },
    ...more,
  },
});
const message = (content: readonly object[]) => ({
  id: 'i0',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content,
});
const outputText = (said: string) => ({ type: 'output_text', text: said, annotations: [] });
const functionCall = (call_id: string, name: string, input: string) => ({
  id: 'fc',
  type: 'function_call',
  status: 'completed',
  call_id,
  name,
  arguments: input,
});

const responses: readonly GoldenStream[] = [
  {
    title: 'Text before a tool call ends as a tool call',
    api: RESPONSES,
    sent: numbered(
      created,
      { type: 'response.in_progress', response: RESPONSE },
      item(0, message([])),
      { type: 'response.content_part.added', output_index: 0, content_index: 0, part: outputText('') },
      piece('output_text', 0, 'I look ', { content_index: 0, logprobs: [] }),
      piece('output_text', 0, 'it up: é😀.', { content_index: 0, logprobs: [] }),
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'I look it up: é😀.' },
      { type: 'response.content_part.done', output_index: 0, content_index: 0, part: outputText('I look it up: é😀.') },
      itemDone(0, message([outputText('I look it up: é😀.')])),
      item(1, functionCall('call_1', 'weather', '')),
      piece('function_call_arguments', 1, '{"city": "Zür'),
      piece('function_call_arguments', 1, 'ich"}'),
      { type: 'response.function_call_arguments.done', output_index: 1, arguments: '{"city": "Zürich"}' },
      itemDone(1, functionCall('call_1', 'weather', '{"city": "Zürich"}')),
      completed([message([outputText('I look it up: é😀.')]), functionCall('call_1', 'weather', '{"city": "Zürich"}')]),
    ),
    parts: ['text I look it up: é😀.', 'tool-call call_1 weather {"city": "Zürich"}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'Items that come whole, without deltas, are not lost',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, message([])),
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello.' },
      itemDone(0, message([outputText('Hello.')])),
      itemDone(1, functionCall('c', 'f', '{"a":1}')),
      completed([]),
    ),
    parts: ['text Hello.', 'tool-call c f {"a":1}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'A reply that comes whole in the last event is not lost',
    api: RESPONSES,
    sent: numbered(completed([message([outputText('Hello.')]), functionCall('c', 'f', '')])),
    parts: ['text Hello.', 'tool-call c f {}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'Only what no delta brought is taken from the end of an item',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, functionCall('c', 'f', '')),
      piece('function_call_arguments', 0, '{"a"'),
      itemDone(0, functionCall('c', 'f', '{"a":1}')),
      completed([functionCall('c', 'f', '{"a":1}')]),
    ),
    parts: ['tool-call c f {"a":1}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'A call whose name comes with its end keeps its pieces',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, { id: 'fc', type: 'function_call', arguments: '' }),
      piece('function_call_arguments', 0, '{"a":1}'),
      itemDone(0, functionCall('c', 'f', '{"a":1}')),
      completed([]),
    ),
    parts: ['tool-call c f {"a":1}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'Pieces of items that take turns stay with their items',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, functionCall('a', 'f', '')),
      item(1, functionCall('b', 'g', '')),
      piece('function_call_arguments', 1, '{"y":'),
      piece('function_call_arguments', 0, '{"x":'),
      piece('function_call_arguments', 1, '2}'),
      itemDone(1, functionCall('b', 'g', '{"y":2}')),
      piece('function_call_arguments', 0, '1}'),
      itemDone(0, functionCall('a', 'f', '{"x":1}')),
      completed([]),
    ),
    parts: ['tool-call a f {"x":1}', 'tool-call b g {"y":2}'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'The seal of reasoning is that of its last event, and its summary has paragraphs',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, { id: 'rs', type: 'reasoning', summary: [], encrypted_content: 'half' }),
      {
        type: 'response.reasoning_summary_part.added',
        output_index: 0,
        summary_index: 0,
        part: { type: 'summary_text', text: '' },
      },
      piece('reasoning_summary_text', 0, 'One', { summary_index: 0 }),
      {
        type: 'response.reasoning_summary_part.added',
        output_index: 0,
        summary_index: 1,
        part: { type: 'summary_text', text: '' },
      },
      piece('reasoning_summary_text', 0, 'Two', { summary_index: 1 }),
      itemDone(0, {
        id: 'rs',
        type: 'reasoning',
        summary: [
          { type: 'summary_text', text: 'One' },
          { type: 'summary_text', text: 'Two' },
        ],
        encrypted_content: 'whole',
      }),
      item(1, message([])),
      piece('output_text', 1, 'Yes', { content_index: 0 }),
      itemDone(1, message([outputText('Yes')])),
      completed([], { usage: { input_tokens: 10, output_tokens: 7, output_tokens_details: { reasoning_tokens: 3 } } }),
    ),
    parts: [
      'reasoning One\n\nTwo [{"id":"rs","type":"reasoning","summary":[{"type":"summary_text","text":"One"},{"type":"summary_text","text":"Two"}],"encrypted_content":"whole"}]',
      'text Yes',
    ],
    finish: 'stop',
    usage: { ...SAID, reasoning: 3 },
  },
  {
    title: 'Reasoning that is not shown keeps its seal',
    api: RESPONSES,
    sent: numbered(
      created,
      itemDone(0, { id: 'rs', type: 'reasoning', summary: [], encrypted_content: 'sealed' }),
      itemDone(1, message([outputText('Yes')])),
      completed([]),
    ),
    parts: ['reasoning  [{"id":"rs","type":"reasoning","summary":[],"encrypted_content":"sealed"}]', 'text Yes'],
    finish: 'stop',
    usage: SAID,
  },
  {
    title: 'Text and refusal in one message are two parts',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, message([])),
      piece('output_text', 0, 'Well. ', { content_index: 0 }),
      piece('refusal', 0, "I can't.", { content_index: 1 }),
      { type: 'response.refusal.done', output_index: 0, content_index: 1, refusal: "I can't." },
      itemDone(0, message([outputText('Well. '), { type: 'refusal', refusal: "I can't." }])),
      completed([]),
    ),
    parts: ['text Well. ', "refusal I can't."],
    finish: 'refusal',
    usage: SAID,
  },
  {
    title: 'A call that the limit cut off ends as the limit, and is not made whole',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, functionCall('c', 'f', '')),
      piece('function_call_arguments', 0, '{"a":[1'),
      itemDone(0, { ...functionCall('c', 'f', '{"a":[1'), status: 'incomplete' }),
      itemDone(1, { ...functionCall('d', 'g', ''), status: 'incomplete' }),
      {
        type: 'response.incomplete',
        response: { ...RESPONSE, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      },
    ),
    parts: ['tool-call c f {"a":[1', 'tool-call d g '],
    finish: 'length',
  },
  {
    title: 'A call that was cut off before its item ended is not made whole',
    api: RESPONSES,
    sent: numbered(created, item(0, functionCall('c', 'f', '')), {
      type: 'response.incomplete',
      response: { ...RESPONSE, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    }),
    parts: ['tool-call c f '],
    finish: 'length',
  },
  {
    title: 'Items that share an index are told apart by their type',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, functionCall('c', 'f', '')),
      piece('function_call_arguments', 0, '{"a":1}', { item_id: 'fc' }),
      itemDone(0, functionCall('c', 'f', '{"a":1}')),
      piece('reasoning_summary_text', 0, 'Hm.', { item_id: 'rs', summary_index: 0 }),
      itemDone(0, { id: 'rs', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] }),
      item(0, { ...functionCall('d', 'g', ''), id: 'fd' }),
      piece('function_call_arguments', 0, '{}', { item_id: 'fd' }),
      itemDone(0, { ...functionCall('d', 'g', '{}'), id: 'fd' }),
      completed([
        functionCall('c', 'f', '{"a":1}'),
        { id: 'rs', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
        { ...functionCall('d', 'g', '{}'), id: 'fd' },
      ]),
    ),
    parts: [
      'tool-call c f {"a":1}',
      'reasoning Hm. [{"id":"rs","type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]}]',
      'tool-call d g {}',
    ],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'An item whose id differs in each of its events is one item',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, { ...message([]), id: 'one' }),
      piece('output_text', 0, 'Hel', { item_id: 'two', content_index: 0 }),
      piece('output_text', 0, 'lo', { item_id: 'three', content_index: 0 }),
      itemDone(0, { ...message([outputText('Hello')]), id: 'four' }),
      completed([{ ...message([outputText('Hello')]), id: 'five' }]),
    ),
    parts: ['text Hello'],
    finish: 'stop',
    usage: SAID,
  },
  {
    title: 'Reasoning that is over after a call that began behind it comes first',
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, { id: 'rs', type: 'reasoning', summary: [] }),
      item(1, functionCall('c', 'f', '')),
      itemDone(1, functionCall('c', 'f', '{"a":1}')),
      itemDone(0, { id: 'rs', type: 'reasoning', summary: [], encrypted_content: 'E' }),
      completed([]),
    ),
    parts: [
      'reasoning  [{"id":"rs","type":"reasoning","summary":[],"encrypted_content":"E"}]',
      'tool-call c f {"a":1}',
    ],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'Text after a call, and a message of two texts, are parts in their order',
    api: RESPONSES,
    sent: numbered(
      created,
      itemDone(0, functionCall('c', 'f', '{"a":1}')),
      item(1, message([])),
      piece('output_text', 1, 'One ', { content_index: 0 }),
      piece('output_text', 1, 'two.', { content_index: 1 }),
      itemDone(1, message([outputText('One '), outputText('two.')])),
      completed([]),
    ),
    parts: ['tool-call c f {"a":1}', 'text One ', 'text two.'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'A filter that cuts the text keeps what there is of it',
    api: RESPONSES,
    sent: numbered(created, piece('output_text', 0, 'Once', { content_index: 0 }), {
      type: 'response.incomplete',
      response: { ...RESPONSE, status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    }),
    parts: ['text Once'],
    finish: 'content-filter',
  },
  {
    title: 'A call of a free-form tool keeps its text',
    isFreeForm: true,
    api: RESPONSES,
    sent: numbered(
      created,
      item(0, { id: 'ctc', type: 'custom_tool_call', call_id: 'c', name: 'sql', input: '' }),
      piece('custom_tool_call_input', 0, 'select "1"'),
      itemDone(0, { id: 'ctc', type: 'custom_tool_call', call_id: 'c', name: 'sql', input: 'select "1"' }),
      completed([]),
    ),
    parts: ['tool-call c sql select "1"'],
    finish: 'tool-calls',
    usage: SAID,
  },
  {
    title: 'Cached tokens are part of the input, and are counted once',
    api: RESPONSES,
    sent: numbered(
      created,
      piece('output_text', 0, 'a', { content_index: 0 }),
      completed([], {
        usage: {
          input_tokens: 10,
          input_tokens_details: { cached_tokens: 4, cache_write_tokens: 5 },
          output_tokens: 7,
          total_tokens: 17,
        },
      }),
    ),
    parts: ['text a'],
    finish: 'stop',
    usage: { input: 1, cacheRead: 4, cacheWrite5m: 5, output: 7 },
  },
  {
    title: 'A response that failed is an error',
    api: RESPONSES,
    sent: numbered(created, {
      type: 'response.failed',
      response: { ...RESPONSE, status: 'failed', error: { code: 'server_error', message: 'The model failed' } },
    }),
    parts: [],
    error: 'The model failed',
  },
  {
    title: 'An error event ends the stream',
    api: RESPONSES,
    sent: numbered(created, piece('output_text', 0, 'a'), {
      type: 'error',
      code: 'rate_limit_exceeded',
      message: 'Slow down',
      param: null,
    }),
    parts: [],
    error: 'Slow down',
  },
  {
    title: 'Bytes that end before the response does are an error',
    api: RESPONSES,
    sent: numbered(created, piece('output_text', 0, 'a')),
    parts: [],
    error: 'ended before',
  },
];

export const GOLDEN: readonly GoldenStream[] = [...anthropic, ...chat, ...responses];
