import { describe, expect, test } from 'vitest';
import { anthropicEventWriter } from '../../../src/translate/anthropic/event-writer.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import { openEnvelope } from '../../../src/translate/neutral/envelope.ts';

interface Written {
  readonly type: string;
  readonly [name: string]: unknown;
}

function written(...events: readonly ReplyEvent[]): readonly Written[] {
  const bytes = anthropicEventWriter({ request: {}, id: 'msg_or_1', nowS: 1 }).push(events);
  const blocks = new TextDecoder().decode(bytes).split('\n\n').slice(0, -1);
  return blocks.map(block => {
    const [name = '', data = ''] = block.split('\n');
    const json = JSON.parse(data.slice('data: '.length)) as Written;
    // The SDK skips events without a name.
    expect(name).toBe(`event: ${json.type}`);
    return json;
  });
}

const start: ReplyEvent = { on: 'start', id: 'r', model: 'gpt-5' };
const owner = { api: 'openai-responses', model: 'gpt-5' } as const;

describe('a stream of messages', () => {
  test('blocks are numbered in order, and a part that this API has no format for gets no number', () => {
    const opaque = { kind: 'opaque', api: 'openai-responses', value: {}, mark: 'unable', reason: '' } as const;
    const text = { kind: 'text', text: '' } as const;
    const events = written(
      start,
      { on: 'open', at: 0, part: opaque },
      { on: 'close', at: 0, part: opaque },
      { on: 'open', at: 1, part: text },
      { on: 'piece', at: 1, of: 'text', piece: 'a "b"\n' },
      { on: 'close', at: 1, part: { ...text, text: 'a "b"\n' } },
    );
    expect(events.slice(1)).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a "b"\n' } },
      { type: 'content_block_stop', index: 0 },
    ]);
  });

  test('arguments that are not an object are held back and written inside one, because the client would throw at them', () => {
    const part = { kind: 'tool-call', id: 'c', name: 'f', form: 'json', input: '' } as const;
    const inputOf = (...pieces: readonly string[]): string => {
      const input = pieces.join('');
      const told = pieces.map((piece): ReplyEvent => ({ on: 'piece', at: 0, of: 'input', piece }));
      const events = written(start, { on: 'open', at: 0, part }, ...told, {
        on: 'close',
        at: 0,
        part: { ...part, input },
      });
      const deltas = events.filter(({ type }) => type === 'content_block_delta');
      return deltas.map(({ delta }) => (delta as { readonly partial_json: string }).partial_json).join('');
    };
    expect(inputOf(' ', 'not', ' json')).toBe(' {"invalid_json":" not json"}');
    expect(inputOf('[1]')).toBe('{"invalid_json":"[1]"}');
    expect(inputOf('', '\n{"a"', ':1}')).toBe('\n{"a":1}');
    expect(inputOf('{"cut')).toBe('{"cut');
    expect(inputOf()).toBe('');
  });

  test("another vendor's reasoning has an envelope as its signature, sent once and whole", () => {
    const part = { kind: 'reasoning', text: '', owner, sealed: [] } as const;
    const events = written(
      start,
      { on: 'open', at: 0, part },
      { on: 'close', at: 0, part: { ...part, sealed: ['seal'] } },
    );
    const { delta } = events[2] as unknown as { readonly delta: { readonly type: string; readonly signature: string } };
    expect(delta.type).toBe('signature_delta');
    expect(openEnvelope(delta.signature)).toEqual({ owner, sealed: ['seal'] });
  });

  test('the end has the reason and the whole usage, including input and cache', () => {
    const usage = { input: 1, cacheRead: 2, cacheWrite5m: 3, output: 4 };
    const events = written(start, { on: 'finish', finish: 'stop' }, { on: 'usage', usage }, { on: 'end' });
    expect(events[0]).toMatchObject({ message: { stop_reason: null, usage: { input_tokens: 0, output_tokens: 0 } } });
    expect(events[1]).toMatchObject({
      delta: { stop_reason: 'end_turn' },
      usage: { input_tokens: 1, cache_read_input_tokens: 2, cache_creation_input_tokens: 3, output_tokens: 4 },
    });
    expect(events[2]).toEqual({ type: 'message_stop' });
  });

  test('a refusal is written as a text, and its explanation in the last event', () => {
    const part = { kind: 'refusal', text: 'No.' } as const;
    const events = written(
      start,
      { on: 'open', at: 0, part: { ...part, text: '' } },
      { on: 'close', at: 0, part },
      { on: 'finish', finish: 'refusal' },
      { on: 'end' },
    );
    expect(events[1]).toMatchObject({ content_block: { type: 'text' } });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal', stop_details: { explanation: 'No.' } } });
  });

  test('an error is written in the format of this API, with the original error inside', () => {
    const error = { error: { message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' } };
    expect(written({ on: 'error', api: 'openai-chat', error })).toEqual([
      {
        type: 'error',
        error: { type: 'rate_limit_error', message: 'Slow down', upstream: { api: 'openai-chat', body: error } },
        request_id: null,
      },
    ]);
  });
});
