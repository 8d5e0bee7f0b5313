/** A hot standby of a real primary: it is read from, it refuses what is written, and takes it once it has been promoted. */
import { join } from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRouterOn } from '../../../src/router.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import { askServer, describeOnOwnPostgres, newSchema, PATIENT } from '../../support/postgres.ts';
import type { PostgresServer } from '../../support/postgres-server.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { unlimited } from '../../support/routed.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { anIntent, changesOf } from '../histories.ts';

describeOnOwnPostgres('a hot standby', () => {
  const folder = temporaryFolder();
  const schema = newSchema();
  let primary: PostgresServer;
  let standby: PostgresServer;

  beforeAll(async () => {
    primary = await startPostgres();
    const store = postgres(primary.url, { schema, ...PATIENT });
    await store.commitAll(changesOf(anIntent('before')));
    await store.close();
    await primary.stop();
    standby = await startPostgres({ standbyOf: primary });
    await primary.start();
  });
  afterAll(async () => {
    await standby.remove();
    await primary.remove();
  });

  /** Until the standby has all that the primary has now. */
  async function followed(): Promise<void> {
    const [ofPrimary, ofStandby] = [await askServer(primary.url), await askServer(standby.url)];
    const [[position] = []] = await ofPrimary('SELECT pg_current_wal_lsn()');
    for (;;) {
      const [[hasIt] = []] = await ofStandby('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn', [position]);
      if (hasIt === 't') return;
      await yieldToEventLoop();
    }
  }

  it('a hot standby has the records, the cells and the changes of its primary', async () => {
    const writer = postgres(primary.url, { schema, ...PATIENT });
    const reader = postgres(standby.url, { schema, ...PATIENT });
    await followed();
    const before = await reader.cellsSince('support');
    expect(await reader.load('before')).toHaveLength(3);
    await writer.commitAll(changesOf(anIntent('later')));
    await followed();
    expect(await reader.load('later')).toHaveLength(3);
    expect((await reader.cellsSince('support', before.next)).cells).not.toEqual([]);
    expect(await reader.cells('support')).toEqual(await writer.cells('support'));
    const ids = new Set<string>();
    for await (const record of reader.scan()) ids.add(record.intentId);
    expect([...ids]).toEqual(['before', 'later']);
    await Promise.all([writer.close(), reader.close()]);
  });

  it('calls of a router on a hot standby go on with one clear error, and all they recorded is there once it is promoted', async () => {
    const faults: string[] = [];
    const router = createRouterOn(unlimited(), {
      models: { mini: { provider: 'other', model: 'm', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } } },
      features: { f: { candidates: ['mini'], failureCostUsd: 1 } },
      store: postgres(standby.url, { schema, ...PATIENT }),
      spool: join(folder, 'spool.jsonl'),
      observers: [{ name: 'faults', faulted: ({ error }) => void faults.push(String(error)) }],
    });
    const call = async (): Promise<void> => {
      const intent = router.feature('f').intent();
      await router.run('f', async () => ({ value: '', usage: { input: 1, output: 1 } }), { intent });
      await intent.succeed();
    };
    for (let calls = 0; calls < 20; calls++) await call();
    expect(new Set(faults)).toEqual(
      new Set([
        'RouterError: postgres: cannot execute SELECT in a read-only transaction; this is a read replica: give the URL of the primary; or `default_transaction_read_only` is on for this user or database',
      ]),
    );
    expect(faults).toHaveLength(1);
    const ask = await askServer(standby.url);
    await ask('SELECT pg_promote()');
    await call();
    await router.close();
    const store = postgres(standby.url, { schema, ...PATIENT });
    const intents = await store.intents({ feature: 'f', limit: 100 });
    expect(intents).toHaveLength(21);
    expect((await rebuildCells(store, 'f')).corrected).toBe(0);
    await store.close();
  });
});
