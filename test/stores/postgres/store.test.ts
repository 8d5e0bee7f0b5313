import { expect, it } from 'vitest';
import { Pool } from 'pg';
import { SCHEMA_VERSION } from '../../../src/stores/postgres/schema.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import {
  describeOnPostgres,
  newSchema,
  openPostgres,
  PATIENT,
  postgresUrl,
  withStore,
} from '../../support/postgres.ts';
import { anIntent, changeOf, changesOf } from '../histories.ts';

describeOnPostgres('the store', () => {
  it('the server’s clock decides which intents are due, also for a process whose clock is an hour ahead', async () => {
    const store = postgres(await postgresUrl(), { schema: newSchema(), ...PATIENT });
    const nowMs = Date.now();
    await store.commitAll([
      { ...changeOf(anIntent('due')), dueAtMs: nowMs - 60_000 },
      { ...changeOf(anIntent('soon')), dueAtMs: nowMs + 600_000 },
    ]);
    expect(await store.claimDue(nowMs + 3_600_000, 10, 60_000)).toEqual(['due']);
    // The lease of that process ends by the server's clock, too.
    expect(await store.claimDue(nowMs + 3_600_000, 10, 60_000)).toEqual([]);
    await store.close();
  });

  it('a store stops writing once a newer version forbids it, and can still read as long as it is connected', async () => {
    const { s, store, ask } = await withStore();
    await store.commitAll(changesOf(anIntent('a')));
    await store.generations(['support']);
    const newer = SCHEMA_VERSION + 1;
    await ask(`UPDATE ${s}.meta SET value = '${newer}' WHERE key = 'writes_from'`);
    expect([...(await store.generations(['support'])).keys()]).toEqual(['support']);
    for (const write of [
      store.commitAll(changesOf(anIntent('b'))),
      store.prune(Infinity),
      store.maintain(),
      store.correctCells('support', [], { id: 'x' }),
    ])
      await expect(write).rejects.toThrow(`a newer outcome-router (schema ${newer})`);
    expect(await store.load('a')).toHaveLength(3);
    await ask(`UPDATE ${s}.meta SET value = '1' WHERE key = 'writes_from'`);
    await store.generations([]);
    expect(await store.commitAll(changesOf(anIntent('b')))).toHaveLength(3);
  });

  it('a commit makes a missing month on the connection that it has, which may be the only one of a pool', async () => {
    const pool = new Pool({ connectionString: await postgresUrl(), max: 1 });
    const store = postgres(pool, { schema: newSchema(), ...PATIENT });
    const answers = await store.commitAll(changesOf(anIntent('a', 'support', Date.UTC(2019, 1, 1))));
    expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'committed', 'committed']);
    await store.close();
    await pool.end();
  });

  it('calls of a closed store say that it is closed, and a second close waits for nothing', async () => {
    const store = await openPostgres();
    await store.features();
    await store.close();
    await store.close();
    for (const use of [store.features(), store.commitAll([]), store.maintain(), store.prune(0), store.load('a')])
      await expect(use).rejects.toThrow('the store is closed');
  });

  it('a close does not wait longer than it was given for a server that does not answer', async () => {
    const { s, store, ask } = await withStore();
    await store.features();
    await ask('BEGIN');
    await ask(`LOCK TABLE ${s}.heads`);
    let isAnswered = false;
    const waiting = store.intents({ feature: 'support', limit: 1 }).finally(() => {
      isAnswered = true;
    });
    await store.close(1);
    expect(isAnswered).toBe(false);
    await ask('ROLLBACK');
    expect(await waiting).toEqual([]);
  });
});
