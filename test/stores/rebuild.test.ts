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
  it('says how many intents it read and how many cells were wrong', async () => {
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
    await store.replaceCells('support', [{ ...first, sums: { ...first.sums, n: 99n } }]);
    expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 2 });
    expect(await store.cells('support')).toEqual(sound);
  });

  it('tells how many intents it has read so far', async () => {
    const store = memory();
    await commitAll(
      store,
      Array.from({ length: 70 }, (_, i) => anIntent(`i${i}`)),
    );
    const told: number[] = [];
    await rebuildCells(store, 'support', { progress: intents => told.push(intents) });
    expect(told).toEqual([64, 70]);
  });

  it('says what it cannot know because it was pruned', async () => {
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

  it('replaces nothing when somebody wrote meanwhile', async () => {
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
});
