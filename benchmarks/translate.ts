/**
 * What translation costs: `npm run bench:translate`.
 *
 * - A plain call of 2 kB: its request is read and written, what stands in the way is found, and its reply is read and written.
 * - An event of a stream: its bytes are read and those of the client's API are written, a chunk an event.
 *
 * CPU of this process, the median of many rounds, so other load on the machine does not count. Nothing is taken off for what
 * a client would do anyway.
 */
import type { Api } from '../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../src/translate/neutral/json-text.ts';
import { droppedFor, translatorOf, unableFor } from '../src/translate/translate.ts';

const ROUNDS = 41;
const CALLS = 400;
const STREAMS = 10;
const MAX_CALL_US = 60;
const MAX_EVENT_US = 3;
const PIECES = 400;

const APIS: readonly Api[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];
const PROSE = 'The quick brown fox jumps over the "lazy" dog, and then\nit goes on. ';
const text = (chars: number): string => PROSE.repeat(Math.ceil(chars / PROSE.length)).slice(0, chars);
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string', description: 'a city' } },
  required: ['city'],
  additionalProperties: false,
};
const ARGUMENTS = '{"city":"Bern"}';

/** Some 2 kB each: instructions, two turns, a call with its result, a tool. */
const REQUESTS: Readonly<Record<Api, JsonObject>> = {
  'openai-chat': {
    model: 'm',
    messages: [
      { role: 'system', content: text(500) },
      { role: 'user', content: text(300) },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: ARGUMENTS } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: text(300) },
      { role: 'user', content: text(300) },
    ],
    tools: [{ type: 'function', function: { name: 'weather', description: text(80), parameters: SCHEMA } }],
    max_completion_tokens: 500,
    temperature: 0.2,
  },
  'openai-responses': {
    model: 'm',
    store: false,
    instructions: text(500),
    input: [
      { role: 'user', content: text(300) },
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: ARGUMENTS },
      { type: 'function_call_output', call_id: 'call_1', output: text(300) },
      { role: 'user', content: text(300) },
    ],
    tools: [{ type: 'function', name: 'weather', description: text(80), parameters: SCHEMA, strict: true }],
    max_output_tokens: 500,
    temperature: 0.2,
  },
  'anthropic-messages': {
    model: 'm',
    max_tokens: 500,
    system: text(500),
    messages: [
      { role: 'user', content: text(300) },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Bern' } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: text(300) },
          { type: 'text', text: text(300) },
        ],
      },
    ],
    tools: [{ name: 'weather', description: text(80), input_schema: SCHEMA }],
    temperature: 0.2,
  },
};

const REPLIES: Readonly<Record<Api, JsonObject>> = {
  'openai-chat': {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text(450),
          refusal: null,
          tool_calls: [{ id: 'call_2', type: 'function', function: { name: 'weather', arguments: ARGUMENTS } }],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 500, completion_tokens: 120, total_tokens: 620 },
  },
  'openai-responses': {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: 'm',
    output: [
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: text(450), annotations: [] }],
      },
      {
        id: 'fc_1',
        type: 'function_call',
        call_id: 'call_2',
        name: 'weather',
        arguments: ARGUMENTS,
        status: 'completed',
      },
    ],
    usage: { input_tokens: 500, output_tokens: 120, total_tokens: 620 },
  },
  'anthropic-messages': {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [
      { type: 'text', text: text(450) },
      { type: 'tool_use', id: 'call_2', name: 'weather', input: { city: 'Bern' } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: 500, output_tokens: 120 },
  },
};

