import { once, type EventEmitter } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import type { Client } from 'pg';
import { Pool } from 'pg';
import type { ConnectionSource } from '../../../src/stores/postgres/connection.ts';
import { connection, transaction } from '../../../src/stores/postgres/connection.ts';
import type { PoolClients } from '../../../src/stores/postgres/pool.ts';
import { clientsOf } from '../../../src/stores/postgres/pool.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { askServer, describeOnPostgres, newSchema, PATIENT, postgresUrl } from '../../support/postgres.ts';
import { anIntent, changesOf } from '../histories.ts';

const sourceOf = ({ open }: PoolClients): ConnectionSource => ({
  open,
  prepare: async () => {},
  timeoutMs: 5000,
  prepares: true,
});

/** As `once` of Node, but an error does not reject. */
const happens = async (emitter: EventEmitter, event: string): Promise<unknown> =>
  new Promise(resolve => emitter.once(event, resolve));

describeOnPostgres('a pool of the application', () => {
  it('an idle connection that the server ends does not end the process while a store is open', async () => {
    const name = newSchema();
    const pool = new Pool({ connectionString: await postgresUrl(), application_name: name });
    const askOther = await askServer();
    const store = postgres(pool, { schema: name, ...PATIENT });
    await store.features();
    const removed = happens(pool, 'remove');
    await askOther('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);
    await removed;
    expect(await store.features()).toEqual([]);
    await store.close();
    expect(['error', 'connect'].map(event => pool.listenerCount(event))).toEqual([0, 0]);
    await pool.end();
  });

  it('a client of a pool is given back when its connection ends, whether or not its task sends another query', async () => {
    const pool = new Pool({ connectionString: await postgresUrl(), max: 1 });
    const askOther = await askServer();
    const clients = clientsOf(pool, { timeoutMs: 5000, after: systemRuntime().after });
    const one = connection(sourceOf(clients), systemRuntime());
    for (const when of ['between two questions', 'after the last question']) {
      const taken = happens(pool, 'acquire') as Promise<Client>;
      const result = one.run(async ask => {
        const [[pid]] = (await ask('SELECT pg_backend_pid()')) as [[string]];
        const client = await taken;
        const ended = happens(client, 'end');
        await askOther('SELECT pg_terminate_backend($1)', [pid]);
        await ended;
        return when === 'after the last question' ? [['done']] : ask('SELECT 1');
      }, 'once');
      if (when === 'after the last question') expect(await result).toEqual([['done']]);
      else await expect(result).rejects.toMatchObject({ code: 'store-unusable' });
      expect(pool).toMatchObject({ totalCount: 0, waitingCount: 0 });
    }
    expect(await one.run(async ask => ask('SELECT 2'))).toEqual([['2']]);
    await one.close();
    await pool.end();
  });

  it('a pool that has no free client in time causes a clear error, and a client that comes late goes back to the pool', async () => {
    const pool = new Pool({ connectionString: await postgresUrl(), max: 1 });
    const store = postgres(pool, { schema: newSchema(), timeoutMs: 100 });
    const held = await pool.connect();
    await expect(store.features()).rejects.toMatchObject({
      code: 'store-unusable',
      message: expect.stringContaining('the pool has given no connection within 100 ms') as unknown,
    });
    held.release();
    await expect.poll(() => [pool.waitingCount, pool.idleCount]).toEqual([0, 1]);
    await store.close();
    await pool.end();
  });

  it('a server that accepts a connection and never answers is given up in time, by a URL and by a pool without its own limit', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `postgres://ann@127.0.0.1:${(silent.address() as AddressInfo).port}/router`;
    const pool = new Pool({ connectionString: url });
    for (const connection of [url, pool]) {
      const accepted = once(silent, 'connection') as Promise<[Socket]>;
      const store = postgres(connection, { timeoutMs: 100 });
      await expect(store.features()).rejects.toMatchObject({ code: 'store-unusable' });
      await store.close();
      (await accepted)[0].destroy();
    }
    silent.close();
    await pool.end();
  });

  it.each([1, 3])(
    'a pool of %i loses no client, however often the server ends connections under traffic',
    async max => {
      const name = `traffic ${max}`;
      const pool = new Pool({ connectionString: await postgresUrl(), max, application_name: name });
      const askOther = await askServer();
      const clients = clientsOf(pool, { timeoutMs: 5000, after: systemRuntime().after });
      // An error must not cause a pause: the next task must be tried at once.
      const runtime = { ...systemRuntime(), elapsedMs: () => Date.now() * 10_000 };
      const users = [1, 2, 3, 4].map(() => connection(sourceOf(clients), runtime));
      const over = new AbortController();
      let done = 0;
      const traffic = users.map(async user => {
        while (!over.signal.aborted) {
          await user
            .run(async ask => transaction(ask, '', async () => ask('SELECT 1')))
            .then(
              () => done++,
              () => {},
            );
        }
      });
      for (let round = 0; round < 100; round++) {
        const before = done;
        await askOther('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);
        await expect.poll(() => done, { interval: 1 }).toBeGreaterThan(before);
      }
      over.abort();
      await Promise.all(traffic);
      expect(await Promise.all(users.map(async user => user.run(async ask => ask('SELECT 3'))))).toHaveLength(4);
      expect(pool.waitingCount).toBe(0);
      expect(pool.totalCount).toBe(pool.idleCount);
      await Promise.all(users.map(async user => user.close()));
      await pool.end();
    },
  );
});

describeOnPostgres('a pool of one connection', () => {
  it('a pool of one connection serves everything: a month that is missing is made, and two processes may share the database', async () => {
    const connectionString = await postgresUrl();
    const schema = newSchema();
    const pools = [1, 2].map(() => new Pool({ connectionString, max: 1 }));
    const stores = pools.map(pool => postgres(pool, { schema, ...PATIENT }));
    const decades = [2012, 2013].map(year => Date.UTC(year, 3, 1));
    const results = await Promise.all(
      stores.map(async (store, index) =>
        Promise.all(
          decades.map(async atMs => store.commitAll(changesOf(anIntent(`${index} ${atMs}`, 'support', atMs)))),
        ),
      ),
    );
    expect(results.flat(2)).toEqual(Array.from({ length: 12 }, () => ({ kind: 'committed' })));
    for (const store of stores) {
      await Promise.all([store.features(), store.maintain(), store.correctCells('support', [], { id: 'none' })]);
      expect(await store.consistently(async view => (await Array.fromAsync(view.scan())).length)).toBe(12);
      await store.close();
    }
    await Promise.all(pools.map(async pool => pool.end()));
  });
});
