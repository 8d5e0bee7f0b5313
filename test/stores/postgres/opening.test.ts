import { expect, it } from 'vitest';
import { makeMonth, openSchema } from '../../../src/stores/postgres/opening.ts';
import { APP_GRANTS, grants, upgradeSql } from '../../../src/stores/postgres/administration.ts';
import type { AskServer, SqlStatement } from '../../../src/stores/postgres/connection.ts';
import { SCHEMA_VERSION, TABLES } from '../../../src/stores/postgres/schema.ts';
import { askServer, describeOnPostgres, newSchema, withTables } from '../../support/postgres.ts';

async function dropSums(ask: AskServer, s: string, names: readonly string[]): Promise<void> {
  const drop = names.map(name => `DROP COLUMN ${name}`).join(', ');
  await ask(`ALTER TABLE ${s}.cells ${drop}; ALTER TABLE ${s}.pruned_cells ${drop}`);
}

/** Removes what version 7 added. */
async function asVersion6(ask: AskServer, s: string): Promise<void> {
  await ask(
    `DROP INDEX ${s}.ledger_with_failure, ${s}.ledger_with_neither; UPDATE ${s}.meta SET value = '6' WHERE key = 'schema'`,
  );
}

/** And what version 6 has added. */
async function asVersion5(ask: AskServer, s: string): Promise<void> {
  await asVersion6(ask, s);
  await ask(`DROP INDEX ${s}.ledger_by_session; UPDATE ${s}.meta SET value = '5' WHERE key = 'schema'`);
}

/** And what version 4 has added. */
async function asVersion3(ask: AskServer, s: string): Promise<void> {
  await asVersion5(ask, s);
  await dropSums(ask, s, ['net_cost', 'net_cost2']);
  await ask(`UPDATE ${s}.meta SET value = '3' WHERE key = 'schema'`);
}

/** And what version 3 has added. */
async function asVersion2(ask: AskServer, s: string): Promise<void> {
  await asVersion3(ask, s);
  await dropSums(ask, s, ['with_prefix', 'prefix_cost', 'later_requests']);
  await dropSums(ask, s, ['prefix_tokens', 'prefix_tokens_after5m', 'prefix_tokens_after1h']);
  await ask(`DROP TABLE ${s}.sessions; UPDATE ${s}.meta SET value = '2' WHERE key = 'schema'`);
}

/** And what version 2 has added. */
async function asVersion1(ask: AskServer, s: string): Promise<void> {
  await asVersion2(ask, s);
  await ask(`DROP TABLE ${s}.packed_cells, ${s}.archive_runs; UPDATE ${s}.meta SET value = '1' WHERE key = 'schema'`);
}

/** The tables as a dump would have them: columns of the same names and types, and indexes, in any order. */
async function tablesOf(ask: AskServer, name: string): Promise<readonly unknown[]> {
  const columns = await ask(
    `SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns
     WHERE table_schema = $1 ORDER BY table_name, column_name`,
    [name],
  );
  return [
    ...columns,
    ...(await ask('SELECT indexdef FROM pg_indexes WHERE schemaname = $1 ORDER BY indexdef', [name])),
  ];
}

