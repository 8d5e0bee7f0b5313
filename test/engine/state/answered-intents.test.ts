import { expect, test } from 'vitest';
import type { AnsweredIntentsOptions } from '../../../src/engine/state/answered-intents.ts';
import { answeredIntents } from '../../../src/engine/state/answered-intents.ts';
import { memory } from '../../../src/stores/memory.ts';
import { answeredIntent, labelledAtOnce } from '../../stores/histories.ts';

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

test('intents that were answered in one task are written together at its end, and their sums are passed on once per feature', async () => {
  const { store, told, intents, endOfTask } = waiting();
  for (const id of ['a', 'b', 'c']) intents.add(answeredIntent(id));
  expect(await store.load('a')).toEqual([]);
  endOfTask();
  expect(await store.load('a')).toEqual(answeredIntent('a').records());
  expect(await store.intents({ feature: 'support', limit: 9 })).toHaveLength(3);
  expect(told).toEqual(['support 2']);
});

test('an intent that a caller takes out is not written, and can be taken out only once', async () => {
  const { store, intents, endOfTask } = waiting();
  const [a, b] = [answeredIntent('a'), answeredIntent('b')];
  intents.add(a);
  intents.add(b);
  expect([intents.take('a'), intents.take('a'), intents.take('unknown')]).toEqual([a, undefined, undefined]);
  endOfTask();
  expect([await store.load('a'), await store.load('b')]).toEqual([[], b.records()]);
});

test('while the statistics of a feature are read, each of its intents is written in the ordinary way', async () => {
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
])('a store that %s gets answered intents in the ordinary way', (_, store) => {
  const { alone, intents, endOfTask } = waiting({ store });
  expect(intents.areTaken).toBe(false);
  intents.add(answeredIntent('a'));
  endOfTask();
  expect(alone).toEqual(['a']);
});

const success = labelledAtOnce(answeredIntent('a'), { success: true });
/** The record that an outcome makes, without its revision. */
const label = () => ({ ...success.labelled!, revision: undefined as unknown as number });

test('the first evidence of a waiting intent is written together with the intent, at once', async () => {
  const { store, told, intents, endOfTask } = waiting();
  for (const id of ['b', 'a', 'c']) intents.add(answeredIntent(id));
  expect(intents.writeLabelled('a', () => [label()])).toEqual(success.intent());
  expect(await store.load('a')).toEqual(success.records());
  expect([told, intents.take('a')]).toEqual([['support 2'], undefined]);
  endOfTask();
  expect((await store.load('b')).length + (await store.load('c')).length).toBe(4);
});

test.each([
  ['nothing is added', () => [], () => undefined],
  ['it is not first evidence', () => [{ ...label(), kind: 'corrected' as const }], () => undefined],
  ['more than that is added', () => [label(), label()], () => undefined],
  ['the statistics of its feature are read', () => [label()], async () => {}],
])('an intent continues to wait to be written where %s', async (_, make, beginCommit) => {
  const { store, intents } = waiting({ beginCommit });
  intents.add(answeredIntent('a'));
  expect([intents.writeLabelled('a', make), intents.writeLabelled('unknown', make)]).toEqual([undefined, undefined]);
  expect(await store.load('a')).toEqual([]);
  expect(intents.take('a')).toEqual(answeredIntent('a'));
});

test('evidence that is refused leaves the intent waiting', () => {
  const { intents } = waiting();
  intents.add(answeredIntent('a'));
  const refuse = (): never => {
    throw new TypeError('refused');
  };
  expect(() => intents.writeLabelled('a', refuse)).toThrow('refused');
  expect(intents.take('a')).toEqual(answeredIntent('a'));
});
