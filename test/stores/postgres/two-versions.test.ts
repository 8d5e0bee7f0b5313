/** The previous version and this one on one database, as while a fleet is upgraded one process after another. */
import { expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../../src/stores/postgres/schema.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import type { Change, Store } from '../../../src/contracts/store.ts';
import { askServer, describeOnPostgres, newSchema, PATIENT, postgresUrl } from '../../support/postgres.ts';
import { anIntent, changesOf, sorted } from '../histories.ts';
import * as former from './version-1.mjs';

describeOnPostgres('two versions on one database', () => {
  it('the previous version goes on while this version updates the tables, and both read and count what the other writes', async () => {
    const [url, schema] = [await postgresUrl(), newSchema()];
    const ask = await askServer();
    const old = former.postgres(url, { schema, ...PATIENT });
    const write = async (store: Store, id: string): Promise<void> => {
      for (const change of changesOf(anIntent(id, 'support', Date.now())))
        expect(await store.commitAll([change])).toEqual([{ kind: 'committed' }]);
    };
    for (let index = 0; index < 20; index++) await write(old, `before ${index}`);
    expect(await ask(`SELECT value FROM "${schema}".meta WHERE key = 'schema'`)).toEqual([['1']]);

    // The process with the previous version writes all the time; this one opens the database meanwhile.
    const current = postgres(url, { schema, ...PATIENT });
    const { next } = await old.cellsSince('support');
    const writing = (async () => {
      for (let index = 0; index < 30; index++) await write(old, `meanwhile ${index}`);
    })();
    for (let index = 0; index < 30; index++) await write(current, `current ${index}`);
    await writing;
    expect(await ask(`SELECT value FROM "${schema}".meta WHERE key = 'schema'`)).toEqual([[String(SCHEMA_VERSION)]]);

    // One process begins an intent, and the other continues it; a change that both make is counted once.
    const [decided, attempted, labelled] = changesOf(anIntent('shared', 'support', Date.now())) as [
      Change,
      Change,
      Change,
    ];
    expect(await old.commitAll([decided])).toEqual([{ kind: 'committed' }]);
    expect(await current.commitAll([attempted])).toEqual([{ kind: 'committed' }]);
    expect(await old.commitAll([attempted, labelled])).toEqual([{ kind: 'known' }, { kind: 'committed' }]);
    while ((await current.maintain()).more);
    await write(old, 'after maintenance');

    const [theirs, ours] = [await old.cells('support'), await current.cells('support')];
    expect(sorted(ours)).toEqual(sorted(theirs));
    expect((await current.routingCells?.('support'))?.complete).toBe(true);
    const { cells } = await current.cellsSince('support', next);
    expect(cells.length).toBeGreaterThan(0);
    for (const store of [old, current]) {
      expect(new Set(await store.intents({ feature: 'support', limit: 1000 })).size).toBe(82);
      expect((await Array.fromAsync(store.scan())).length).toBe(82 * 3);
    }
    // A process with the previous version that starts only now opens the tables, too.
    const another = former.postgres(url, { schema, ...PATIENT });
    await write(another, 'another');
    for (const rebuild of [rebuildCells, former.rebuildCells])
      expect(await rebuild(current, 'support')).toMatchObject({ corrected: 0 });
    for (const store of [old, current, another]) await store.close();
  });
});
