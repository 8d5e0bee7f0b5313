import { describe, expect, test } from 'vitest';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import { responsesEventReader } from '../../../src/translate/responses/event-reader.ts';
import type { SentEvent } from '../streams/sent.ts';
import { bytesOf, numbered } from '../streams/sent.ts';
import { toldBy } from '../streams/told.ts';

function read(...events: readonly SentEvent[]): readonly ReplyEvent[] {
  const reader = responsesEventReader();
  return [...reader.push(bytesOf(numbered(...events))), ...reader.end()];
}

const response = { id: 'resp_1', model: 'gpt-5', status: 'in_progress', output: [] };

// Most of what this reader must do is in the golden streams.
describe('a stream of a response', () => {
  test('a stream of a response starts once, however many start events the vendor sends', () => {
    const events = read(
      { type: 'response.created', response },
      { type: 'response.queued', response },
      { type: 'response.in_progress', response },
    );
    expect(events.map(({ on }) => on)).toEqual(['start', 'error']);
    expect(events[0]).toEqual({ on: 'start', id: 'resp_1', model: 'gpt-5' });
  });

  test('a response that failed gives only its error', () => {
    const error = { code: 'server_error', message: 'The model failed' };
    const events = read({
      type: 'response.failed',
      response: { ...response, instructions: 'secret', status: 'failed', error },
    });
    expect(events).toEqual([{ on: 'error', api: 'openai-responses', error: { error } }]);
  });

  test('a response that was canceled is an error', () => {
    expect(toldBy(read({ type: 'response.cancelled', response })).error).toBeDefined();
  });
});