describeOnPostgres('opening a schema', () => {
  it('processes that open an empty database at once make one schema', async () => {
    const name = newSchema();
    const asks = await Promise.all(Array.from({ length: 6 }, async () => askServer()));
    const opened = await Promise.all(asks.map(async ask => openSchema(ask, name)));
    expect(new Set(opened.map(({ ledger }) => ledger)).size).toBe(1);
  });

  it('a schema without tables is left unchanged if an existing ledger is required', async () => {
    const name = newSchema();
    const ask = await askServer();
    await expect(openSchema(ask, name, { creates: false })).rejects.toThrow(`no ledger in the schema ${name}`);
    expect(await ask('SELECT to_regnamespace($1)', [name])).toEqual([[null]]);
    await openSchema(ask, name);
    expect(await openSchema(ask, name, { creates: false })).toMatchObject({ isAhead: false });
  });

  it('where this user may not read the identity of the server, the ledger is the same, but the server has no name', async () => {
    const { name, ask } = await withTables();
    const { ledger } = await openSchema(ask, name);
    const asUser: AskServer = async (statement, values) => {
      const text = typeof statement === 'string' ? statement : statement.text;
      return ask(text.includes('pg_control_system') ? 'SELECT no_such_column' : statement, values);
    };
    const [id, server] = ledger.split('.');
    expect(server).toMatch(/^\d+$/);
    expect((await openSchema(asUser, name)).ledger).toBe(`${id}.`);
  });

  it('every ledger has a name of its own', async () => {
    const [one, other] = [await withTables(), await withTables()];
    const { ledger } = await openSchema(one.ask, one.name);
    expect(ledger).not.toBe((await openSchema(other.ask, other.name)).ledger);
  });

  it.each([
    ['a table of another program', (s: string) => `CREATE TABLE ${s}.cells (mine int)`],
    ['a view of another program', (s: string) => `CREATE VIEW ${s}.heads AS SELECT 1 AS mine`],
    ['settings of another program', (s: string) => `CREATE TABLE ${s}.meta (key text, value text)`],
    ['a table that only has the name of ours', (s: string) => `CREATE TABLE ${s}.meta (id int, note text)`],
  ])('%s is left unchanged, and the error names it', async (_, make) => {
    const name = newSchema();
    const ask = await askServer();
    await ask(`CREATE SCHEMA "${name}"`);
    await ask(make(`"${name}"`));
    await expect(openSchema(ask, name)).rejects.toThrow(new RegExp(`another program have our names: ${name}\\.`));
    expect(
      await ask('SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1', [
        name,
      ]),
    ).toEqual([['1']]);
  });

  it('other programs’ tables in the schema do not matter unless they have the name of one of ours', async () => {
    const name = newSchema();
    const ask = await askServer();
    await ask(`CREATE SCHEMA "${name}"; CREATE TABLE "${name}".theirs (mine int)`);
    await openSchema(ask, name);
    const tables = await ask(
      "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1 AND relkind IN ('r', 'p')",
      [name],
    );
    expect(tables.map(([table]) => table)).toEqual(expect.arrayContaining(['theirs', ...TABLES]));
  });

  it('tables of a newer version are refused once that version says that older ones may not write', async () => {
    const { name, s, ask } = await withTables();
    const newer = SCHEMA_VERSION + 1;
    await ask(`UPDATE ${s}.meta SET value = '${newer}' WHERE key = 'schema'`);
    await openSchema(ask, name);
    await ask(`UPDATE ${s}.meta SET value = '${newer}' WHERE key = 'writes_from'`);
    await expect(openSchema(ask, name)).rejects.toThrow(`a newer outcome-router (schema ${newer})`);
  });

  it.each([
    ['1', asVersion1],
    ['2', asVersion2],
    ['3', asVersion3],
    ['5', asVersion5],
    ['6', asVersion6],
  ])('tables of version %s are brought up to date once, also by several processes at once', async (_, asVersion) => {
    const { name, s, ask } = await withTables();
    const expected = await tablesOf(ask, name);
    await asVersion(ask, s);
    const asks = await Promise.all([askServer(), askServer(), askServer()]);
    await Promise.all(asks.map(async each => openSchema(each, name)));
    expect(await ask(`SELECT value FROM ${s}.meta WHERE key IN ('schema', 'writes_from') ORDER BY key`)).toEqual([
      [String(SCHEMA_VERSION)],
      ['1'],
    ]);
    expect(await tablesOf(ask, name)).toEqual(expected);
  });

  it('an update of the tables beside a commit causes no deadlock: both lock the ledger before the cells', async () => {
    const { name, s, ask } = await withTables();
    await asVersion5(ask, s);
    const [commit, upgrading] = await Promise.all([askServer(), askServer()]);
    await commit(`BEGIN; LOCK ${s}.ledger IN ROW EXCLUSIVE MODE`);
    const waiting = `SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT granted AND relname = 'ledger'
      AND relnamespace = '${s}'::regnamespace`;
    const committed = async (): Promise<void> => {
      await expect.poll(async () => ask(waiting)).toEqual([['1']]);
      await commit(`LOCK ${s}.cells IN ROW EXCLUSIVE MODE; COMMIT`);
    };
    await Promise.all([openSchema(upgrading, name), committed()]);
    expect(await ask(`SELECT value FROM ${s}.meta WHERE key = 'schema'`)).toEqual([[String(SCHEMA_VERSION)]]);
  });

  it('bringing tables up to date may take longer than a store waits for other answers', async () => {
    const { name, s, ask } = await withTables();
    await asVersion5(ask, s);
    const upgrades: unknown[] = [];
    await openSchema(async (given, values) => {
      const { text, timeoutMs }: SqlStatement = typeof given === 'string' ? { text: given } : given;
      if (text.includes('CREATE INDEX')) upgrades.push(timeoutMs);
      return ask(given, values);
    }, name);
    expect(upgrades).toEqual([10 * 60_000]);
    expect(await ask(`SELECT value FROM ${s}.meta WHERE key = 'schema'`)).toEqual([[String(SCHEMA_VERSION)]]);
  });

  it('tables of an earlier version are left unchanged for a process that only reads, or may not change them', async () => {
    const { name, s, ask } = await withTables();
    await ask(`CREATE ROLE ${name}_app LOGIN; ${grants(s, `${name}_app`, APP_GRANTS)}`);
    await asVersion1(ask, s);
    const told = /earlier version.*their owner.*schema --postgres --upgrade/;
    await expect(openSchema(ask, name, { creates: false })).rejects.toThrow(told);
    const app = await askServer();
    await app(`SET ROLE ${name}_app`);
    await expect(openSchema(app, name)).rejects.toThrow(told);
    expect(await ask(`SELECT to_regclass('${s}.packed_cells')`)).toEqual([[null]]);
    await ask(upgradeSql(name));
    await openSchema(app, name);
    // The rights on the new tables are those on the earlier ones.
    const rights = async (table: string) =>
      ask(`SELECT privilege_type FROM aclexplode((SELECT relacl FROM pg_class WHERE oid = '${s}.${table}'::regclass)) a
        WHERE grantee = '${name}_app'::regrole ORDER BY 1`);
    expect(await rights('packed_cells')).toEqual(APP_GRANTS['packed_cells']?.toSorted().map(right => [right]));
  });

  it('the part for a month is created once, also if several processes create it at once', async () => {
    const { name, s, ask } = await withTables();
    const asks = await Promise.all([askServer(), askServer(), askServer()]);
    await Promise.all(asks.map(async each => makeMonth(each, name, 201_903)));
    await makeMonth(ask, name, 201_903);
    expect(await ask(`SELECT count(*) FROM ${s}.ledger_201903`)).toEqual([['0']]);
  });
});
