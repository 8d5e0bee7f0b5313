import { expect, it, vi } from 'vitest';
import { Client } from 'pg';
import type { ConnectionSource, PostgresClient } from '../../../src/stores/postgres/connection.ts';
import { connection, transaction } from '../../../src/stores/postgres/connection.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { describeOnPostgres, newSchema, postgresUrl } from '../../support/postgres.ts';

/** Connections to the server, counted. */
function aSource(given: Partial<ConnectionSource> = {}) {
  let opened = 0;
  const open = async (): Promise<PostgresClient> => {
    const client = new Client({ connectionString: await postgresUrl() });
    client.on('error', () => {});
    await client.connect();
    opened++;
    return client;
  };
  const source: ConnectionSource = { open, prepare: async () => {}, timeoutMs: 5000, prepares: true, ...given };
  return { source, opened: () => opened };
}

const DEFAULTS = "SELECT current_setting('default_transaction_isolation'), current_setting('array_nulls')";
const END_SELF = 'SELECT pg_terminate_backend(pg_backend_pid())';

describeOnPostgres('a connection', () => {
  it('a connection is opened when it is first used, and its tasks run one at a time', async () => {
    const { source, opened } = aSource();
    const one = connection(source, systemRuntime());
    expect(opened()).toBe(0);
    let running = 0;
    const most = await Promise.all(
      Array.from({ length: 5 }, async () =>
        one.run(async ask => {
          running++;
          await ask('SELECT 1');
          return running--;
        }),
      ),
    );
    expect(most).toEqual([1, 1, 1, 1, 1]);
    expect(opened()).toBe(1);
    await one.close();
  });

  it('a task that finds the connection dead is run again on another one, but not one that may run once', async () => {
    const { source, opened } = aSource();
    const one = connection(source, systemRuntime());
    for (const times of ['once', undefined] as const) {
      await one.run(async ask => ask('SELECT 1'));
      let runs = 0;
      const result = one.run(async ask => {
        runs++;
        if (runs === 1) await ask(END_SELF);
        return ask('SELECT 2');
      }, times);
      if (times === 'once') await expect(result).rejects.toMatchObject({ code: 'store-unusable' });
      else expect(await result).toEqual([['2']]);
    }
    expect(opened()).toBe(3);
    await one.close();
  });

  it('a task whose connection finds no part of a table for its row is tried again on another connection', async () => {
    const { source, opened } = aSource();
    const one = connection(source, systemRuntime());
    const table = newSchema();
    await one.run(async ask => ask(`CREATE TABLE ${table} (month integer) PARTITION BY RANGE (month)`));
    let runs = 0;
    await one.run(async ask => {
      // Another session adds the part before the second run. The first session may never see it.
      if (++runs === 2) await ask(`CREATE TABLE ${table}_1 PARTITION OF ${table} FOR VALUES FROM (1) TO (2)`);
      await ask(`INSERT INTO ${table} VALUES (1)`);
    });
    expect([runs, opened()]).toEqual([2, 2]);
    await one.run(async ask => ask(`DROP TABLE ${table}`));
    await one.close();
  });

  it('an idle connection that the server ends is opened again, and does not end the process', async () => {
    const { source, opened } = aSource();
    const [one, other] = [connection(source, systemRuntime()), connection(source, systemRuntime())];
    const [[pid]] = (await one.run(async ask => ask('SELECT pg_backend_pid()'))) as [[string]];
    await other.run(async ask => ask('SELECT pg_terminate_backend($1)', [pid]));
    expect(await one.run(async ask => ask('SELECT 3'))).toEqual([['3']]);
    expect(opened()).toBe(3);
    await Promise.all([one.close(), other.close()]);
  });

  it('a connection is set up only where its defaults are others: behind a pooler, a setting outlives its client', async () => {
    const setUp: string[] = [];
    for (const options of ['', '-c default_transaction_isolation=serializable', '-c array_nulls=off']) {
      const client = new Client({ connectionString: await postgresUrl(), options });
      await client.connect();
      const sent = vi.spyOn(client, 'query');
      const one = connection({ ...aSource().source, open: async () => client }, systemRuntime());
      expect(await one.run(async ask => ask(DEFAULTS))).toEqual([['read committed', 'on']]);
      const texts = sent.mock.calls.map(([statement]: readonly unknown[]) => (statement as { text: string }).text);
      setUp.push(...texts.map(text => `${options}: ${text}`));
      await one.close();
    }
    expect(setUp.filter(text => text.includes('SET'))).toEqual([
      expect.stringContaining('serializable: SET'),
      expect.stringContaining('array_nulls=off: SET'),
    ]);
  });

  it('a connection whose answer is late is given up, and the next task gets a new one', async () => {
    const { source, opened } = aSource();
    const limited = { ...source };
    const one = connection(limited, systemRuntime());
    await one.run(async ask => ask('SELECT 1'));
    limited.timeoutMs = 100;
    // A statement may have a limit of its own.
    const slow = { text: 'SELECT 1 FROM pg_sleep(0.3)', timeoutMs: 20_000 };
    expect(await one.run(async ask => ask(slow))).toEqual([['1']]);
    await expect(one.run(async ask => ask('SELECT pg_sleep(20)'))).rejects.toThrow('within the time limit');
    limited.timeoutMs = 5000;
    expect(await one.run(async ask => ask('SELECT 1'))).toEqual([['1']]);
    expect(opened()).toBe(2);
    await one.close();
  });

  it('while no connection can be opened, tasks are rejected with the first error until it is time to try again', async () => {
    let tries = 0;
    let elapsedMs = 0;
    const { source } = aSource({
      async open() {
        tries++;
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      },
    });
    const one = connection(source, { ...systemRuntime(), elapsedMs: () => elapsedMs });
    const attempt = async (): Promise<unknown> =>
      one.run(async ask => ask('SELECT 1')).catch((error: unknown) => error);
    const first = await attempt();
    expect(first).toMatchObject({ code: 'store-unusable' });
    expect(await attempt()).toBe(first);
    expect(tries).toBe(1);
    for (const waitMs of [50, 100, 200, 400, 5000, 5000]) {
      elapsedMs += waitMs;
      await attempt();
    }
    expect(tries).toBe(7);
  });

  it('a task that is the victim of a deadlock is tried four times', async () => {
    const { source } = aSource();
    const one = connection(source, { ...systemRuntime(), sleep: async () => {} });
    let runs = 0;
    const losing = one.run(async ask => {
      runs++;
      await ask("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END $$");
    });
    await expect(losing).rejects.toThrow('lost');
    expect(runs).toBe(4);
    await one.close();
  });

  it('a transaction that fails leaves no changes, and its connection can still be used', async () => {
    const { source } = aSource();
    const one = connection(source, systemRuntime());
    const failing = one.run(async ask =>
      transaction(ask, '', async () => {
        await ask('CREATE TEMPORARY TABLE left_over ()');
        await ask('SELECT 1 / 0');
      }),
    );
    await expect(failing).rejects.toThrow('division by zero');
    expect(await one.run(async ask => ask("SELECT to_regclass('left_over')"))).toEqual([[null]]);
    await one.close();
  });
});
