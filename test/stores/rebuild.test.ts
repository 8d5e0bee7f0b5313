import { describe, expect, it } from 'vitest';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { History } from './histories.ts';
import { attempted, changesOf, commitAll, decided, history, NOON } from './histories.ts';

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
    for (const [cells, corrected] of [
      [[{ ...first, sums: { ...first.sums, n: 99n } }, ...sound.slice(1)], 1],
      [sound.slice(1), 1],
      [[...sound, surplus], 1],
      [[surplus], 3],
    ] as const) {
      await store.replaceCells('support', cells);
      expect(await rebuildCells(store, 'support')).toMatchObject({ corrected });
      expect(await store.cells('support')).toEqual(sound);
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

  it('a rebuild replaces nothing when another process wrote in the meantime', async () => {
    const inner = memory();
    await commitAll(inner, [anIntent('a')]);
    const [late] = changesOf(anIntent('late'));
    const store: Store = {
      ...inner,
      async cells(feature) {
        if (late !== undefined) await inner.commit(late);
        return inner.cells(feature);
      },
    };
    const before = await inner.cells('support');
    await expect(rebuildCells(store, 'support')).rejects.toMatchObject({ code: 'store-unusable', path: 'support' });
    expect(await inner.cells('support')).toEqual(before);
  });

  it('a rebuild fails and replaces nothing if an intent is pruned meanwhile', async () => {
    const inner = memory();
    await commitAll(inner, [anIntent('a')]);
    const before = await inner.cells('support');
    const store: Store = {
      ...inner,
      async load(id) {
        await inner.prune(NOON + 10);
        return inner.load(id);
      },
    };
    await expect(rebuildCells(store, 'support')).rejects.toMatchObject({ code: 'store-unusable' });
    expect(await inner.cells('support')).toEqual(before);
  });

  it('an intent that was decided twice is counted once', async () => {
    const store = memory();
    await commitAll(store, [
      history('a', 'support', [decided(NOON), decided(NOON + 1, ['premium']), attempted(NOON + 2)]),
    ]);
    expect(await rebuildCells(store, 'support')).toMatchObject({ intents: 1, corrected: 0 });
  });
});
