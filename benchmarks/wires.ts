/**
 * What the wires cost by themselves: reading a request, preparing it for a model, and observing a stream.
 * `node benchmarks/wires.ts`: microseconds per call, the minimum of many rounds, so that other load on the machine
 * counts least.
 */
import { fakeAnthropic } from '../src/testing/fake-anthropic.ts';
import type { FakeApi, PlannedReply } from '../src/testing/fake-api.ts';
import { tokensWith } from '../src/testing/fake-tokens.ts';
import { fakeOpenaiChat } from '../src/testing/fake-openai-chat.ts';
import { fakeOpenaiResponses } from '../src/testing/fake-openai-responses.ts';
import { anthropicMessages } from '../src/wires/anthropic-messages.ts';
import { openaiChat } from '../src/wires/openai-chat.ts';
import { openaiResponses } from '../src/wires/openai-responses.ts';
import type { Wire } from '../src/contracts/wire.ts';

const ROUNDS = 60;
const MODEL = 'feature:support.reply';
const PROSE = 'The quick brown fox jumps over the "lazy" dog, and then\nit goes on; [see] {this}. ';

const text = (chars: number): string => PROSE.repeat(Math.ceil(chars / PROSE.length)).slice(0, chars);
const history = (messages: number) =>
  Array.from({ length: messages }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: text(450),
  }));
const parameters = {
  type: 'object',
  properties: { city: { type: 'string', description: 'a city' }, days: { type: 'array', items: { type: 'string' } } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const tools = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ type: 'function', function: { name: `tool_${index}`, parameters } }));
const short = [
  { role: 'system', content: text(300) },
  { role: 'user', content: text(150) },
];

const requests: readonly (readonly [string, Wire, Record<string, unknown>])[] = [
  ['chat, 0.6 KB', openaiChat, { model: MODEL, messages: short, temperature: 0.2 }],
  ['chat, 0.6 KB, model last', openaiChat, { messages: short, temperature: 0.2, model: MODEL }],
  ['chat, 0.6 KB, stream', openaiChat, { model: MODEL, messages: short, stream: true }],
  ['chat, 21 KB', openaiChat, { model: MODEL, messages: history(42), temperature: 0.2 }],
  ['chat, 21 KB in one message', openaiChat, { model: MODEL, messages: [{ role: 'user', content: text(20_000) }] }],
  ['chat, 21 KB and tools of 10 KB', openaiChat, { model: MODEL, messages: history(42), tools: tools(40) }],
  ['chat, 500 KB', openaiChat, { model: MODEL, messages: history(1000), temperature: 0.2 }],
  ['chat, 500 KB in one message', openaiChat, { model: MODEL, messages: [{ role: 'user', content: text(480_000) }] }],
  ['responses, 0.6 KB', openaiResponses, { model: MODEL, instructions: text(300), input: text(150) }],
  ['responses, 21 KB', openaiResponses, { model: MODEL, input: history(42) }],
  ['responses, 500 KB', openaiResponses, { model: MODEL, input: history(1000) }],
  ['messages, 0.6 KB', anthropicMessages, { model: MODEL, max_tokens: 500, system: text(300), messages: history(1) }],
  ['messages, 21 KB', anthropicMessages, { model: MODEL, max_tokens: 500, messages: history(42) }],
  ['messages, 500 KB', anthropicMessages, { model: MODEL, max_tokens: 500, messages: history(1000) }],
  ['not ours, 0.6 KB', openaiChat, { model: 'gpt-5', messages: short }],
  ['not ours, 500 KB, model last', openaiChat, { messages: history(1000), model: 'gpt-5' }],
];

/** Microseconds per call. */
function measure(calls: number, call: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    for (let i = 0; i < calls; i++) call();
    least = Math.min(least, ((performance.now() - started) * 1000) / calls);
  }
  return least;
}

function row(name: string, ...columns: readonly (string | number)[]): void {
  const cells = columns.map(cell => (typeof cell === 'number' ? cell.toFixed(2) : cell).padStart(12));
  console.log(name.padEnd(34) + cells.join(''));
}

row('request', 'chars', 'read µs', 'prepare µs');
for (const [name, wire, body] of requests) {
  const json = JSON.stringify(body);
  const calls = json.length > 100_000 ? 200 : 2000;
  const read = measure(calls, () => wire.read(json, 'feature:'));
  const facts = wire.read(json, 'feature:');
  const prepare = facts === undefined ? '–' : measure(calls, () => wire.prepare(json, facts, 'gpt-5-mini'));
  row(name, String(json.length), read, prepare);
}

const plan: PlannedReply = {
  text: text(450),
  refusal: undefined,
  thinking: undefined,
  toolCalls: [],
  finish: 'stop',
  tokens: tokensWith({ input: 90, output: 112 }),
  pieces: 50,
  solved: true,
};
const apis: readonly (readonly [Wire, FakeApi, Record<string, unknown>])[] = [
  [openaiChat, fakeOpenaiChat, { model: 'm', messages: short, stream: true, stream_options: { include_usage: true } }],
  [openaiResponses, fakeOpenaiResponses, { model: 'm', input: 'x', stream: true }],
  [anthropicMessages, fakeAnthropic, { model: 'm', max_tokens: 500, messages: short, stream: true }],
];
console.log();
row('stream of 50 pieces of text', 'events', 'all µs', 'a chunk µs', 'in one µs');
for (const [wire, api, body] of apis) {
  const request = api.read(body, () => 0);
  if ('kind' in request) throw new Error(request.kind);
  const events = api.events(plan, { request, body, id: prefix => `${prefix}_0123456789`, createdAtS: 1_767_225_600 });
  const chunks = events.map(event => new TextEncoder().encode(event.text));
  const whole = new TextEncoder().encode(events.map(event => event.text).join(''));
  const observe = (bytes: readonly Uint8Array[]) => (): void => {
    const reader = wire.reader({ hidesUsageChunk: wire === openaiChat, wantsText: false });
    for (const chunk of bytes) reader.push(chunk);
    reader.facts();
  };
  const all = measure(300, observe(chunks));
  row(wire.name, String(events.length), all, all / events.length, measure(300, observe([whole])));
}
