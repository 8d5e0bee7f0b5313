import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openaiResponsesReader } from '../../src/wires/openai-responses-stream.ts';
import { pushAll, shuffledKeys, spaced, trickyText } from './conformance.ts';

const event = (data: Record<string, unknown>): string =>
  `event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`;
const created = event({
  type: 'response.created',
  response: { id: 'resp_1', model: 'm', status: 'in_progress', service_tier: 'flex' },
});

describe('items of the output', () => {
  const usage = { input_tokens: 5, output_tokens: 6 };
  const item = (type: string, more: object = {}) =>
    event({ type: 'response.output_item.done', output_index: 0, item: { id: 'x', type, ...more } });
  const search = item('web_search_call', { action: { type: 'search' } });
  const read = (events: string) => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(reader, created + events);
    return reader.facts();
  };
  const end = (response: object) => event({ type: 'response.completed', response: { id: 'resp_1', ...response } });

  test('output items count if the last event has no output', () => {
    const response = { status: 'completed', usage, output: [] };
    const facts = read(search + search + item('function_call') + item('message', { content: [] }) + end(response));
    expect(facts).toMatchObject({ usage: { input: 5, output: 6, webSearch: 2 }, hasToolCalls: true });
  });

  test('items that the last event repeats are not billed twice', () => {
    const output = [{ id: 'x', type: 'web_search_call', action: { type: 'search' } }];
    expect(read(search + end({ status: 'completed', usage, output })).usage).toMatchObject({ webSearch: 1 });
  });

  test('usage at the start of a stream that breaks off is only partial usage', () => {
    const begun = { id: 'resp_1', status: 'in_progress', usage: { input_tokens: 9, output_tokens: 0 } };
    const facts = read(event({ type: 'response.created', response: begun }) + search);
    expect(facts).toMatchObject({ partialUsage: { input: 9, output: 0, webSearch: 1 } });
    expect(facts.usage).toBeUndefined();
  });

  test('a stream that breaks off counts the known tools that it has run as partial usage, and reports unknown ones as unpriced', () => {
    expect(read(search + item('map_lookup_call'))).toMatchObject({
      partialUsage: { webSearch: 1 },
      unpriced: ['output.map_lookup_call'],
    });
  });
});

