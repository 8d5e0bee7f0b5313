import { expect, it } from 'vitest';
import { openSchema } from '../../../src/stores/postgres/opening.ts';
import { packOne } from '../../../src/stores/postgres/packing.ts';
import { askServer, describeOnPostgres, withStore } from '../../support/postgres.ts';
import { anIntent, changesOf } from '../histories.ts';

describeOnPostgres('packing', () => {
  it('each feature is packed by one process, and again once it has changed and the pause is over', async () => {
    const { name, s, store, ask } = await withStore();
    const opened = async () => openSchema(ask, name);
    for (const feature of ['support', 'extract']) await store.commitAll(changesOf(anIntent(feature, feature)));
    const asks = await Promise.all([askServer(), askServer(), askServer(), askServer()]);
    const packed = await Promise.all(asks.map(async each => packOne(each, s, opened)));
    while (await packOne(ask, s, opened)) packed.push(true);
    expect(packed.filter(Boolean)).toHaveLength(2);
    const pauseIsOver = async () => ask(`UPDATE ${s}.packed_cells SET claimed_until = now() - interval '1 s'`);
    await pauseIsOver();
    expect(await packOne(ask, s, opened)).toBe(false);
    await store.commitAll(changesOf(anIntent('again')));
    expect(await packOne(ask, s, opened)).toBe(true);
    await store.commitAll(changesOf(anIntent('and again')));
    expect(await packOne(ask, s, opened)).toBe(false);
  });

  it('one that a killed process had taken is packed by another after the pause', async () => {
    const { name, s, store, ask } = await withStore();
    const opened = async () => openSchema(ask, name);
    await store.commitAll(changesOf(anIntent('a')));
    await ask(`INSERT INTO ${s}.packed_cells (feature, claimed_until) VALUES ('support', now() - interval '1 s')`);
    expect((await store.routingCells?.('support'))?.complete).toBe(true);
    expect(await packOne(ask, s, opened)).toBe(true);
    expect(await ask(`SELECT cursor IS NOT NULL, body IS NOT NULL FROM ${s}.packed_cells`)).toEqual([['t', 't']]);
  });
});
