import { expect, it } from 'vitest';
import type { AskServer } from '../../../src/stores/postgres/connection.ts';
import { openSchema } from '../../../src/stores/postgres/opening.ts';
import { packer } from '../../../src/stores/postgres/packing.ts';
import { askServer, describeOnPostgres, withStore } from '../../support/postgres.ts';
import { anIntent, changeOf, changesOf } from '../histories.ts';

const manyFeatures = Array.from({ length: 80 }, (_, index) => `feature-${index}`);

describeOnPostgres('packing', () => {
  it('each feature is packed by one process, and again once it has changed and the pause is over', async () => {
    const { name, s, store, ask } = await withStore();
    const opened = async () => openSchema(ask, name);
    await store.commitAll([...manyFeatures, 'support'].map(feature => changeOf(anIntent(feature, feature))));
    const asks = await Promise.all([askServer(), askServer(), askServer(), askServer()]);
    const packed = await Promise.all(asks.map(async each => packedBy(packer(s, opened), each)));
    expect(packed.reduce((sum, count) => sum + count, 0)).toBe(manyFeatures.length + 1);
    const packOne = packer(s, opened);
    const pauseIsOver = async () => ask(`UPDATE ${s}.packed_cells SET claimed_until = now() - interval '1 s'`);
    await pauseIsOver();
    expect(await packOne(ask)).toBe(false);
    await store.commitAll(changesOf(anIntent('again')));
    expect(await packOne(ask)).toBe(true);
    await store.commitAll(changesOf(anIntent('and again')));
    expect(await packOne(ask)).toBe(false);
  });

  it('a feature that a killed process had claimed is packed by another process after the pause', async () => {
    const { name, s, store, ask } = await withStore();
    const opened = async () => openSchema(ask, name);
    await store.commitAll(changesOf(anIntent('a')));
    await ask(`INSERT INTO ${s}.packed_cells (feature, claimed_until) VALUES ('support', now() - interval '1 s')`);
    expect((await store.routingCells?.('support'))?.complete).toBe(true);
    expect(await packer(s, opened)(ask)).toBe(true);
    expect(await ask(`SELECT cursor IS NOT NULL, body IS NOT NULL FROM ${s}.packed_cells`)).toEqual([['t', 't']]);
  });

  it('the server searches once for many changed features, because a search goes through all features', async () => {
    const { name, s, store, ask } = await withStore();
    await store.commitAll(manyFeatures.map(feature => changeOf(anIntent(feature, feature))));
    let claims = 0;
    const counting: AskServer = async (statement, values) => {
      if (typeof statement === 'string' && statement.includes('INSERT INTO')) claims++;
      return ask(statement, values);
    };
    expect(
      await packedBy(
        packer(s, async () => openSchema(ask, name)),
        counting,
      ),
    ).toBe(manyFeatures.length);
    expect(claims).toBe(5);
  });
});

/** Packs features until none is left; returns their number. */
async function packedBy(packOne: (ask: AskServer) => Promise<boolean>, ask: AskServer): Promise<number> {
  for (let packed = 0; ; packed++) if (!(await packOne(ask))) return packed;
}
