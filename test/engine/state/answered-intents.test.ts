import { expect, test } from 'vitest';
import type { AnsweredIntentsOptions } from '../../../src/engine/state/answered-intents.ts';
import { answeredIntents } from '../../../src/engine/state/answered-intents.ts';
import { memory } from '../../../src/stores/memory.ts';
import { answeredIntent } from '../../stores/histories.ts';

function waiting(options: Partial<AnsweredIntentsOptions> = {}) {
  const store = memory();
  const told: string[] = [];
  const alone: string[] = [];
  let run = (): void => {};
  const intents = answeredIntents({
    store,
    soon: callback => void (run = callback),
    beginCommit: () => undefined,
    endCommit: () => {},
    answered: (feature, delta) => void told.push(`${feature} ${delta.length}`),
    writeAlone: ({ id }) => void alone.push(id),
    ...options,
  });
  return { store, told, alone, intents, endOfTask: () => run() };
}

test('intents that were answered in one task are written together at its end, with their sums told once a feature', async () => {
  const { store, told, intents, endOfTask } = waiting();
  for (const id of ['a', 'b', 'c']) intents.add(answeredIntent(id));
  expect(await store.load('a')).toEqual([]);
  endOfTask();
  expect(await store.load('a')).toEqual(answeredIntent('a').records());
  expect(await store.intents({ feature: 'support', limit: 9 })).toHaveLength(3);
  expect(told).toEqual(['support 2']);
});

test('an intent that is taken out is not written, and is taken once', async () => {
  const { store, intents, endOfTask } = waiting();
  const [a, b] = [answeredIntent('a'), answeredIntent('b')];
  intents.add(a);
  intents.add(b);
  expect([intents.take('a'), intents.take('a'), intents.take('unknown')]).toEqual([a, undefined, undefined]);
  endOfTask();
  expect([await store.load('a'), await store.load('b')]).toEqual([[], b.records()]);
});

test('while the statistics of a feature are read, its intents are written like any other', async () => {
  const ended: string[] = [];
  const { alone, told, intents, endOfTask } = waiting({
    beginCommit: async () => {},
    endCommit: feature => void ended.push(feature),
  });
  intents.add(answeredIntent('a'));
  endOfTask();
  expect([alone, told]).toEqual([['a'], []]);
  await expect.poll(() => ended).toEqual(['support']);
});

test.each([
  ['does not take such intents', { isPrivate: true, commitAll: {} }],
  ['other routers read too', memory({ shared: true })],
])('a store that %s gets them like any other', (_, store) => {
  const { alone, intents, endOfTask } = waiting({ store });
  expect(intents.areTaken).toBe(false);
  intents.add(answeredIntent('a'));
  endOfTask();
  expect(alone).toEqual(['a']);
});
