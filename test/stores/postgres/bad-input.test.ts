/** What can be wrong about a server: each is one clear error, calls go on, and nothing is lost or counted twice. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import type { CuttingProxy } from '../../support/cutting-proxy.ts';
import { cuttingProxy } from '../../support/cutting-proxy.ts';
import { askServer, describeOnOwnPostgres, newSchema, PATIENT } from '../../support/postgres.ts';
import type { PostgresServer } from '../../support/postgres-server.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { anIntent, changesOf, independentSum, sorted } from '../histories.ts';

async function errorOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'store-unusable', path: 'postgres' });
  return `${(error as Error).message}\n${(error as Error).stack}\n${String((error as Error).cause)}`;
}

/** Asks again until the store answers, as a router's spool does. */
async function untilAnswered<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await question();
    } catch (error) {
      expect(error).toMatchObject({ code: 'store-unusable' });
      await yieldToEventLoop();
    }
  }
}

async function untilTaken(store: Store, id: string): Promise<readonly string[]> {
  return (await untilAnswered(async () => store.commitAll(changesOf(anIntent(id))))).map(({ kind }) => kind);
}

describeOnOwnPostgres('PostgreSQL with something wrong about it', () => {
  let server: PostgresServer;
  let proxy: CuttingProxy;
  const opened: Store[] = [];
  const open = (change: (url: URL) => void = () => {}, schema = newSchema()): Store => {
    const url = new URL(server.url);
    change(url);
    const store = postgres(url.href, { schema, ...PATIENT });
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    server = await startPostgres({ access: ['host all careful 127.0.0.1/32 scram-sha-256'] });
    proxy = await cuttingProxy(Number(new URL(server.url).port));
    const ask = await askServer(server.url);
    await ask("CREATE ROLE careful LOGIN PASSWORD 'right' SUPERUSER");
  });
  afterAll(async () => {
    for (const store of opened) await store.close(100);
    await proxy.close();
    await server.remove();
  });

  it('a wrong password and a wrong database are reported, without the password', async () => {
    const wrong = open(url => Object.assign(url, { username: 'careful', password: 'hunter2' }));
    expect(await errorOf(wrong.features())).toMatch(/password authentication failed.*check the user and the password/);
    const none = open(url => Object.assign(url, { username: 'careful', password: '' }));
    expect(await errorOf(none.features())).toMatch(/password/);
    const right = open(url => Object.assign(url, { username: 'careful', password: 'right' }));
    expect(await right.features()).toEqual([]);
    const missing = open(url => Object.assign(url, { username: 'careful', password: 'right', pathname: '/nowhere' }));
    const error = await errorOf(missing.commitAll(changesOf(anIntent('a'))));
    expect(error).toMatch(/database "nowhere" does not exist; create the database/);
    expect(error).not.toMatch(/:right|127\.0\.0\.1/);
  });

  it('a user that may not create the tables gets an error that says so, and an existing schema needs no such right', async () => {
    const ask = await askServer(server.url);
    const schema = newSchema();
    await ask('CREATE ROLE weak LOGIN');
    const weak = (name: string): Store => open(url => Object.assign(url, { username: 'weak' }), name);
    expect(await errorOf(weak(schema).features())).toMatch(/permission denied for database postgres; grant/);
    await ask(`CREATE SCHEMA "${schema}" AUTHORIZATION weak`);
    expect(await weak(schema).features()).toEqual([]);
  });

  it('a read replica can be read, and writing to it is one clear error', async () => {
    const schema = newSchema();
    const primary = open(undefined, schema);
    await primary.commitAll(changesOf(anIntent('a')));
    const ask = await askServer(server.url);
    await ask('CREATE ROLE replica LOGIN SUPERUSER');
    await ask('ALTER ROLE replica SET default_transaction_read_only = on');
    const replica = open(url => Object.assign(url, { username: 'replica' }), schema);
    expect(await replica.features()).toEqual(['support']);
    expect(await replica.load('a')).toHaveLength(3);
    expect(await errorOf(replica.commitAll(changesOf(anIntent('b'))))).toMatch(
      /read-only transaction; this is a read replica/,
    );
    expect(await errorOf(open(url => Object.assign(url, { username: 'replica' })).features())).toMatch(/read replica/);
  });

  it('a statement that was prepared on another connection behind a pooler is one clear error', async () => {
    const pool = new Pool({ connectionString: server.url, max: 1 });
    const store = postgres(pool, { schema: newSchema(), ...PATIENT });
    await store.features();
    // Simulates a pooler that gives the next transaction a connection without the prepared statements.
    await pool.query('DEALLOCATE ALL');
    expect(await errorOf(store.features())).toMatch(/a pooler .* give the store `prepare: false`/);
    await store.close();
    await pool.end();
  });

  it('a limit of connections is one clear error, and the store works once there is room', async () => {
    const ask = await askServer(server.url);
    await ask('CREATE ROLE few LOGIN CONNECTION LIMIT 1');
    const schema = newSchema();
    await ask(`CREATE SCHEMA "${schema}" AUTHORIZATION few`);
    const [one, other] = [0, 1].map(() => open(url => Object.assign(url, { username: 'few' }), schema)) as [
      Store,
      Store,
    ];
    await one.features();
    expect(await errorOf(other.features())).toMatch(
      /too many connections for role "few"; the server has no connection left/,
    );
    await one.close();
    expect(await untilTaken(other, 'a')).toEqual(['committed', 'committed', 'committed']);
  });

  it('a time limit of the server rejects the commit, which can be sent again', async () => {
    const ask = await askServer(server.url);
    await ask("CREATE ROLE hasty LOGIN SUPERUSER; ALTER ROLE hasty SET statement_timeout = '200ms'");
    const schema = newSchema();
    // As another database user: on a busy machine, making the tables may take longer than this time limit.
    await open(() => {}, schema).commitAll(changesOf(anIntent('a')));
    const store = open(url => Object.assign(url, { username: 'hasty' }), schema);
    await ask('BEGIN');
    await ask(`LOCK TABLE "${schema}".ledger`);
    expect(await errorOf(store.commitAll(changesOf(anIntent('b'))))).toMatch(
      /statement timeout; a time limit of the server passed/,
    );
    await ask('ROLLBACK');
    expect(await untilTaken(store, 'b')).toEqual(['committed', 'committed', 'committed']);
  });

  it('a commit whose answer was lost is recognized and counted once', async () => {
    const schema = newSchema();
    const store = open(url => Object.assign(url, { port: proxy.port }), schema);
    await store.commitAll(changesOf(anIntent('before')));
    proxy.swallowNextAnswer();
    expect(await untilTaken(store, 'a')).toEqual(['known', 'known', 'known']);
    const both = [anIntent('before'), anIntent('a')];
    expect(sorted(await store.cells('support'))).toEqual(sorted(independentSum(both, 'support')));
  });

  it('a commit that was broken off at any byte is stored completely or not at all, and once after it was sent again', async () => {
    const schema = newSchema();
    const store = open(url => Object.assign(url, { port: proxy.port }), schema);
    await store.commitAll(changesOf(anIntent('before')));
    const list = [anIntent('before')];
    for (let bytes = 1; bytes < 3000; bytes += 211) {
      proxy.cutAfter(bytes);
      const one = anIntent(`cut after ${bytes}`);
      list.push(one);
      const kinds = await untilTaken(store, one.intentId);
      expect(['committed,committed,committed', 'known,known,known']).toContain(kinds.join());
    }
    proxy.cutAfter(Number.POSITIVE_INFINITY);
    expect(sorted(await store.cells('support'))).toEqual(sorted(independentSum(list, 'support')));
  });

  it('a server that was stopped and started again is used again, with everything that it had acknowledged', async () => {
    const store = open();
    await store.commitAll(changesOf(anIntent('before')));
    await server.stop();
    expect(await errorOf(store.commitAll(changesOf(anIntent('a'))))).toMatch(
      /cannot connect to the server \(ECONNREFUSED\)/,
    );
    expect(await errorOf(store.load('before'))).toMatch(/ECONNREFUSED/);
    await server.start();
    expect(await untilTaken(store, 'a')).toEqual(['committed', 'committed', 'committed']);
    expect(await untilAnswered(async () => store.load('before'))).toHaveLength(3);
    const both = [anIntent('before'), anIntent('a')];
    expect(sorted(await store.cells('support'))).toEqual(sorted(independentSum(both, 'support')));
  });
});
