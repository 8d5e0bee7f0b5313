import { expect, it } from 'vitest';
import { monthOf } from '../../../src/stores/postgres/schema.ts';
import { describeOnPostgres, newSchema, openPostgres, withStore } from '../../support/postgres.ts';
import type { History } from '../histories.ts';
import {
  anIntent,
  attempted,
  changeOf,
  changesOf,
  decided,
  evidence,
  history,
  independentSum,
  NOON,
  sorted,
} from '../histories.ts';

function withModel(id: string, model: string): History {
  const success = evidence(NOON + 2, { source: 'explicit', success: true });
  return history(id, 'support', [
    decided(NOON),
    attempted(NOON + 1, { model, replyKeys: [`reply of ${id}`] }),
    success,
  ]);
}

describeOnPostgres('commits on the server', () => {
  it('one value that the server refuses is refused alone, and the rest of the group is committed', async () => {
    const { store } = await withStore();
    const list = Array.from({ length: 40 }, (_, index) => withModel(`intent-${index}`, index === 17 ? 'a\0b' : 'mini'));
    const answers = await store.commitAll(list.flatMap(changesOf));
    const kinds = answers.map(({ kind }) => kind);
    expect(kinds.slice(17 * 3, 18 * 3)).toEqual(['committed', 'refused', 'conflict']);
    expect(kinds.filter(kind => kind === 'committed')).toHaveLength(39 * 3 + 1);
    expect(answers[17 * 3 + 1]).toMatchObject({ error: { code: 'invalid-value', path: 'intent-17' } });
    const committed = list.filter((_, index) => index !== 17);
    expect(sorted(await store.cells('support'))).toEqual(sorted(independentSum(committed, 'support')));
  });

  it('an id that the server would not keep unchanged is refused', async () => {
    const { store } = await withStore();
    for (const wrong of ['a\ud800', 'a\0b'])
      for (const one of [anIntent(wrong), anIntent('a', wrong)])
        expect(await store.commitAll([changeOf(one)])).toMatchObject([
          { kind: 'refused', error: { code: 'invalid-value' } },
        ]);
  });

  it('a sum beyond its column’s range is refused, and no part of the change is kept', async () => {
    const { store } = await withStore();
    const [, second] = changesOf(anIntent('a'));
    if (second === undefined) throw new Error('no change');
    const delta = second.delta.map(cell => ({ ...cell, sums: { ...cell.sums, cost: 2n ** 63n } }));
    const answers = await store.commitAll([changeOf(anIntent('a')), { ...second, delta }]);
    expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'refused']);
    expect(await store.load('a')).toHaveLength(1);
  });

  it('an intent of any time finds the part of the ledger for its month, which is made when it is missing', async () => {
    const { s, store, ask } = await withStore();
    const times = [
      NOON,
      Date.UTC(2019, 1, 28, 23, 59, 59),
      Date.UTC(2031, 5, 1),
      Date.UTC(1960, 0, 1),
      Date.UTC(9999, 0, 1),
      NOON + 0.5,
    ];
    const list = times.map((atMs, index) => anIntent(`intent-${index}`, 'support', atMs));
    const answers = await store.commitAll(list.flatMap(changesOf));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['committed']));
    for (const one of list) expect(await store.load(one.intentId)).toEqual(one.records);
    const parts = await ask(`SELECT DISTINCT tableoid::regclass::text, month FROM ${s}.ledger`);
    expect(parts.map(([part, month]) => [part?.replace(/^.*_/, ''), month])).toEqual(
      parts.map(([, month]) => [month, month]),
    );
    expect(new Set(parts.map(([, month]) => Number(month)))).toEqual(new Set(times.map(monthOf)));
  });

  it('two processes that begin a month at once both commit', async () => {
    const name = newSchema();
    const stores = await Promise.all(Array.from({ length: 4 }, async () => openPostgres(name)));
    const answers = await Promise.all(
      stores.map(async (store, index) =>
        store.commitAll(changesOf(anIntent(`intent-${index}`, 'support', Date.UTC(2024, 1, 2)))),
      ),
    );
    expect(new Set(answers.flat().map(({ kind }) => kind))).toEqual(new Set(['committed']));
    await Promise.all(stores.map(async store => store.close()));
  });

  it('each process adds to its own shard of the latest hours, and all processes to one shard of earlier hours', async () => {
    const { s, store, ask } = await withStore();
    const nowMs = Date.now();
    await store.commitAll([
      ...changesOf(anIntent('old', 'support', nowMs - 5 * 3_600_000)),
      ...changesOf(anIntent('new', 'support', nowMs)),
    ]);
    expect(
      await ask(`SELECT DISTINCT shard FROM ${s}.cells WHERE start < $1`, [Math.floor(nowMs / 3_600_000) - 2]),
    ).toEqual([['0']]);
    expect(
      await ask(`SELECT DISTINCT shard IN (SELECT shard FROM ${s}.pulse) FROM ${s}.cells WHERE start >= $1`, [
        Math.floor(nowMs / 3_600_000),
      ]),
    ).toEqual([['t']]);
  });
});
