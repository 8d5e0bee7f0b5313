import { Pool } from 'pg';
import { expect, it } from 'vitest';
import type { Change } from '../../../src/contracts/store.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import { askServer, describeOnPostgres, newSchema, PATIENT, postgresUrl } from '../../support/postgres.ts';
import { anIntent, changeOf, changesOf, independentSum, must, sorted } from '../histories.ts';

const SETTINGS = [
  'default_transaction_isolation=serializable',
  'array_nulls=off',
  'DateStyle=SQL,DMY',
  'TimeZone=Asia/Kathmandu',
  'standard_conforming_strings=off',
];

describeOnPostgres('transactions of others', () => {
  it('a change waits while an equal one is still being committed, and is known then', async () => {
    const schema = newSchema();
    const url = await postgresUrl();
    const [one, other] = [postgres(url, { schema, ...PATIENT }), postgres(url, { schema, ...PATIENT })];
    await one.commitAll([...changesOf(anIntent('before'))]);
    const locking = await askServer();
    await locking('BEGIN');
    await locking(`SELECT 1 FROM "${schema}".cells FOR UPDATE`);
    const change: Change = {
      ...must(changesOf(anIntent('twin'))[0]),
      delta: independentSum([anIntent('twin')], 'support'),
    };
    const answers = [one, other].map(async store => store.commitAll([change]));
    const watching = await askServer();
    const waiting = `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`;
    await expect.poll(async () => watching(waiting)).toEqual([['2']]);
    await locking('COMMIT');
    const kinds = (await Promise.all(answers)).flat().map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['committed', 'known']);
    await Promise.all([one.close(), other.close()]);
  });

  it('commits see what was committed before them, and values keep their meaning, whatever defaults the server has', async () => {
    const schema = newSchema();
    const url = new URL(await postgresUrl());
    url.searchParams.set('options', SETTINGS.map(setting => `-c ${setting}`).join(' '));
    const stores = Array.from({ length: 4 }, () => postgres(url.href, { schema, ...PATIENT }));
    const list = Array.from({ length: 40 }, (_, i) => anIntent(`intent-${i}`));
    const answers = await Promise.all(list.map(async (one, i) => must(stores[i % 4]).commitAll(changesOf(one))));
    expect(new Set(answers.flat().map(({ kind }) => kind))).toEqual(new Set(['committed']));
    expect(sorted(await must(stores[0]).cells('support'))).toEqual(sorted(independentSum(list, 'support')));
    for (const store of stores) await store.close();
    const pool = new Pool({ connectionString: url.href });
    await expect(postgres(pool, { schema, ...PATIENT }).commitAll(changesOf(anIntent('a')))).rejects.toMatchObject({
      code: 'store-unusable',
      message: expect.stringContaining('isolation level') as string,
    });
    await pool.end();
  });

  it('a transaction of another program that stays open delays no reader', async () => {
    const schema = newSchema();
    const store = postgres(await postgresUrl(), { schema, ...PATIENT });
    await store.commitAll([changeOf(anIntent('a'))]);
    const foreign = await askServer();
    await foreign('BEGIN');
    await foreign('SELECT pg_current_xact_id()');
    const { next } = await store.cellsSince('support');
    const [page] = await Array.fromAsync(store.scanPages());
    await store.commitAll([...changesOf(anIntent('b')), ...changesOf(anIntent('a')).slice(1)]);
    const found = (await Array.fromAsync(store.scanPages({ after: must(page).next }))).flatMap(
      ({ records }) => records,
    );
    expect(found.map(({ intentId, revision }) => `${intentId}${revision}`).toSorted()).toEqual([
      'a1',
      'a2',
      'b0',
      'b1',
      'b2',
    ]);
    expect((await store.cellsSince('support', next)).cells).toHaveLength(2);
    await foreign('ROLLBACK');
    expect(await Array.fromAsync(store.scanPages({ after: must(page).next }))).toHaveLength(1);
    await store.close();
  });
});
