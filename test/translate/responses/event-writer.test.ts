import { describe, expect, test } from 'vitest';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import { responsesEventWriter } from '../../../src/translate/responses/event-writer.ts';

interface Written {
  readonly type: string;
  readonly sequence_number: number;
  readonly [name: string]: unknown;
}

function written(...events: readonly ReplyEvent[]): readonly Written[] {
  const bytes = responsesEventWriter({ request: { temperature: 0.5 }, id: 'resp_or_1', nowS: 1 }).push(events);
  const blocks = new TextDecoder().decode(bytes).split('\n\n').slice(0, -1);
  return blocks.map(block => {
    const [name = '', data = ''] = block.split('\n');
    const json = JSON.parse(data.slice('data: '.length)) as Written;
    expect(name).toBe(`event: ${json.type}`);
    return json;
  });
}

const start: ReplyEvent = { on: 'start', id: 'r', model: 'claude-opus-5' };
const text = { kind: 'text', text: 'a' } as const;
const said: readonly ReplyEvent[] = [
  { on: 'open', at: 0, part: { ...text, text: '' } },
  { on: 'piece', at: 0, of: 'text', piece: 'a' },
  { on: 'close', at: 0, part: text },
];
const types = (events: readonly Written[]) => events.map(({ type }) => type.replace('response.', ''));

describe('a stream of a response', () => {
  test('the events of a text are in order, named, and numbered without gaps', () => {
    const events = written(start, ...said, { on: 'finish', finish: 'stop' }, { on: 'end' });
    expect(types(events)).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
    expect(events.map(event => event.sequence_number)).toEqual(events.map((_, index) => index));
    expect(events[4]).toEqual({
      type: 'response.output_text.delta',
      item_id: 'msg_or_1_0',
      output_index: 0,
      content_index: 0,
      delta: 'a',
      logprobs: [],
      sequence_number: 4,
    });
  });

  test('the last event has the whole response, whose items are the same as in their own end events', () => {
    const usage = { input: 1, output: 2 };
    const events = written(start, ...said, { on: 'finish', finish: 'stop' }, { on: 'usage', usage }, { on: 'end' });
    const { item } = events.find(({ type }) => type === 'response.output_item.done') as Written;
    expect(events.at(-1)).toMatchObject({
      response: { id: 'resp_or_1', status: 'completed', temperature: 0.5, output: [item], usage: { total_tokens: 3 } },
    });
  });

  test('a reply that was cut off is incomplete, and so is its last item', () => {
    const events = written(start, ...said, { on: 'finish', finish: 'length' }, { on: 'end' });
    expect(events.at(-2)).toMatchObject({ item: { status: 'incomplete' } });
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
  });

  test('reasoning without text has no parts', () => {
    const part = { kind: 'reasoning', text: '', owner: { api: 'anthropic-messages' }, sealed: ['s'] } as const;
    const events = written(
      start,
      { on: 'open', at: 0, part },
      { on: 'close', at: 0, part },
      { on: 'finish', finish: 'stop' },
      { on: 'end' },
    );
    expect(types(events)).toEqual(['created', 'in_progress', 'output_item.added', 'output_item.done', 'completed']);
  });

  test('an error is a separate event, with the original error inside', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(written(start, { on: 'error', api: 'anthropic-messages', error }).at(-1)).toEqual({
      type: 'error',
      sequence_number: 2,
      code: 'overloaded',
      message: 'Overloaded',
      param: null,
      upstream: { api: 'anthropic-messages', body: error },
    });
  });
});
