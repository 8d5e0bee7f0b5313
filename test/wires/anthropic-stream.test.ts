import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicReader } from '../../src/wires/anthropic-stream.ts';
import { pushAll, shuffledKeys, spaced, trickyText } from './conformance.ts';

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
      partialUsage: { input: 25, cacheRead: 5 },
    });
    expect(reader.facts().usage).toBeUndefined();
    pushAll(reader, event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 15 } }));
    expect(reader.facts()).toMatchObject({ usage: { input: 25, cacheRead: 5, output: 15 }, finish: 'stop' });
    expect(reader.facts().partialUsage).toBeUndefined();
    expect(reader.done).toBe(false);
    pushAll(reader, event({ type: 'message_stop' }));
    expect(reader.done).toBe(true);
  });

  test('the end of a stream may state its service terms, its container and the model that took over', () => {
    const reader = anthropicReader({ wantsText: true });
    const block = { type: 'fallback', from: { model: 'm' }, to: { model: 'n' }, trigger: { category: 'cyber' } };
    pushAll(
      reader,
      start +
        event({ type: 'content_block_start', index: 0, content_block: block }) +
        event({
          type: 'message_delta',
          delta: { stop_reason: 'end_turn', container: { id: 'box' } },
          usage: { output_tokens: 15, speed: 'fast', inference_geo: 'us', service_tier: 'batch' },
        }),
    );
    expect(reader.facts()).toMatchObject({ model: 'n', tier: 'batch', speed: 'fast', region: 'us', keys: ['box'] });
  });

  test('a stated cost covers the whole reply where the last usage states it', () => {
    const costOf = (atStart: object, ...ends: object[]) => {
      const reader = anthropicReader({ wantsText: true });
      const message = { id: 'msg_1', model: 'm', usage: { input_tokens: 25, output_tokens: 1, ...atStart } };
      const deltas = ends.map(end => event({ type: 'message_delta', delta: {}, usage: { output_tokens: 15, ...end } }));
      pushAll(reader, event({ type: 'message_start', message }) + deltas.join(''));
      return reader.facts().statedCost;
    };
    const whole = { nanoUsd: 2000, isWhole: true };
    expect(costOf({}, { cost: 0.000002 })).toEqual(whole);
    expect(costOf({ cost: 0.000001 }, { cost: 0.000002 })).toEqual(whole);
    expect(costOf({ cost: 0.000001 }, {})).toEqual({ nanoUsd: 1000, isWhole: false });
    expect(costOf({}, { cost: 0.000002 }, {})).toEqual({ nanoUsd: 2000, isWhole: false });
    expect(costOf({}, {})).toBeUndefined();
  });

  test('a fallback model that is named only in the iterations is the model that answered', () => {
    const reader = anthropicReader({ wantsText: true });
    const attempt = { type: 'message', model: 'm', input_tokens: 25, output_tokens: 0 };
    const answer = { type: 'fallback_message', model: 'n', input_tokens: 30, output_tokens: 15 };
    const usage = { input_tokens: 30, output_tokens: 15, cache_read_input_tokens: 0, iterations: [attempt, answer] };
    pushAll(reader, start + event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }));
    expect(reader.facts()).toMatchObject({ model: 'n', calls: [{ model: 'n', usage: { input: 30, output: 15 } }] });
  });

  test('a refusal at the end of a stream without output is free in most categories', () => {
    const usageOf = (category: string | null) => {
      const reader = anthropicReader({ wantsText: true });
      const delta = { stop_reason: 'refusal', stop_details: { type: 'refusal', category } };
      pushAll(reader, start + event({ type: 'message_delta', delta, usage: { output_tokens: 0 } }));
      return reader.facts().usage;
    };
    expect(usageOf(null)).toEqual({ input: 0, output: 0 });
    expect(usageOf('bio')).toEqual({ input: 25, cacheRead: 5, output: 0 });
  });

  test('every usage event replaces the fields that it repeats and keeps the other fields and the stop reason', () => {
    const reader = anthropicReader({ wantsText: true });
    const searches = { web_search_requests: 1 };
    pushAll(
      reader,
      start +
        event({
          type: 'message_delta',
          delta: { stop_reason: 'end_turn' },
          usage: { output_tokens: 15, server_tool_use: searches },
        }) +
        event({ type: 'message_delta', delta: {}, usage: { output_tokens: 20 } }),
    );
    expect(reader.facts()).toMatchObject({
      finish: 'stop',
      usage: { input: 25, cacheRead: 5, output: 20, webSearch: 1 },
    });
  });

  test('events that are read without parsing give the same facts and characters as parsed ones', () => {
    const deltaOf = fc
      .oneof(
        fc.record({ type: fc.constant('text_delta'), text: trickyText }),
        fc.record({ type: fc.constant('input_json_delta'), partial_json: trickyText }),
        fc.record({ type: fc.constant('thinking_delta'), thinking: trickyText }),
        fc.record({ type: fc.constant('text_delta'), text: trickyText, thinking: trickyText }),
        fc.record({ type: fc.constant('signature_delta'), signature: trickyText }),
      )
      .chain(value => fc.oneof(fc.constant(value), shuffledKeys(value)));
    const events = fc.array(
      fc.record(
        {
          type: fc.constant('content_block_delta'),
          index: fc.constantFrom(0, 1, 12),
          delta: deltaOf,
          extra: trickyText,
        },
        { requiredKeys: ['type', 'index', 'delta'] },
      ),
      { maxLength: 6 },
    );
    const broken = 'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"abc\n\n';
    fc.assert(
      fc.property(events, fc.nat(6), fc.constantFrom('', 'data: "}}\n\n'), (list, breakAt, afterBreak) => {
        const read = (write: (json: unknown) => string) => {
          const reader = anthropicReader({ wantsText: true });
          const written = list.map(json => `event: ${json.type}\ndata: ${write(json)}\n\n`);
          pushAll(reader, start + written.toSpliced(breakAt, 0, broken + afterBreak).join(''));
          return { ...reader.facts(), chars: reader.chars };
        };
        expect(read(json => JSON.stringify(json))).toEqual(read(spaced));
      }),
      { numRuns: 400 },
    );
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
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    pushAll(reader, start);
    expect([reader.phase, reader.error]).toEqual(['begun', undefined]);
    pushAll(reader, event({ type: 'error', error }) + event({ type: 'message_stop' }));
    expect([reader.phase, reader.error, reader.done]).toEqual([
      'begun',
      { about: 'fault', code: 'overloaded_error' },
      false,
    ]);
  });

  test('a stream waits through pings, and has output with its first block', () => {
    const reader = anthropicReader({ wantsText: true });
    const block = event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    const read = [event({ type: 'ping' }), start, event({ type: 'ping' }), block].map(
      text => (pushAll(reader, text), reader.phase),
    );
    expect(read).toEqual(['waiting', 'begun', 'begun', 'output']);
  });
});
