import { describe, expect, test } from 'vitest';
import { anthropicEventReader } from '../../../src/translate/anthropic/event-reader.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import type { SentEvent } from '../streams/sent.ts';
import { bytesOf, named } from '../streams/sent.ts';
import { toldBy } from '../streams/told.ts';

const message = { id: 'msg_1', model: 'claude-opus-5', content: [], usage: { input_tokens: 3, output_tokens: 1 } };

function read(...events: readonly SentEvent[]): readonly ReplyEvent[] {
  const reader = anthropicEventReader();
  return [...reader.push(bytesOf(named(events))), ...reader.end()];
}

// Most of what this reader must do is in the golden streams.
describe('a stream of messages', () => {
  test('the start event has the model and the input usage, before any of the reply is written', () => {
    expect(read({ type: 'message_start', message })[0]).toEqual({
      on: 'start',
      id: 'msg_1',
      model: 'claude-opus-5',
      usage: { input: 3, output: 1 },
    });
  });

  test('a stream whose first event has the whole reply is read completely', () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'tool_use', id: 'i', name: 'f', input: { b: 1 } },
    ];
    const events = read(
      { type: 'message_start', message: { ...message, content } },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    );
    expect(toldBy(events)).toMatchObject({ parts: ['text a', 'tool-call i f {"b":1}'], finish: 'tool-calls' });
  });

  test('a ping is passed on, and a delta of an unknown block is ignored', () => {
    const delta = { type: 'text_delta', text: 'a' };
    const events = read(
      { type: 'message_start', message },
      { type: 'ping' },
      { type: 'content_block_delta', index: 9, delta },
    );
    expect(events.map(({ on }) => on)).toEqual(['start', 'ping', 'error']);
  });

  test('a block of a tool that the vendor runs itself is kept as it is, because the other APIs have no format for it', () => {
    const block = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    const [, open] = read(
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: block },
    );
    expect(open).toMatchObject({ on: 'open', part: { kind: 'opaque', value: block } });
  });
});
