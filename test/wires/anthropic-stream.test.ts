import { describe, expect, test } from 'vitest';
import { anthropicReader } from '../../src/wires/anthropic-stream.ts';
import { pushAll } from './conformance.ts';

const event = (data: Record<string, unknown>): string =>
  `event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`;
const start = event({
  type: 'message_start',
  message: {
    id: 'msg_1',
    model: 'm',
    usage: { input_tokens: 25, cache_read_input_tokens: 5, output_tokens: 1, service_tier: 'priority' },
  },
});
const delta = (fields: Record<string, unknown>) => event({ type: 'content_block_delta', index: 0, delta: fields });

describe('a stream of message events', () => {
  test('a stream reports its input at the start and its whole usage at the end', () => {
    const reader = anthropicReader({ wantsText: true });
    pushAll(reader, start + delta({ type: 'text_delta', text: 'Hel' }));
    expect(reader.facts()).toMatchObject({
      id: 'msg_1',
      model: 'm',
      tier: 'priority',
      text: 'Hel',
      inputUsage: { input: 25, cacheRead: 5 },
    });
    expect(reader.facts().usage).toBeUndefined();
    pushAll(reader, event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 15 } }));
    expect(reader.facts()).toMatchObject({ usage: { input: 25, cacheRead: 5, output: 15 }, finish: 'stop' });
    expect(reader.facts().inputUsage).toBeUndefined();
    expect(reader.done).toBe(false);
    pushAll(reader, event({ type: 'message_stop' }));
    expect(reader.done).toBe(true);
  });

  test('text, thinking and tool arguments count as characters, signatures do not', () => {
    const reader = anthropicReader({ wantsText: true });
    pushAll(
      reader,
      start +
        event({
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
        }),
    );
    pushAll(
      reader,
      delta({ type: 'thinking_delta', thinking: 'hm"é' }) + delta({ type: 'signature_delta', signature: 'EqQBCg' }),
    );
    pushAll(
      reader,
      delta({ type: 'input_json_delta', partial_json: '{"a":1}' }) + delta({ text: 'later', type: 'text_delta' }),
    );
    pushAll(
      reader,
      delta({ type: 'text_delta', text: ' on', extra: 1 }) +
        delta({ type: 'citations_delta', citation: { cited_text: 'no' } }),
    );
    expect(reader.chars).toBe(4 + 7 + 5 + 3);
    expect(reader.facts()).toMatchObject({ text: 'later on', hasToolCalls: true });
  });

  test('an error event in mid-stream leaves `done` false', () => {
    const reader = anthropicReader({ wantsText: true });
    pushAll(
      reader,
      `${start}event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n`,
    );
    expect(reader.done).toBe(false);
  });
});
