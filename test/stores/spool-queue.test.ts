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
    expect(queue.first(1)).toEqual([each]);
    expect(queue.remove(each)).toBe(true);
    expect(queue.of('a')).toEqual(index < 2 ? [changes[2]] : undefined);
    expect(queue.of('b')).toEqual(index < 1 ? [changes[1]] : undefined);
  }
  expect(queue.remove(change('a', 0))).toBe(false);
  expect([queue.length, queue.first(9)]).toEqual([0, []]);
});

test('a change can be withdrawn from the middle of the queue, once', () => {
  const queue = spoolQueue();
  const [first, middle, last] = [change('a', 0), change('b', 0), change('a', 1)];
  for (const each of [first, middle, last]) queue.append(each);
  expect([queue.remove(last), queue.remove(middle), queue.remove(middle)]).toEqual([true, true, false]);
  expect([queue.first(9), queue.length, queue.of('a'), queue.of('b')]).toEqual([[first], 1, [first], undefined]);
});

test('the last spooled change sets an intent’s due time, and the oldest due time comes first', () => {
  const queue = spoolQueue();
  for (const each of [change('a', 0, 10), change('b', 0, 30), change('c', 0, 20), change('a', 1, 40), change('d', 0)])
    queue.append(each);
  expect(queue.claimDue(29, 9, 0)).toEqual(['c']);
  expect(queue.claimDue(30, 9, 0)).toEqual(['c', 'b']);
  expect(queue.claimDue(40, 9, 0)).toEqual(['c', 'b', 'a']);
  expect(queue.claimDue(40, 2, 0)).toEqual(['c', 'b']);
});

test('an intent that was claimed is not handed out again before its lease ends, unless it has a later change', () => {
  const queue = spoolQueue();
  for (const each of [change('a', 0, 10), change('b', 0, 20)]) queue.append(each);
  expect([queue.claimDue(20, 1, 5), queue.claimDue(20, 9, 5), queue.claimDue(24, 9, 5)]).toEqual([['a'], ['b'], []]);
  queue.append(change('a', 1, 15));
  expect([queue.claimDue(24, 9, 5), queue.claimDue(25, 9, 5), queue.claimDue(29, 9, 5)]).toEqual([['a'], ['b'], ['a']]);
});

test('a feature’s revision grows with every change of it that is appended or removed', () => {
  const queue = spoolQueue();
  const [first, second] = [change('a', 0), change('a', 1)];
  const seen = [queue.revisionOf('support')];
  for (const step of [() => queue.append(first), () => queue.append(second), () => queue.remove(first)]) {
    step();
    seen.push(queue.revisionOf('support'));
  }
  queue.remove(first);
  expect([...seen, queue.revisionOf('support'), queue.revisionOf('other')]).toEqual([0, 1, 2, 3, 3, 0]);
});

test('due intents of other features than the given ones stay for other callers', () => {
  const queue = spoolQueue();
  for (const feature of ['support', 'extract']) queue.append({ ...change(feature, 0, 10), feature });
  expect(queue.claimDue(10, 9, 5, ['extract'])).toEqual(['extract']);
  expect(queue.claimDue(10, 9, 5)).toEqual(['support']);
});
