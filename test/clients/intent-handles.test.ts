import { expect, test } from 'vitest';
import { intentHandles } from '../../src/clients/intent-handles.ts';

test('only the first request of a handle creates the intent', () => {
  const intents = intentHandles();
  intents.add('i', { session: 's' }, 'made');
  expect([intents.get('i')?.claim(), intents.get('i')?.claim()]).toEqual(['made', undefined]);
  expect(intents.get('i')?.options).toEqual({ session: 's' });
});

test('an id without a handle is not known', () => {
  const intents = intentHandles();
  expect(intents.get('elsewhere')).toBeUndefined();
});

test('the first claim of a given id says that the store must be asked', () => {
  const intents = intentHandles();
  intents.add('job-1', { session: 's' }, 'given');
  expect([intents.get('job-1')?.claim(), intents.get('job-1')?.claim()]).toEqual(['given', undefined]);
  expect(intents.get('job-1')?.options).toEqual({ session: 's' });
});

test('beyond the capacity the oldest handles are forgotten', () => {
  const intents = intentHandles(2);
  for (const id of ['a', 'b', 'c']) intents.add(id, {}, 'made');
  expect(['a', 'b', 'c'].map(id => intents.get(id)?.claim())).toEqual([undefined, 'made', 'made']);
});
