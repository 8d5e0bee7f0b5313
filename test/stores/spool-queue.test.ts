import { expect, test } from 'vitest';
import type { SpooledChange } from '../../src/stores/replay-change.ts';
import { spoolQueue } from '../../src/stores/spool-queue.ts';

function change(intentId: string, expectedRevision: number, dueAtMs: number | null = null): SpooledChange {
  return { intentId, feature: 'support', expectedRevision, records: [], dueAtMs };
}

test('changes of several intents leave the queue in the order in which they were appended', () => {
  const queue = spoolQueue();
  const changes = [change('a', 0), change('b', 0), change('a', 1)];
  for (const each of changes) queue.append(each);
  expect(queue.of('a')).toEqual([changes[0], changes[2]]);
  for (const [index, each] of changes.entries()) {
    expect(queue.length).toBe(changes.length - index);
    expect(queue.first).toBe(each);
    expect(queue.remove(each)).toBe(true);
    expect(queue.of('a')).toEqual(index < 2 ? [changes[2]] : undefined);
    expect(queue.of('b')).toEqual(index < 1 ? [changes[1]] : undefined);
  }
  expect(queue.remove(change('a', 0))).toBe(false);
  expect([queue.length, queue.first]).toEqual([0, undefined]);
});

test('a change can be withdrawn from the middle of the queue, once', () => {
  const queue = spoolQueue();
  const [first, middle, last] = [change('a', 0), change('b', 0), change('a', 1)];
  for (const each of [first, middle, last]) queue.append(each);
  expect([queue.remove(last), queue.remove(middle), queue.remove(middle)]).toEqual([true, true, false]);
  expect([queue.first, queue.length, queue.of('a'), queue.of('b')]).toEqual([first, 1, [first], undefined]);
});

test('the last spooled change sets an intent’s due time, and the oldest due time comes first', () => {
  const queue = spoolQueue();
  for (const each of [change('a', 0, 10), change('b', 0, 30), change('c', 0, 20), change('a', 1, 40), change('d', 0)])
    queue.append(each);
  expect(queue.due(29)).toEqual(['c']);
  expect(queue.due(30)).toEqual(['c', 'b']);
  expect(queue.due(40)).toEqual(['c', 'b', 'a']);
});
