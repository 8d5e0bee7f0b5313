/** A session whose intents are served by two processes, on every store. */
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { memory } from '../../../src/stores/memory.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { describeOnPostgres, newSchema, openPostgres } from '../../support/postgres.ts';
import { closeAll, routed, unlimited } from '../../support/routed.ts';
import { chat } from '../../support/scripted-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

afterAll(closeAll);

const TURNS = 4;

/** @param open the store, as each of two processes opens it */
function sessionTest(name: string, open: () => Promise<readonly [Store, Store]>): void {
  test(`${name}: each process knows the prefix of an intent from its first call on, including requests that the other one served`, async () => {
    const stores = await open();
    // The tables are made with the first use.
    for (const store of stores) await store.cells('support');
    const script = Array.from({ length: TURNS }, (_, turn) =>
      chat('yes', { prompt_tokens: 3000 + 400 * turn, completion_tokens: 100 }),
    );
    // PostgreSQL forgets sessions by its own clock.
    let atMs = Date.now();
    const runtime = { ...unlimited(), nowMs: () => atMs, elapsedMs: () => atMs };
    const processes = await Promise.all(stores.map(async store => routed(script, {}, { store, runtime })));
    for (let turn = 0; turn < TURNS; turn++) {
      const { router, ask } = processes[turn % 2] as (typeof processes)[number];
      const { model } = router.feature('support').intent({ session: 's1' });
      await ask(model, { user: 'x'.repeat(12_000 + 1600 * turn) });
      // The next user's intent must find the session: sessions are written a moment later.
      await router.flush();
      atMs += 20_000 * (turn + 1);
    }
    const [one] = processes as [(typeof processes)[number]];
    const records = await one.ledger();
    const turns = records
      .flatMap(record => (record.kind === 'decided' ? [record] : []))
      .sort((a, b) => a.atMs - b.atMs);
    const replies = records
      .flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []))
      .sort((a, b) => a.startedAtMs - b.startedAtMs);
    expect(turns.map(({ prefix }) => prefix?.earlierIntents)).toEqual([0, 1, 2, 3]);
    for (let turn = 1; turn < TURNS; turn++) {
      const { usage } = replies[turn - 1] ?? {};
      expect(turns[turn]?.prefix).toMatchObject({
        tokens: (usage?.input ?? 0) + (usage?.output ?? 0),
        gapMs: 20_000 * turn,
      });
    }
    await Promise.all(processes.map(async each => each.close()));
  });
}

sessionTest('memory', async () => {
  const store = memory({ shared: true });
  return [store, store];
});

sessionTest('SQLite', async () => {
  const path = join(temporaryFolder(), 'ledger.db');
  return [sqlite(path), sqlite(path)];
});

describeOnPostgres('PostgreSQL', () => {
  sessionTest('PostgreSQL', async () => {
    const schema = newSchema();
    return [await openPostgres(schema), await openPostgres(schema)];
  });
});
