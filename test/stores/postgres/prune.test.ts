import { expect, it } from 'vitest';
import type { PostgresConnection } from '../../../src/stores/postgres/connection.ts';
import { pruneIntents } from '../../../src/stores/postgres/prune.ts';
import { askServer, describeOnPostgres, withStore, withTables } from '../../support/postgres.ts';
import { anIntent, changesOf, independentSum, NOON, sorted } from '../histories.ts';

describeOnPostgres('pruning', () => {
  it('intents that are being written are skipped, and pruned the next time', async () => {
    const { s, store } = await withStore();
    const list = ['a', 'b', 'c'].map(id => anIntent(id));
    await store.commitAll(list.flatMap(changesOf));
    const writer = await askServer();
    await writer('BEGIN');
    await writer(`SELECT 1 FROM ${s}.heads WHERE id = 'b' FOR UPDATE`);
    expect(await store.prune(Infinity)).toEqual({ intents: 2, records: 6 });
    expect(await store.load('b')).toHaveLength(3);
    await writer('ROLLBACK');
    expect(await store.prune(Infinity)).toEqual({ intents: 1, records: 3 });
    expect(sorted(await store.prunedCells())).toEqual(sorted(independentSum(list, 'support')));
  });

  it('pruning proceeds page by page, however many intents there are, and reports how many it has removed so far', async () => {
    const { store } = await withStore();
    const ids = Array.from({ length: 1200 }, (_, index) => `intent-${index}`);
    await store.commitAll(ids.flatMap(id => changesOf(anIntent(id)).slice(0, 1)));
    await store.commitAll(changesOf(anIntent('x', 'support', NOON + 5_000)).slice(0, 1));
    const seen: number[] = [];
    expect(await store.prune(NOON + 1000, { progress: intents => seen.push(intents) })).toEqual({
      intents: 1200,
      records: 1200,
    });
    expect(seen).toEqual([500, 1000, 1200]);
    expect(await store.intents({ feature: 'support', limit: 9 })).toEqual(['x']);
  });

  it('replies are pruned page by page too, and later replies stay', async () => {
    const { s, ask } = await withTables();
    await ask(`INSERT INTO ${s}.replies SELECT 'reply ' || n, 'mini', n FROM generate_series(1, 25000) n`);
    const left: number[] = [];
    const counting: PostgresConnection = {
      async run(task) {
        const result = await task(ask);
        left.push(Number((await ask(`SELECT count(*) FROM ${s}.replies`))[0]?.[0]));
        return result;
      },
      close: async () => {},
    };
    await pruneIntents(counting, s, 24_901);
    expect([...new Set(left)]).toEqual([25_000, 15_000, 5000, 100]);
  });

  it('a pruned intent can begin again once its id is forgotten, and its earlier records stay counted', async () => {
    const { store } = await withStore();
    const one = anIntent('a');
    await store.commitAll(changesOf(one));
    await store.prune(Infinity, { forgetBeforeMs: Infinity });
    const [answer] = await store.commitAll(changesOf(one));
    expect(answer).toEqual({ kind: 'committed' });
    expect(sorted(await store.cells('support'))).toEqual(sorted(independentSum([one, anIntent('again')], 'support')));
  });
});
