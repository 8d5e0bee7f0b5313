import { describe, expect, it } from 'vitest';
import { memory } from '../../src/stores/memory.ts';
import { difference } from '../../src/core/cells/sums.ts';
import { missingCells } from '../../src/core/cells/differences.ts';
import type { Store } from '../../src/contracts/store.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { History } from './histories.ts';
import { attempted, commitAll, decided, history, NOON, sorted } from './histories.ts';

function anIntent(id: string, feature = 'support'): History {
  return history(id, feature, [decided(NOON), attempted(NOON + 1)]);
}

describe('rebuilding the statistics', () => {
  it('a rebuild counts the intents it read and the cells that were wrong, missing or surplus', async () => {
    const store = memory();
    await commitAll(store, [anIntent('a'), anIntent('b'), anIntent('c', 'other')]);
    expect(await rebuildCells(store, 'support')).toEqual({
      feature: 'support',
      intents: 2,
      prunedCells: 0,
      corrected: 0,
    });
    const sound = await store.cells('support');
    const [first] = sound;
    if (first === undefined) throw new Error('no cells');
    const surplus = { ...first, key: { ...first.key, version: 'surplus' } };
    const wrong = { ...first, sums: { n: 99n } };
    const missing = sound.map(({ key, sums }) => ({ key, sums: difference({}, sums) }));
    const cases = [
      [[wrong], 1],
      [missing.slice(1), sound.length - 1],
      [[surplus], 1],
      [[...missing, surplus], sound.length + 1],
    ] as const;
    for (const [index, [damage, corrected]] of cases.entries()) {
      await store.correctCells('support', damage, { id: `damage ${index}` });
      expect(await rebuildCells(store, 'support')).toMatchObject({ corrected });
      expect(sorted(await store.cells('support'))).toEqual(sorted(sound));
      expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 0 });
    }
  });

  it('a rebuild reports its progress after each batch', async () => {
    const store = memory();
    await commitAll(
      store,
      Array.from({ length: 70 }, (_, i) => anIntent(`i${i}`)),
    );
    const reported: number[] = [];
    await rebuildCells(store, 'support', { progress: intents => reported.push(intents) });
    expect(reported).toEqual([64, 70]);
  });

  it('a rebuild counts the cells of the pruned base, whose intents are no longer in the ledger', async () => {
    const store = memory();
    await commitAll(store, [anIntent('a')]);
    await store.prune(NOON + 10);
    await commitAll(store, [anIntent('b')]);
    expect(await rebuildCells(store, 'support')).toEqual({
      feature: 'support',
      intents: 1,
      prunedCells: 2,
      corrected: 0,
    });
  });

  it('an intent that was decided twice is counted once', async () => {
    const store = memory();
    await commitAll(store, [
      history('a', 'support', [decided(NOON), decided(NOON + 1, ['premium']), attempted(NOON + 2)]),
    ]);
    expect(await rebuildCells(store, 'support')).toMatchObject({ intents: 1, corrected: 0 });
  });

  describe.each([
    ['memory', () => memory()],
    ['sqlite', () => sqlite(':memory:')],
  ])('beside others, on %s', (_, open) => {
    /** Adds one to a sum of the feature's first cell. */
    async function damage(store: Store, id: string): Promise<void> {
      const [first] = await store.cells('support');
      if (first === undefined) throw new Error('no cells');
      await store.correctCells('support', [{ key: first.key, sums: { n: 1n } }], { id });
    }

    it('a rebuild is exact while intents are committed and pruned', async () => {
      const store = open();
      await commitAll(store, [anIntent('a'), anIntent('b')]);
      const sound = await store.cells('support');
      await damage(store, 'damage');
      let loads = 0;
      const busy: Store = {
        ...store,
        consistently: async work =>
          store.consistently(async view =>
            work({
              ...view,
              async load(id) {
                if (loads++ === 0) {
                  await store.prune(NOON + 10);
                  await commitAll(store, [anIntent('late'), anIntent('other', 'other')]);
                }
                return view.load(id);
              },
            }),
          ),
      };
      expect(await rebuildCells(busy, 'support')).toMatchObject({ intents: 2, prunedCells: 0, corrected: 1 });
      expect(await rebuildCells(store, 'support')).toMatchObject({ intents: 1, prunedCells: 2, corrected: 0 });
      const late = memory();
      await commitAll(late, [anIntent('late')]);
      expect(missingCells(sound, await store.cells('support'))).toEqual(await late.cells('support'));
      await store.close();
    });

    it('two rebuilds that find the same damage at once repair it once', async () => {
      const store = open();
      await commitAll(store, [anIntent('a')]);
      const sound = await store.cells('support');
      await damage(store, 'damage');
      let found = 0;
      const bothHaveFound = Promise.withResolvers<void>();
      const waiting: Store = {
        ...store,
        async correctCells(...args) {
          if (++found === 2) bothHaveFound.resolve();
          await bothHaveFound.promise;
          return store.correctCells(...args);
        },
      };
      await Promise.all([rebuildCells(waiting, 'support'), rebuildCells(waiting, 'support')]);
      expect(sorted(await store.cells('support'))).toEqual(sorted(sound));
      await store.close();
    });

    it('the same damage is repaired again when it comes back', async () => {
      const store = open();
      await commitAll(store, [anIntent('a')]);
      const sound = await store.cells('support');
      for (const id of ['first', 'second', 'third']) {
        await damage(store, id);
        expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 1 });
        expect(sorted(await store.cells('support'))).toEqual(sorted(sound));
      }
      await store.close();
    });
  });
});
