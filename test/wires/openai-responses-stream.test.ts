import { describe, expect, test } from 'vitest';
import { openaiResponsesReader } from '../../src/wires/openai-responses-stream.ts';
import { pushAll } from './conformance.ts';

const event = (data: Record<string, unknown>): string =>
  `event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`;
const created = event({
  type: 'response.created',
  response: { id: 'resp_1', model: 'm', status: 'in_progress', service_tier: 'flex' },
});

describe('a stream of response events', () => {
  test('the first event has the response’s id, model and tier', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(reader, created);
    expect(reader.facts()).toMatchObject({ id: 'resp_1', model: 'm', tier: 'flex', finish: 'other', text: '' });
    expect(reader.done).toBe(false);
  });

  test('deltas of everything the model writes are counted, and audio is not', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    const types = [
      'output_text',
      'refusal',
      'reasoning_text',
      'reasoning_summary_text',
      'function_call_arguments',
      'custom_tool_call_input',
      'audio',
      'audio.transcript',
    ];
    pushAll(reader, created + types.map(type => event({ type: `response.${type}.delta`, delta: 'é"x' })).join(''));
    expect(reader.chars).toBe(6 * 3);
    expect(reader.facts().text).toBe('é"x');
  });

  test('events whose type is not the first key are read', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(
      reader,
      'data: {"delta":"a","type":"response.output_text.delta"}\n\ndata: {"logprobs":[],"type":"response.output_text.delta","delta":"b"}\n\n',
    );
    expect(reader.facts().text).toBe('ab');
  });

  test.each(['completed', 'incomplete', 'failed'])(
    'the event response.%s ends the stream and has its usage',
    status => {
      const reader = openaiResponsesReader({ wantsText: true });
      const response = { id: 'resp_1', status, usage: { input_tokens: 5, output_tokens: 6 } };
      pushAll(reader, created + event({ type: `response.${status}`, response }));
      expect(reader.done).toBe(true);
      expect(reader.facts().usage).toEqual({ input: 5, output: 6 });
    },
  );

  test('an error event leaves `done` false', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(reader, created + event({ type: 'error', code: 'server_error', message: 'x', param: null }));
    expect(reader.done).toBe(false);
  });
});
