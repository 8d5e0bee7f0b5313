/** The store behind a pooler that gives each transaction another connection of the server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import { askServer, describeOnOwnPostgres, newSchema, PATIENT } from '../../support/postgres.ts';
import type { PostgresServer } from '../../support/postgres-server.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import type { TransactionPooler } from '../../support/transaction-pooler.ts';
import { transactionPooler } from '../../support/transaction-pooler.ts';
import { anIntent, changesOf, independentSum, must, sorted } from '../histories.ts';

/** Connections to the server, fewer than the clients have. */
const SIZE = 3;

describeOnOwnPostgres('PostgreSQL behind a pooler in transaction mode', () => {
  let server: PostgresServer;
  let pooler: TransactionPooler;
  const opened: Store[] = [];
  const open = (schema: string, parameters: Readonly<Record<string, string>>): Store => {
    const url = new URL(server.url);
    url.port = `${pooler.port}`;
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const store = postgres(url.href, { schema, ...PATIENT });
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    server = await startPostgres();
    pooler = await transactionPooler(Number(new URL(server.url).port), SIZE);
  });
  afterAll(async () => {
    for (const store of opened) await store.close(100);
    await pooler.close();
    await server.remove();
  });

  it('several processes commit, read, switch, maintain and prune, and leave nothing on the connections', async () => {
    const schema = newSchema();
    const stores = [0, 1, 2].map(() => open(schema, { prepare: 'false' }));
    const [one, other] = [must(stores[0]), must(stores[1])];
    const list = Array.from({ length: 30 }, (_, i) => anIntent(`intent-${i}`));
    const answers = await Promise.all(list.map(async (each, i) => must(stores[i % 3]).commitAll(changesOf(each))));
    expect(new Set(answers.flat().map(({ kind }) => kind))).toEqual(new Set(['committed']));
    const control = { kind: 'disabled', subject: 'mini', isSet: true, atMs: 1, revision: 1 } as const;
    expect(await one.setControl?.(control)).toBe(true);
    expect(await other.controls?.()).toMatchObject([{ subject: 'mini', isSet: true }]);
    while ((await one.maintain()).more);
    expect(sorted(await other.cells('support'))).toEqual(sorted(independentSum(list, 'support')));
    expect(await other.consistently(async view => view.load('intent-7'))).toEqual(must(list[7]).records);
    expect(await one.prune(Infinity)).toMatchObject({ intents: 30 });
    const ask = await askServer(server.url);
    const [[pooled] = []] = await ask(
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'outcome-router' AND pid <> pg_backend_pid()",
    );
    expect(Number(pooled)).toBe(SIZE);
    expect(await ask('SELECT * FROM pg_locks WHERE locktype = $1', ['advisory'])).toEqual([]);
  });

  it('prepared statements are an error that says what to do, and is the same for each statement', async () => {
    const store = open(newSchema(), {});
    const errors = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const result = await store.commitAll(changesOf(anIntent(`intent-${i}`))).catch((error: unknown) => error);
      if (result instanceof Error) errors.add(result.message);
    }
    expect(
      [...errors].filter(text => !/: prepared statement (?:does not|already) exist.*`prepare: false`/.test(text)),
    ).toEqual([]);
    expect(errors.size).toBeGreaterThan(0);
  });
});
