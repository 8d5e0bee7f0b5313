import { expect, test } from 'vitest';
import { intentHandles } from '../../src/clients/intent-handles.ts';

test('only the first request of a handle creates the intent', () => {
  const intents = intentHandles();
  intents.add('i', { session: 's' }, 'made');
  expect([intents.claim('i'), intents.claim('i')]).toEqual(['made', undefined]);
  expect(intents.options('i')).toEqual({ session: 's' });
});

test('an id without a handle cannot be claimed', () => {
  const intents = intentHandles();
  expect(intents.claim('elsewhere')).toBeUndefined();
  expect(intents.options('elsewhere')).toBeUndefined();
});

test('the first claim of a given id says that the store must be asked', () => {
  const intents = intentHandles();
  intents.add('job-1', { session: 's' }, 'given');
  expect([intents.claim('job-1'), intents.claim('job-1')]).toEqual(['given', undefined]);
  expect(intents.options('job-1')).toEqual({ session: 's' });
});

test('beyond the capacity the oldest handles are forgotten', () => {
  const intents = intentHandles(2);
  for (const id of ['a', 'b', 'c']) intents.add(id, {}, 'made');
  expect(['a', 'b', 'c'].map(id => intents.claim(id))).toEqual([undefined, 'made', 'made']);
});
