import { describe, expect, test } from 'vitest';
import { eventReader } from '../../../src/translate/neutral/event-reader.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import type { EventReader } from '../../../src/translate/neutral/translator.ts';
import { MAX_EVENT_BYTES } from '../../../src/wires/server-sent-events.ts';

/** A reader of an invented API: `{"text": …}` is a text, `{"end": true}` ends the reply. */
function invented(): EventReader {
  return eventReader('openai-chat', ({ parts, finish }) => ({
    read(json, data) {
      const { text, end } = json as { readonly text?: string; readonly end?: boolean };
      if (text !== undefined) {
        const part = parts.begin({ kind: 'text', text: '' });
        parts.say(part, text === 'written' ? data() : text);
        parts.close(part);
      }
      if (end === true) finish();
    },
  }));
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string): readonly ReplyEvent[] {
  const reader = invented();
  return [...reader.push(bytes(text)), ...reader.end()];
}

const kinds = (events: readonly ReplyEvent[]): readonly string[] => events.map(({ on }) => on);

describe('a reader of events', () => {
  test('a stream that begins with text instead of a start event still gets a start event', () => {
    expect(kinds(read('data: {"text":"a"}\n\ndata: {"end":true}\n\n'))).toEqual([
      'start',
      'open',
      'piece',
      'close',
      'end',
    ]);
  });

  test('nothing that follows the end or an error is read', () => {
    expect(kinds(read('data: {"end":true}\n\ndata: {"text":"a"}\n\n'))).toEqual(['start', 'end']);
    expect(kinds(read('data: {"error":{"message":"no"}}\n\ndata: {"text":"a"}\n\n'))).toEqual(['error']);
  });

  test('an event named `error` is an error, whatever its data is', () => {
    expect(read('event: error\ndata: {"message":"no"}\n\n')).toEqual([
      { on: 'error', api: 'openai-chat', error: { error: { message: 'no' } } },
    ]);
  });

  test('an event that is not JSON is an error, except for pings and empty events', () => {
    expect(kinds(read('data: <html>\n\n'))).toEqual(['error']);
    expect(kinds(read('event: ping\ndata: now\n\ndata:\n\ndata: {"end":true}\n\n'))).toEqual(['start', 'end']);
  });

  test('a last event without a blank line after it is read', () => {
    expect(kinds(read('data: {"end":true}'))).toEqual(['start', 'end']);
  });

  test('a stream that ends before its reply does is an error', () => {
    expect(kinds(read(': still here\n\n'))).toEqual(['error']);
    expect(kinds(read('data: {"text":"a"}\n\n')).at(-1)).toBe('error');
  });

  test('the data of an event can be read as it was written', () => {
    const events = read('data: {"text":"written","n":12345678901234567890}\n\ndata: {"end":true}\n\n');
    expect(events).toContainEqual({
      on: 'piece',
      at: 0,
      of: 'text',
      piece: '{"text":"written","n":12345678901234567890}',
    });
  });

  test('an event that is too large to be read is an error, so that no reply is returned without it', () => {
    const reader = invented();
    const piece = bytes('a'.repeat(1 << 20));
    const events: ReplyEvent[] = [...reader.push(bytes('data: {"text":"'))];
    for (let sent = 0; sent <= MAX_EVENT_BYTES; sent += piece.length) events.push(...reader.push(piece));
    events.push(...reader.push(bytes('"}\n\ndata: {"end":true}\n\n')), ...reader.end());
    expect(kinds(events)).toEqual(['error']);
  });
});
