import { describe, expect, it, vi } from 'vitest';
import { Client, Pool } from 'pg';
import { postgres } from '../../src/stores/postgres.ts';
import {
  askServer,
  describeOnPostgres,
  newSchema,
  openPostgres,
  PATIENT,
  postgresLog,
  postgresUrl,
} from '../support/postgres.ts';
import { refusal } from '../support/refusal.ts';
import { conformance } from './conformance.ts';
import { anIntent, changesOf } from './histories.ts';
import { sharedConformance } from './shared-conformance.ts';

type Loose = (...given: unknown[]) => unknown;

const URL_OF_NOWHERE = 'postgres://ann:hunter2@127.0.0.1:1/router';

describeOnPostgres('on a server', () => {
  conformance('postgres', openPostgres, { propertyRuns: 3 });

  sharedConformance('postgres', async () => {
    const [url, schema] = [await postgresUrl(), newSchema()];
    const pass = async (ms: number): Promise<void> => {
      const ask = await askServer();
      await ask(`UPDATE "${schema}".heads SET claimed_until_ms = claimed_until_ms - ${ms}`);
    };
    return { open: async () => openPostgres(schema), address: { kind: 'postgres', url, schema }, pass };
  });

  it('no statement of any store has deadlocked with another', async () => {
    const ask = await askServer();
    const [[deadlocks] = []] = await ask('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()');
    expect(deadlocks, await postgresLog()).toBe('0');
  });

  it('a pool of the application is used and left open', async () => {
    // One connection only: no method may keep it to itself.
    const pool = new Pool({ connectionString: await postgresUrl(), max: 1 });
    const schema = newSchema();
    const [store, other] = [
      postgres(pool, { schema, ...PATIENT }),
      postgres(pool, { schema: newSchema(), prepare: false, ...PATIENT }),
    ];
    for (const each of [store, other]) {
      const one = anIntent('a');
      const [answers, records] = await Promise.all([each.commitAll(changesOf(one)), each.load('unknown')]);
      expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'committed', 'committed']);
      expect(records).toEqual([]);
      expect(await each.consistently(async view => view.load('a'))).toEqual(one.records);
      expect(await each.prune(Infinity)).toEqual({ intents: 1, records: 3 });
      await each.close();
    }
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it.each([true, false])('statements are prepared on the server unless that is switched off: %j', async prepare => {
    const pool = new Pool({ connectionString: await postgresUrl(), max: 1 });
    const store = postgres(pool, { schema: newSchema(), prepare, ...PATIENT });
    await store.commitAll(changesOf(anIntent('a')));
    await store.cells('support');
    const { rowCount } = await pool.query('SELECT name FROM pg_prepared_statements');
    expect(Number(rowCount) > 0).toBe(prepare);
    await store.close();
    await pool.end();
  });

  it('statements are not prepared where the URL says so, as a command needs it behind a pooler', async () => {
    const [url, sent] = [new URL(await postgresUrl()), vi.spyOn(Client.prototype, 'query')];
    url.searchParams.set('prepare', 'false');
    const store = postgres(url.href, { schema: newSchema(), ...PATIENT });
    await store.commitAll(changesOf(anIntent('a')));
    await store.close();
    expect(sent.mock.calls.length).toBeGreaterThan(3);
    expect(sent.mock.calls.filter(([statement]: readonly unknown[]) => 'name' in (statement as object))).toEqual([]);
    sent.mockRestore();
  });

  it('a store that may not create its tables says that they are missing, and creates none', async () => {
    const [url, schema] = [await postgresUrl(), newSchema()];
    for (let time = 0; time < 2; time++) {
      const store = postgres(url, { schema, create: false });
      await expect(store.commitAll(changesOf(anIntent('a')))).rejects.toThrow(`no ledger in the schema ${schema}`);
      await store.close();
    }
  });

  it('the tables are in the schema that the URL names, as for a command', async () => {
    const [url, schema] = [new URL(await postgresUrl()), newSchema()];
    const named = postgres(url.href, { schema, ...PATIENT });
    await named.commitAll(changesOf(anIntent('a')));
    url.searchParams.set('schema', schema);
    const store = postgres(url.href);
    expect(await Array.fromAsync(store.scan())).toEqual(await Array.fromAsync(named.scan()));
    expect(await store.load('a')).not.toEqual([]);
    for (const each of [named, store]) await each.close();
  });
});

describe('the call', () => {
  it.each<[string, readonly unknown[], string]>([
    ['no URL', [], 'postgres.connection'],
    ['a file name', ['router.db'], 'postgres.connection'],
    ['a URL of another database', ['mysql://ann:hunter2@host/db'], 'postgres.connection'],
    ['a malformed URL', ['postgres://ann:hunter2#x@host:port/db'], 'postgres.connection'],
    ['a schema that would need quotes', [URL_OF_NOWHERE, { schema: 'My Schema' }], 'postgres.schema'],
    ['a schema that ends a statement', [URL_OF_NOWHERE, { schema: 'x";drop' }], 'postgres.schema'],
    ['a schema in the URL that would need quotes', [`${URL_OF_NOWHERE}?schema=My%20Schema`], 'postgres.schema'],
    ['two schemas', [`${URL_OF_NOWHERE}?schema=mine`, { schema: 'yours' }], 'postgres.schema'],
    ['a misspelt option', [URL_OF_NOWHERE, { shema: 'x' }], 'postgres.shema'],
    ['a time of 0', [URL_OF_NOWHERE, { timeoutMs: 0 }], 'postgres.timeoutMs'],
    ['a time as text', [URL_OF_NOWHERE, { timeoutMs: '5' }], 'postgres.timeoutMs'],
    ['a text for a flag', [URL_OF_NOWHERE, { prepare: 'no' }], 'postgres.prepare'],
    ['another word in the URL', [`${URL_OF_NOWHERE}?prepare=no`], 'postgres.prepare'],
    ['a number for a flag', [URL_OF_NOWHERE, { create: 0 }], 'postgres.create'],
  ])('the store refuses %s, says where the mistake is, and repeats no password', (_, given, path) => {
    const error = refusal(() => (postgres as Loose)(...given));
    expect([error.code, error.path]).toEqual(['invalid-value', path]);
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('hunter2');
  });

  it('the spool’s file is named after the database, and not after the user or the password', () => {
    const pathOf = (url: string, schema?: string) => postgres(url, schema === undefined ? {} : { schema }).spoolPath;
    const path = pathOf(URL_OF_NOWHERE);
    expect(path).toMatch(/^outcome-router-[0-9a-f]{12}\.spool\.jsonl$/);
    expect(pathOf('postgresql://bob@127.0.0.1:1/router?sslmode=require')).toBe(path);
    expect(pathOf(URL_OF_NOWHERE.replace('router', 'other'))).not.toBe(path);
    expect(pathOf(URL_OF_NOWHERE, 'other')).not.toBe(path);
    expect(pathOf(`${URL_OF_NOWHERE}?schema=other`)).toBe(pathOf(URL_OF_NOWHERE, 'other'));
  });

  it('a store that is never used connects to nothing, and its methods reject without a part of the URL', async () => {
    const store = postgres(URL_OF_NOWHERE);
    const error: unknown = await store.features().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'store-unusable',
      message: expect.stringContaining('ECONNREFUSED') as unknown,
    });
    expect(`${String(error)} ${(error as Error).stack} ${String((error as Error).cause)}`).not.toMatch(
      /hunter2|127\.0\.0\.1/,
    );
    await store.close();
  });
});
