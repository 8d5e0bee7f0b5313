import { describe, expect, test } from 'vitest';
import { chatEventWriter } from '../../../src/translate/chat/event-writer.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';

interface Chunk {
  readonly choices: readonly { readonly delta: object; readonly finish_reason: string | null }[];
  readonly usage?: object | null;
}

/** The data of each event, `[DONE]` as it is. */
function written(events: readonly ReplyEvent[], request: JsonObject = {}): readonly (Chunk | string)[] {
  const bytes = chatEventWriter({ request, id: 'chatcmpl-or_1', nowS: 1 }).push(events);
  const lines = new TextDecoder().decode(bytes).split('\n\n').slice(0, -1);
  return lines.map(line => (line.startsWith('data: {') ? (JSON.parse(line.slice(6)) as Chunk) : line));
}

const start: ReplyEvent = { on: 'start', id: 'r', model: 'claude-opus-5' };
const call = (id: string) => ({ kind: 'tool-call', id, name: 'f', form: 'json', input: '' }) as const;
const end: readonly ReplyEvent[] = [
  { on: 'finish', finish: 'tool-calls' },
  { on: 'usage', usage: { input: 1, output: 2 } },
  { on: 'end' },
];

const deltas = (chunks: readonly (Chunk | string)[]) =>
  chunks.map(chunk => (typeof chunk === 'string' ? chunk : chunk.choices[0]?.delta));

describe('a stream of chunks', () => {
  test('the first chunk has the role, and each call its own index, id, type and name', () => {
    const events: readonly ReplyEvent[] = [
      start,
      { on: 'open', at: 0, part: { kind: 'text', text: '' } },
      { on: 'piece', at: 0, of: 'text', piece: 'a' },
      { on: 'open', at: 1, part: call('x') },
      { on: 'piece', at: 1, of: 'input', piece: '{}' },
      { on: 'open', at: 2, part: call('y') },
      { on: 'piece', at: 2, of: 'input', piece: '{"b"' },
    ];
    expect(deltas(written(events))).toEqual([
      { role: 'assistant', content: null, refusal: null },
      { content: 'a' },
      { tool_calls: [{ index: 0, id: 'x', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
      { tool_calls: [{ index: 1, id: 'y', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{"b"' } }] },
    ]);
  });

  test('usage is a separate chunk, which is sent only if the client asked for it', () => {
    const plain = written([start, ...end]);
    expect(plain.at(-1)).toBe('data: [DONE]');
    expect(plain.some(chunk => typeof chunk !== 'string' && 'usage' in chunk)).toBe(false);
    const counted = written([start, ...end], { stream_options: { include_usage: true } });
    expect(counted[0]).toMatchObject({ usage: null });
    expect(counted.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } });
  });

  test('a request with the deprecated functions is answered with a function call', () => {
    const events: readonly ReplyEvent[] = [
      start,
      { on: 'open', at: 0, part: call('x') },
      { on: 'piece', at: 0, of: 'input', piece: '{}' },
      ...end,
    ];
    const chunks = written(events, { functions: [] });
    expect(deltas(chunks).slice(1, 3)).toEqual([
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{}' } },
    ]);
    expect(chunks.at(-2)).toMatchObject({ choices: [{ finish_reason: 'function_call' }] });
  });

  test('reasoning is not written into a chat completion', () => {
    const part = { kind: 'reasoning', text: '', owner: { api: 'anthropic-messages' }, sealed: [] } as const;
    const events: readonly ReplyEvent[] = [
      start,
      { on: 'open', at: 0, part },
      { on: 'piece', at: 0, of: 'reasoning', piece: 'Hm' },
    ];
    expect(written(events)).toHaveLength(1);
  });

  test('an error is a separate chunk, with the original error inside and no [DONE] after it', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(written([start, { on: 'error', api: 'anthropic-messages', error }]).slice(1)).toEqual([
      {
        error: {
          message: 'Overloaded',
          type: 'server_error',
          param: null,
          code: 'overloaded',
          upstream: { api: 'anthropic-messages', body: error },
        },
      },
    ]);
  });

  test('a ping is a comment', () => {
    expect(written([{ on: 'ping' }])).toEqual([': ping']);
  });
});
