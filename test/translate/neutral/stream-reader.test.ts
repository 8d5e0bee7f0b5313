import { describe, expect, test } from 'vitest';
import { streamReader } from '../../../src/translate/neutral/stream-reader.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import { translatorOf } from '../../../src/translate/translate.ts';
import { bytesOf, chunks } from '../streams/sent.ts';
import { checkOrder, toldBy } from '../streams/told.ts';

function read(bytes: Uint8Array, size = 1): readonly ReplyEvent[] {
  const reader = streamReader(translatorOf('openai-chat'));
  const events: ReplyEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.push(bytes.subarray(at, at + size)));
  events.push(...reader.end());
  expect(reader.end()).toEqual([]);
  return events;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = { role: 'assistant', content: 'é😀' };
const completion = JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] });

describe('the answer to a request for a stream', () => {
  test('a reply as JSON is streamed, however it is cut', () => {
    for (const size of [1, 7, 16_384]) {
      const events = read(utf8(` \n${completion}`), size);
      checkOrder(events);
      expect(toldBy(events)).toEqual({ parts: ['text é😀'], finish: 'stop' });
    }
  });

  test('a stream is recognized, even if blank lines, a comment or a byte order mark come first', () => {
    for (const lead of ['', '\n\n', '\uFEFF', ': still here\n\n']) {
      const stream = new TextDecoder().decode(bytesOf(chunks({ content: 'é😀' }, { finish_reason: 'stop' })));
      expect(toldBy(read(utf8(lead + stream)))).toEqual({ parts: ['text é😀'], finish: 'stop' });
    }
  });

  test('an error as JSON is an error, in a list too', () => {
    expect(toldBy(read(utf8('{"error":{"message":"Too busy"}}'))).error).toContain('Too busy');
    expect(toldBy(read(utf8('[{"error":{"message":"Too busy"}}]'))).error).toContain('Too busy');
  });

  test('an answer that is neither a stream nor JSON, or is empty, is an error', () => {
    expect(toldBy(read(utf8('{"hello":1}'))).error).toContain('neither a stream nor a reply');
    expect(toldBy(read(utf8('{"choices":[{"mess'))).error).toContain('neither a stream nor a reply');
    expect(toldBy(read(utf8(''))).error).toContain('ended before');
  });
});
