import { expect, it } from 'vitest';
import { foldCells } from '../../../src/core/cells/grains.ts';
import type { Reading } from '../../../src/stores/postgres/scan.ts';
import { view } from '../../../src/stores/postgres/view.ts';
import { describeOnPostgres, withStore } from '../../support/postgres.ts';
import { anIntent, changeOf, changesOf, independentSum, must, sorted } from '../histories.ts';

describeOnPostgres('reading from the server', () => {
  it('many intents that are loaded at once take one query', async () => {
    const { s, store, ask } = await withStore();
    const list = Array.from({ length: 30 }, (_, index) => anIntent(`intent-${index}`));
    await store.commitAll(list.flatMap(changesOf));
    let questions = 0;
    const read: Reading = async task => {
      questions++;
      return task(ask);
    };
    const reading = view(s, { read, opened: async () => ({ ledger: '', isAhead: false }) });
    const loaded = await Promise.all([
      ...list.map(async ({ intentId }) => reading.load(intentId)),
      reading.load('unknown'),
    ]);
    expect(loaded).toEqual([...list.map(({ records }) => records), []]);
    expect(questions).toBe(1);
    expect(await reading.load('intent-3')).toEqual(anIntent('intent-3').records);
    expect(questions).toBe(2);
  });

  it('pruned hours of one older bucket are one cell', async () => {
    const { store } = await withStore();
    const hours = [Date.UTC(2025, 2, 3, 4), Date.UTC(2025, 2, 3, 9), Date.UTC(2025, 2, 5, 1)];
    const list = hours.map((atMs, index) => anIntent(`intent-${index}`, 'support', atMs));
    await store.commitAll(list.flatMap(changesOf));
    while ((await store.maintain()).more);
    await store.prune(Infinity);
    const { grains } = await store.cellsSince('support');
    const expected = sorted(foldCells(independentSum(list, 'support'), grains));
    expect(expected).toHaveLength(2);
    expect(sorted(await store.prunedCells('support'))).toEqual(expected);
    expect(sorted(await store.prunedCells())).toEqual(expected);
  });

  it('a cursor of cells is valid for its own feature only', async () => {
    const { store } = await withStore();
    await store.commitAll([changeOf(anIntent('a')), changeOf(anIntent('b', 'extract'))]);
    const { next } = await store.cellsSince('support');
    await expect(store.cellsSince('extract', next)).rejects.toMatchObject({ code: 'cursor-expired' });
  });

  it('intents are listed in pages, after the last one of the page before', async () => {
    const { store } = await withStore();
    const list = Array.from({ length: 7 }, (_, index) =>
      anIntent(`intent-${index}`, 'support', 1e12 + Math.floor(index / 2)),
    );
    await store.commitAll(list.flatMap(one => changesOf(one).slice(0, 1)));
    const all = await store.intents({ feature: 'support', limit: 9 });
    const paged: string[] = [];
    for (let page = await store.intents({ feature: 'support', limit: 2 }); page.length > 0; ) {
      paged.push(...page);
      page = await store.intents({ feature: 'support', limit: 2, after: must(page.at(-1)) });
    }
    expect(paged).toEqual(all);
  });
});
