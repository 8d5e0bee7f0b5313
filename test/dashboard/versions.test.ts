import { expect, test } from 'vitest';
import type { Control } from '../../src/contracts/control-store.ts';
import { cachedByVersion, versionOf, versionsIn } from '../../src/dashboard/versions.ts';
import { memory } from '../../src/stores/memory.ts';
import { attempted, commitAll, decided, history, NOON } from '../stores/histories.ts';

const PIN: Control = { kind: 'pinned', subject: 'support', isSet: true, plan: 'mini', revision: 1, atMs: NOON };

test('the version differs after a commit and after an operator has set something, and is the same until then', async () => {
  const store = memory();
  const seen = new Set<string>();
  const look = async (): Promise<number> => seen.add(versionOf(await versionsIn(store))).size;
  expect([await look(), await look()]).toEqual([1, 1]);
  await commitAll(store, [history('a', 'support', [decided(NOON), attempted(NOON)])]);
  expect([await look(), await look()]).toEqual([2, 2]);
  await store.setControl?.(PIN);
  expect([await look(), await look()]).toEqual([3, 3]);
});

test('the version does not depend on the order in which a store answers', async () => {
  const store = memory();
  await commitAll(store, [history('a', 'support', [decided(NOON), attempted(NOON)])]);
  await commitAll(store, [history('b', 'extract', [decided(NOON), attempted(NOON)])]);
  await store.setControl?.(PIN);
  await store.setControl?.({ ...PIN, subject: 'extract' });
  const reversed: typeof store = {
    ...store,
    generations: async features => new Map([...(await store.generations(features))].toReversed()),
    controls: async () => ((await store.controls?.()) ?? []).toReversed(),
  };
  expect(versionOf(await versionsIn(reversed))).toBe(versionOf(await versionsIn(store)));
});

test('the answer to a read of a feature is kept until its generation changes, and a failed read is not kept', async () => {
  const cached = cachedByVersion<number>();
  const at = (generation: string) => ({
    features: ['f'],
    of: new Map([['f', generation]]),
    controls: { set: [], damaged: [] },
  });
  let reads = 0;
  const read = async (): Promise<number> => ++reads;
  expect([await cached('f', at('1'), read), await cached('f', at('1'), read)]).toEqual([1, 1]);
  expect(await cached('f', at('2'), read)).toBe(2);
  await expect(cached('f', at('3'), async () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await cached('f', at('3'), read)).toBe(3);
});

test('the answers of several periods are kept side by side, for the periods that were requested last', async () => {
  const cached = cachedByVersion<number>();
  const versions = { features: ['f'], of: new Map([['f', '1']]), controls: { set: [], damaged: [] } };
  let reads = 0;
  const of = async (period: string): Promise<number> => cached('f', versions, async () => ++reads, period);
  expect([await of('7d'), await of('30d'), await of('7d'), await of('30d')]).toEqual([1, 2, 1, 2]);
  for (let i = 0; i < 20; i++) await of(`day ${i}`);
  expect(await of('7d')).toBe(23);
});
