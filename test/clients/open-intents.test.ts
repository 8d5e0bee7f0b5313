import { expect, test } from 'vitest';
import { openIntents } from '../../src/clients/open-intents.ts';

test('a handle is claimed once: whoever comes first makes the intent', () => {
  const intents = openIntents();
  intents.add('i', { session: 's' }, true);
  expect([intents.claim('i'), intents.claim('i')]).toEqual([true, false]);
  expect(intents.options('i')).toEqual({ session: 's' });
});

test('an id of another process is nobody’s to claim: the store must be asked', () => {
  const intents = openIntents();
  expect(intents.claim('elsewhere')).toBe(false);
  expect(intents.options('elsewhere')).toBeUndefined();
});

test('an id of one’s own may be in the store already, and is nobody’s to claim', () => {
  const intents = openIntents();
  intents.add('job-1', { session: 's' }, false);
  expect(intents.claim('job-1')).toBe(false);
  expect(intents.options('job-1')).toEqual({ session: 's' });
});

test('only the latest handles are remembered', () => {
  const intents = openIntents(2);
  for (const id of ['a', 'b', 'c']) intents.add(id, {}, true);
  expect(['a', 'b', 'c'].map(id => intents.claim(id))).toEqual([false, true, true]);
});
