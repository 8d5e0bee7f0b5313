import { expect, test } from 'vitest';
import { claim } from '../../src/clients/claimed-handle.ts';
import type { IdOrigin, IntentHandles } from '../../src/clients/intent-handles.ts';
import { intentHandles } from '../../src/clients/intent-handles.ts';

function claimed(intents: IntentHandles, id: string): IdOrigin | undefined {
  const handled = intents.get(id);
  return handled && claim(handled);
}

test('only the first request of a handle creates the intent', () => {
  const intents = intentHandles();
  intents.add('i', { session: 's' }, 'made');
  expect([claimed(intents, 'i'), claimed(intents, 'i')]).toEqual(['made', undefined]);
  expect(intents.get('i')?.options).toEqual({ session: 's' });
});

test('an id without a handle is not known', () => {
  const intents = intentHandles();
  expect(intents.get('elsewhere')).toBeUndefined();
});

test('the first claim of an id from the application says that the store must be asked', () => {
  const intents = intentHandles();
  intents.add('job-1', { session: 's' }, 'given');
  expect([claimed(intents, 'job-1'), claimed(intents, 'job-1')]).toEqual(['given', undefined]);
  expect(intents.get('job-1')?.options).toEqual({ session: 's' });
});

test('beyond the capacity the oldest handles are forgotten', () => {
  const intents = intentHandles(2);
  for (const id of ['a', 'b', 'c']) intents.add(id, {}, 'made');
  expect(['a', 'b', 'c'].map(id => claimed(intents, id))).toEqual([undefined, 'made', 'made']);
});
