import { describe, expect, test } from 'vitest';
import { chatEventReader } from '../../../src/translate/chat/event-reader.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import type { SentChunk } from '../streams/sent.ts';
import { bytesOf, chunks } from '../streams/sent.ts';
import { toldBy } from '../streams/told.ts';

function read(...given: readonly SentChunk[]): readonly ReplyEvent[] {
  const reader = chatEventReader();
  return [...reader.push(bytesOf(chunks(...given))), ...reader.end()];
}

// Most of what this reader must do is in the golden streams.
describe('a stream of chunks', () => {
  test('an annotation that comes first, without a model, does not begin the reply', () => {
    const events = read(
      { choices: [], id: '', model: '', prompt_filter_results: [] },
      { content: 'a' },
      { finish_reason: 'stop' },
    );
    expect(events[0]).toEqual({ on: 'start', id: 'chatcmpl-1', model: 'gpt-5' });
  });

  test('the text of a second choice is not mixed into the first one', () => {
    const second = { index: 1, delta: { content: 'b' }, finish_reason: null };
    const first = { index: 0, delta: { content: 'a' }, finish_reason: 'stop' };
    expect(toldBy(read({ choices: [first] }, { choices: [second] }, '[DONE]')).parts).toEqual(['text a']);
  });

  test('a call without an id gets the same id each time the stream is read', () => {
    const events = () =>
      read({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{}' } }] }, { finish_reason: 'tool_calls' });
    expect(toldBy(events()).parts[0]).toMatch(/^tool-call call_[\w-]{24} f \{\}$/);
    expect(events()).toEqual(events());
  });

  test('a whole message in place of a delta is read', () => {
    const choice = { index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' };
    expect(toldBy(read({ choices: [choice] }, '[DONE]'))).toMatchObject({ parts: ['text a'], finish: 'stop' });
  });
});
