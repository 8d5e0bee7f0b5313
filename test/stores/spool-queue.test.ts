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
    queue.removeFirst();
    expect(queue.of('a')).toEqual(index < 2 ? [changes[2]] : undefined);
    expect(queue.of('b')).toEqual(index < 1 ? [changes[1]] : undefined);
  }
  queue.removeFirst();
  expect([queue.length, queue.first]).toEqual([0, undefined]);
});

test('the last spooled change sets an intent’s due time, and the oldest due time comes first', () => {
  const queue = spoolQueue();
  for (const each of [change('a', 0, 10), change('b', 0, 30), change('c', 0, 20), change('a', 1, 40), change('d', 0)])
    queue.append(each);
  expect(queue.due(29)).toEqual(['c']);
  expect(queue.due(30)).toEqual(['c', 'b']);
  expect(queue.due(40)).toEqual(['c', 'b', 'a']);
});