/** The bytes of one event each. @param counts a chat stream with its usage in every chunk, as some servers send it */
function streamOf(api: Api, counts = false): readonly Uint8Array[] {
  const named = (type: string, data: JsonObject): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const pieces = Array.from({ length: PIECES }, (_, index) => `word${index} `);
  const events = ((): readonly string[] => {
    if (api === 'openai-chat') {
      let tokens = 0;
      const usage = (): JsonObject => ({
        prompt_tokens: 500,
        completion_tokens: ++tokens,
        total_tokens: 500 + tokens,
        prompt_tokens_details: { cached_tokens: 0 },
      });
      const chunk = (delta: JsonObject, reason: string | null = null): string =>
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: reason }], ...(counts && { usage: usage() }) })}\n\n`;
      return [...pieces.map(content => chunk({ content })), chunk({}, 'stop'), 'data: [DONE]\n\n'];
    }
    if (api === 'openai-responses') {
      const response = { id: 'resp_1', model: 'm', status: 'in_progress', output: [] };
      const place = { output_index: 0, content_index: 0, item_id: 'msg_1' };
      const content = [{ type: 'output_text', text: pieces.join(''), annotations: [] }];
      const item = { id: 'msg_1', type: 'message', role: 'assistant', content };
      return [
        named('response.created', { response }),
        named('response.output_item.added', { output_index: 0, item: { ...item, content: [] } }),
        named('response.content_part.added', { ...place, part: { type: 'output_text', text: '', annotations: [] } }),
        ...pieces.map(delta => named('response.output_text.delta', { ...place, delta })),
        named('response.output_item.done', { output_index: 0, item }),
        named('response.completed', { response: { ...response, status: 'completed', output: [item] } }),
      ];
    }
    const message = {
      id: 'msg_1',
      role: 'assistant',
      model: 'm',
      content: [],
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    return [
      named('message_start', { message }),
      named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...pieces.map(piece => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } })),
      named('content_block_stop', { index: 0 }),
      named('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 9 } }),
      named('message_stop', {}),
    ];
  })();
  return events.map(event => new TextEncoder().encode(event));
}

/** CPU microseconds of one call, of the median round. */
function measured(calls: number, work: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / calls;
  });
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

function callUs(from: Api, to: Api): number {
  const [client, vendor] = [translatorOf(from), translatorOf(to)];
  const model = { model: 'm', maxOutputTokens: 8192 };
  const request = JSON.stringify(REQUESTS[from]);
  const reply = JSON.stringify(REPLIES[to]);
  const asked = { request: REQUESTS[from], id: 'or_1', nowS: 1 };
  return measured(CALLS, () => {
    const conversation = client.readRequest(request);
    if (unableFor(conversation, { api: to, model }).length > 0) throw new Error(`${from} → ${to}`);
    droppedFor(conversation, { api: to, model });
    vendor.writeRequest(conversation, model);
    client.writeReply(vendor.readReply(reply), asked);
  });
}

function eventUs(from: Api, to: Api, counts = false): number {
  const chunks = streamOf(from, counts);
  const asked = { request: REQUESTS[to], id: 'or_1', nowS: 1 };
  const perStream = measured(STREAMS, () => {
    const reader = translatorOf(from).eventReader();
    const writer = translatorOf(to).eventWriter(asked);
    for (const chunk of chunks) writer.push(reader.push(chunk));
    writer.push(reader.end());
  });
  return perStream / chunks.length;
}

let isMet = true;
console.log('client → vendor                              a call of 2 kB, µs    an event of the vendor, µs');
for (const client of APIS) {
  for (const vendor of APIS) {
    if (client === vendor) continue;
    const call = callUs(client, vendor);
    const event = eventUs(vendor, client);
    isMet &&= call <= MAX_CALL_US && event <= MAX_EVENT_US;
    console.log(
      `${`${client} → ${vendor}`.padEnd(44)} ${call.toFixed(1).padStart(18)} ${event.toFixed(2).padStart(29)}`,
    );
  }
}
for (const client of APIS.filter(api => api !== 'openai-chat')) {
  const event = eventUs('openai-chat', client, true);
  isMet &&= event <= MAX_EVENT_US;
  console.log(`${`${client} → openai-chat, usage in every chunk`.padEnd(63)} ${event.toFixed(2).padStart(29)}`);
}
console.log(`bars: ${MAX_CALL_US} µs a call, ${MAX_EVENT_US} µs an event: ${isMet ? 'met' : 'missed'}`);
process.exitCode = isMet ? 0 : 1;
