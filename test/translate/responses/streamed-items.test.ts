import { describe, expect, test } from 'vitest';
import { partOrder } from '../../../src/translate/neutral/part-order.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import { streamedItems } from '../../../src/translate/responses/streamed-items.ts';
import { toldBy } from '../streams/told.ts';

function recorded() {
  const events: ReplyEvent[] = [];
  const items = streamedItems(
    partOrder(
      event => events.push(event),
      () => {},
    ),
  );
  return { items, told: () => toldBy(events).parts };
}

describe('streamed items', () => {
  test('reasoning text that follows a summary begins a new paragraph', () => {
    const { items, told } = recorded();
    const summary = { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0 };
    items.say({ ...summary, delta: 'Sum' });
    items.say({ ...summary, delta: 'mary' });
    items.say({ type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'Itself' });
    items.finish(0, { type: 'reasoning', summary: [{ text: 'Summary' }], content: [{ text: 'Itself' }] });
    expect(told()[0]).toMatch(/^reasoning Summary\n\nItself \[/);
  });

  test('an item that has ended is not read again', () => {
    const { items, told } = recorded();
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' };
    items.finish(0, call);
    items.finish(0, { ...call, arguments: '{"a":1,"b":2}' });
    expect(told()).toEqual(['tool-call c f {"a":1}']);
  });

  test('the item of a hosted tool becomes a part once it is complete', () => {
    const { items, told } = recorded();
    items.begin({ output_index: 0, item: { type: 'web_search_call' } });
    expect(told()).toEqual([]);
    items.finish(0, { type: 'web_search_call', status: 'completed' });
    expect(told()).toEqual(['opaque ']);
    expect(items.hasToolCalls).toBe(false);
  });
});