describe('a stream of response events', () => {
  test('the first event has the response’s id, model and tier', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(reader, created);
    expect(reader.facts()).toMatchObject({ id: 'resp_1', model: 'm', tier: 'flex', finish: 'other', text: '' });
    expect(reader.done).toBe(false);
  });

  test('the characters of every kind of text delta are counted, and audio deltas are not', () => {
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

  test.each(['completed', 'incomplete'])('the event response.%s ends the stream and reports its usage', status => {
    const reader = openaiResponsesReader({ wantsText: true });
    const response = { id: 'resp_1', status, usage: { input_tokens: 5, output_tokens: 6 } };
    pushAll(reader, created + event({ type: `response.${status}`, response }));
    expect(reader.done).toBe(true);
    expect(reader.facts().usage).toEqual({ input: 5, output: 6 });
  });

  test('an end event without a response keeps the facts read before it', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(reader, created + event({ type: 'response.incomplete' }));
    expect([reader.done, reader.facts().id]).toEqual([true, 'resp_1']);
  });

  test.each([
    [event({ type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } }), 'fault'],
    [event({ type: 'response.failed', response: { status: 'failed', error: { code: 'invalid_prompt' } } }), 'unable'],
    [event({ type: 'response.failed', response: { status: 'failed', error: null } }), 'fault'],
    [event({ type: 'response.failed' }), 'fault'],
    [event({ type: 'error', code: 'rate_limit_exceeded', message: 'x', param: null }), 'fault'],
    [event({ type: 'error', error: { type: 'invalid_request_error', message: 'x' } }), 'request'],
    ['data: {"error":{"code":401,"message":"x"}}\n\n', 'account'],
  ])('the event %j is an error, and the stream is not done', (failing, about) => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(reader, created);
    expect([reader.phase, reader.error]).toEqual(['begun', undefined]);
    pushAll(reader, `${failing}data: [DONE]\n\n`);
    expect([reader.phase, reader.error?.about, reader.done]).toEqual(['begun', about, false]);
  });

  test('a failed response reports its usage, and the text that was written before', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    const response = { id: 'resp_1', status: 'failed', error: null, usage: { input_tokens: 5, output_tokens: 6 } };
    pushAll(reader, created + event({ type: 'response.output_text.delta', delta: 'Hel' }));
    expect(reader.phase).toBe('output');
    pushAll(reader, event({ type: 'response.failed', response }));
    expect(reader.facts()).toMatchObject({ usage: { input: 5, output: 6 }, text: 'Hel' });
  });

  test('a background stream continues without its reader, unless it reported an error', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(
      reader,
      event({ type: 'response.created', response: { id: 'r', status: 'in_progress', background: true } }),
    );
    expect(reader.facts().finish).toBe('pending');
    pushAll(reader, event({ type: 'error', code: 'server_error', message: 'x' }));
    expect(reader.facts().finish).toBe('other');
  });

  test('items count with their characters even if the last event has no output', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    const item = { type: 'function_call', arguments: '{"a":1}' };
    pushAll(reader, created + event({ type: 'response.output_item.done', item }));
    pushAll(reader, event({ type: 'response.completed', response: { id: 'r', status: 'completed', output: [] } }));
    expect([reader.chars, reader.facts().hasToolCalls]).toEqual([7, true]);
  });

  test('the text of the completed response replaces the text of the deltas', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    const content = [{ type: 'output_text', text: 'all of it' }];
    const response = { id: 'resp_1', status: 'completed', output: [{ type: 'message', content }] };
    pushAll(reader, created + event({ type: 'response.output_text.delta', delta: 'all' }));
    expect(reader.facts().text).toBe('all');
    pushAll(reader, event({ type: 'response.completed', response }));
    expect(reader.facts().text).toBe('all of it');
  });

  test('if the completed response has no output, the text is that of the deltas', () => {
    const reader = openaiResponsesReader({ wantsText: true });
    pushAll(reader, created + event({ type: 'response.output_text.delta', delta: 'all' }));
    pushAll(reader, event({ type: 'response.completed', response: { status: 'completed', output: [] } }));
    expect(reader.facts()).toMatchObject({ text: 'all', finish: 'stop' });
  });

  test('events that are read without parsing give the same facts and characters as parsed ones', () => {
    const events = fc.array(
      fc
        .record(
          {
            type: fc.constantFrom(
              'response.output_text.delta',
              'response.refusal.delta',
              'response.function_call_arguments.delta',
              'response.other.delta',
            ),
            sequence_number: fc.nat(9),
            delta: fc.oneof(trickyText, trickyText, fc.constant(7), fc.constant(null)),
            obfuscation: fc.constantFrom('x', 'y'),
          },
          { requiredKeys: ['type'] },
        )
        .chain(value => fc.oneof(fc.constant(value), shuffledKeys(value))),
      { maxLength: 6 },
    );
    const broken = 'data: {"type":"response.output_text.delta","delta":"abc\n\n';
    fc.assert(
      fc.property(events, fc.nat(6), (list, breakAt) => {
        const read = (write: (json: unknown) => string) => {
          const reader = openaiResponsesReader({ wantsText: true });
          const written = list.map(json => `data: ${write(json)}\n\n`);
          pushAll(reader, created + written.toSpliced(breakAt, 0, broken).join(''));
          return { ...reader.facts(), chars: reader.chars };
        };
        expect(read(json => JSON.stringify(json))).toEqual(read(spaced));
      }),
      { numRuns: 400 },
    );
  });
});
