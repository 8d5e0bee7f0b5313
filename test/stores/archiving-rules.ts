/** What a store promises about intents whose records were removed, and to an archive. */
import { expect, it } from 'vitest';
import type { ClosedIntent } from '../../src/contracts/archiving.ts';
import type { Store } from '../../src/contracts/store.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { contribution } from '../../src/core/cells/contribution.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { History } from './histories.ts';
import { anIntent, attempted, changeOf, changesOf, commitAll, HOUR, history, must, NOON, sorted } from './histories.ts';

const DAY = 24 * HOUR;

const removed = (where: RegExp): unknown => ({
  kind: 'refused',
  error: expect.objectContaining({ code: 'intent-removed', message: expect.stringMatching(where) as string }) as Error,
});

export function archivingRules(fresh: () => Promise<Store>): void {
  it('an intent that was pruned does not begin again, and no later record of it is counted', async () => {
    const store = await fresh();
    // A store that ends with its process does not remember what it had.
    if (store.archiving === undefined) return;
    await commitAll(store, [anIntent('old')]);
    const later = history('old', 'support', [...anIntent('old').records, attempted(NOON + HOUR)]);
    await store.prune(NOON + HOUR);
    const before = sorted(await store.cells('support'));
    for (const change of [changeOf(anIntent('old')), changeOf(later, 3), ...changesOf(anIntent('old')).slice(1)])
      expect(await store.commitAll([change])).toEqual([removed(/"old" were pruned/)]);
    await expect(store.load('old')).rejects.toMatchObject({ code: 'intent-removed' });
    expect(sorted(await store.cells('support'))).toEqual(before);
    expect(await store.intents({ feature: 'support', limit: 9 })).toEqual([]);
    expect(await store.prune(Infinity)).toEqual({ intents: 0, records: 0 });
    expect(await rebuildCells(store, 'support')).toMatchObject({ intents: 0, corrected: 0 });
  });

  it('a store that remembers no removed intents treats such an id as new, and counts both intents', async () => {
    const store = await fresh();
    if (store.archiving !== undefined) return;
    await commitAll(store, [anIntent('old')]);
    const before = sorted(await store.prunedCells());
    await store.prune(NOON + HOUR);
    expect(await store.load('old')).toEqual([]);
    await commitAll(store, [anIntent('old')]);
    const contributed = sorted(await store.prunedCells());
    expect([before, contributed]).toEqual([[], sorted(contribution(must(foldIntent(anIntent('old').records))))]);
    expect(await rebuildCells(store, 'support')).toMatchObject({ intents: 1, corrected: 0 });
  });

  it('a removed intent that a copy takes over does not begin again, whether or not the copy had it', async () => {
    const store = await fresh();
    if (store.archiving === undefined) return;
    await commitAll(store, [anIntent('here'), anIntent('kept')]);
    const before = sorted(await store.cells('support'));
    const taken = [
      { id: 'elsewhere', lastMs: NOON, isArchived: true },
      { id: 'here', lastMs: NOON + 1, isArchived: false },
    ];
    for (let times = 0; times < 2; times++) await store.archiving.adopt(taken);
    expect(await store.removed?.('')).toEqual(taken);
    expect(await store.removed?.('elsewhere')).toEqual(taken.slice(1));
    for (const id of ['elsewhere', 'here'])
      expect(await store.commitAll([changeOf(anIntent(id))])).toEqual([removed(new RegExp(`"${id}"`))]);
    expect(sorted(await store.cells('support'))).toEqual(before);
    expect(await rebuildCells(store, 'support')).toMatchObject({ intents: 1, corrected: 0 });
    expect(await store.archiving.claim('archive', ['one', 'two'])).toBe('archive');
    expect(await store.archiving.claim('another', ['three'])).toBe('archive');
    expect((await store.archive?.())?.runs).toEqual(new Set(['one', 'two']));
  });

  it('a group that contains a change of a removed intent commits its other changes', async () => {
    const store = await fresh();
    if (store.archiving === undefined) return;
    await commitAll(store, [anIntent('old')]);
    await store.prune(NOON + HOUR);
    const group = [changeOf(anIntent('a')), changeOf(anIntent('old')), changeOf(anIntent('b'))];
    expect(await store.commitAll(group)).toEqual([{ kind: 'committed' }, removed(/./), { kind: 'committed' }]);
  });

  it('the id of a removed intent is forgotten a certain time after its last record', async () => {
    const store = await fresh();
    if (store.archiving === undefined) return;
    await commitAll(store, [anIntent('old'), anIntent('older', 'support', NOON - DAY)]);
    await store.prune(NOON + HOUR, { forgetBeforeMs: NOON });
    await expect(store.load('old')).rejects.toMatchObject({ code: 'intent-removed' });
    expect(await store.load('older')).toEqual([]);
    await store.archiving.forget({ repliesBeforeMs: 0, idsBeforeMs: NOON + DAY });
    await commitAll(store, [anIntent('old')]);
    expect(await store.load('old')).toHaveLength(3);
  });

  it('a pruning that finds no intent to remove still forgets ids', async () => {
    const store = await fresh();
    if (store.archiving === undefined) return;
    await commitAll(store, [anIntent('old')]);
    await store.prune(NOON + HOUR);
    expect(await store.prune(NOON + 2 * DAY, { forgetBeforeMs: NOON + DAY })).toEqual({ intents: 0, records: 0 });
    expect(await store.load('old')).toEqual([]);
  });

  it('closed intents are listed by day, in the order of their decisions, with their records as they are stored', async () => {
    const store = await fresh();
    const { archiving } = store;
    if (archiving === undefined) return;
    const given = [
      anIntent('b', 'support', NOON + 1),
      anIntent('a', 'extract', NOON),
      anIntent('next', 'support', NOON + DAY),
      anIntent('c', 'support', NOON + 1),
      anIntent('young', 'support', NOON + 3 * DAY),
    ];
    await commitAll(store, given);
    await store.commitAll([{ ...changeOf(anIntent('waiting')), dueAtMs: NOON + 9 * DAY }]);
    const query = { fromMs: -Infinity, beforeMs: NOON + 2 * DAY, limit: 9 };
    const closed = await archiving.closed(query);
    expect(closed.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    for (const { id, records } of closed)
      expect(records.map(({ json }) => JSON.parse(json) as unknown)).toEqual(
        must(given.find(each => each.intentId === id)).records,
      );
    expect((await archiving.closed({ ...query, limit: 2 })).map(({ id }) => id)).toEqual(['a', 'b']);
    expect((await archiving.closed({ ...query, fromMs: NOON + HOUR })).map(({ id }) => id)).toEqual(['next']);
    expect(await archiving.closed({ ...query, fromMs: NOON + DAY + HOUR })).toEqual([]);
    expect(await archiving.closed({ ...query, beforeMs: NOON })).toEqual([]);
  });

  it('an archive run removes its intents once, all or none, and the pruned base keeps what they contributed', async () => {
    const store = await fresh();
    const { archiving } = store;
    if (archiving === undefined) return;
    await commitAll(store, [anIntent('a'), anIntent('b'), anIntent('c', 'extract')]);
    expect(await store.archive?.()).toBeUndefined();
    expect([await archiving.claim('first'), await archiving.claim('second')]).toEqual(['first', 'first']);
    expect(await store.archive?.()).toEqual({ archive: 'first', runs: new Set() });
    const before = await cellsOf(store);
    const all = [
      { id: 'a', revisions: 3 },
      { id: 'b', revisions: 3 },
      { id: 'c', revisions: 3 },
    ];
    for (const wrong of [
      { id: 'b', revisions: 2 },
      { id: 'b', revisions: 4 },
      { id: 'unknown', revisions: 1 },
    ])
      expect(await archiving.remove('run', [must(all[0]), wrong])).toBe(false);
    expect(await store.load('a')).toHaveLength(3);
    expect((await store.archive?.())?.runs).toEqual(new Set());
    expect(await archiving.remove('run', all)).toBe(true);
    expect(await archiving.remove('run', all)).toBe(true);
    expect((await store.archive?.())?.runs).toEqual(new Set(['run']));
    expect(await cellsOf(store)).toEqual(before);
    const gave = ['a', 'b', 'c'].flatMap(id =>
      contribution(must(foldIntent(anIntent(id, id === 'c' ? 'extract' : 'support').records))),
    );
    const n = (cells: readonly { readonly sums: { readonly n?: bigint } }[]): bigint =>
      cells.reduce((sum, { sums }) => sum + (sums.n ?? 0n), 0n);
    expect(n(await store.prunedCells())).toBe(n(gave));
    expect(await store.commitAll([changeOf(anIntent('a'))])).toEqual([removed(/"a" are in the archive/)]);
    await expect(store.load('c')).rejects.toThrow('--archive');
    for (const feature of ['support', 'extract'])
      expect(await rebuildCells(store, feature)).toMatchObject({ intents: 0, corrected: 0 });
  });

  it('if two archivers write to different folders, only one of them removes intents', async () => {
    const store = await fresh();
    const { archiving } = store;
    if (archiving === undefined) return;
    await commitAll(store, [anIntent('a'), anIntent('b'), anIntent('c')]);
    await archiving.claim('archive');
    const one = async (id: string, runsBefore: number): Promise<boolean> =>
      archiving.remove(`run ${id}`, [{ id, revisions: 3 }], { runsBefore });
    const done = await Promise.all([one('a', 0), one('b', 0)]);
    expect(done.filter(each => each)).toHaveLength(1);
    expect(await one('c', 0)).toBe(false);
    expect(await one('c', 1)).toBe(true);
    expect((await store.archive?.())?.runs.size).toBe(2);
  });

  it('an intent that has a due time is not removed', async () => {
    const store = await fresh();
    const { archiving } = store;
    if (archiving === undefined) return;
    await store.commitAll([{ ...changeOf(anIntent('waiting')), dueAtMs: NOON + DAY }]);
    expect(await archiving.remove('run', [{ id: 'waiting', revisions: 1 }])).toBe(false);
    expect(await store.load('waiting')).toHaveLength(1);
  });

  it('an intent that has a due time is removed where that is asked for, and nothing is due for it from then on', async () => {
    const store = await fresh();
    const { archiving } = store;
    if (archiving === undefined) return;
    await store.commitAll([{ ...changeOf(anIntent('waiting')), dueAtMs: NOON + DAY }]);
    const before = await cellsOf(store);
    const stored = await archiving.stored(['unknown', 'waiting']);
    expect(stored.map(({ id, records }) => [id, records.length])).toEqual([['waiting', 1]]);
    expect(JSON.parse(must(stored[0]?.records[0]).json)).toEqual(anIntent('waiting').records[0]);
    const remove = async (revisions: number) =>
      archiving.remove('run', [{ id: 'waiting', revisions }], { evenOpen: true });
    expect([await remove(2), await remove(1)]).toEqual([false, true]);
    expect(await store.claimDue(NOON + 9 * DAY, 10, 1_000)).toEqual([]);
    expect([await archiving.stored(['waiting']), await cellsOf(store)]).toEqual([[], before]);
    await archiving.adopt([{ id: 'waiting', lastMs: NOON, isArchived: false }]);
    await expect(store.load('waiting')).rejects.toThrow('were pruned');
    expect(await cellsOf(store)).toEqual(before);
  });

  it('a ledger that has an archive refuses pruning', async () => {
    const store = await fresh();
    if (store.archiving === undefined) return;
    await commitAll(store, [anIntent('a')]);
    await store.archiving.claim('archive');
    await expect(store.prune(Infinity)).rejects.toThrow('outcome-router archive');
    expect(await store.load('a')).toHaveLength(3);
  });

  it('positions are in the order in which the ledger grew, also where the last records were removed', async () => {
    const store = await fresh();
    const { archiving } = store;
    if (archiving === undefined) return;
    const order: string[] = [];
    const archived: ClosedIntent[] = [];
    const add = async (...list: readonly History[]): Promise<void> => {
      await commitAll(store, list);
      order.push(...list.flatMap(({ intentId, records }) => records.map(({ revision }) => `${intentId} ${revision}`)));
    };
    await archiving.claim('archive');
    for (const [first, second] of [
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ] as const) {
      await add(anIntent(first, 'support', NOON), anIntent(second, 'support', NOON + 2 * DAY));
      const closed = await archiving.closed({ fromMs: -Infinity, beforeMs: NOON + DAY, limit: 9 });
      archived.push(...closed);
      expect(
        await archiving.remove(
          first,
          closed.map(({ id, records }) => ({ id, revisions: records.length })),
        ),
      ).toBe(true);
      if (first !== 'c') continue;
      const late = await archiving.closed({ fromMs: -Infinity, beforeMs: NOON + 3 * DAY, limit: 9 });
      archived.push(...late);
      expect(
        await archiving.remove(
          'late',
          late.map(({ id, records }) => ({ id, revisions: records.length })),
        ),
      ).toBe(true);
    }
    const found = archived.flatMap(({ id, records }) =>
      records.map(({ position }, revision) => ({ position, name: `${id} ${revision}` })),
    );
    for await (const { records, positions } of store.scanPages())
      records.forEach(({ intentId, revision }, index) =>
        found.push({ position: must(positions?.[index]), name: `${intentId} ${revision}` }),
      );
    expect(found.sort((one, other) => one.position - other.position).map(({ name }) => name)).toEqual(order);
  });
}

async function cellsOf(store: Store): Promise<unknown> {
  return Promise.all((await store.features()).map(async feature => sorted(await store.cells(feature))));
}
