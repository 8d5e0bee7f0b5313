import { expect, it } from 'vitest';
import { makeMonth, openSchema } from '../../../src/stores/postgres/opening.ts';
import { TABLES } from '../../../src/stores/postgres/schema.ts';
import { askServer, describeOnPostgres, newSchema, withTables } from '../../support/postgres.ts';

describeOnPostgres('opening a schema', () => {
  it('processes that open an empty database at once make one schema', async () => {
    const name = newSchema();
    const asks = await Promise.all(Array.from({ length: 6 }, async () => askServer()));
    const opened = await Promise.all(asks.map(async ask => openSchema(ask, name)));
    expect(new Set(opened.map(({ ledger }) => ledger)).size).toBe(1);
  });

  it('a schema without tables is left as it is for who wants an existing ledger', async () => {
    const name = newSchema();
    const ask = await askServer();
    await expect(openSchema(ask, name, { creates: false })).rejects.toThrow(`no ledger in the schema ${name}`);
    expect(await ask('SELECT to_regnamespace($1)', [name])).toEqual([[null]]);
    await openSchema(ask, name);
    expect(await openSchema(ask, name, { creates: false })).toMatchObject({ isAhead: false });
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
  ])('%s is left as it is, and the error names it', async (_, make) => {
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

  it('tables of others in the schema do not matter where their names are not ours', async () => {
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
    await ask(`UPDATE ${s}.meta SET value = '7' WHERE key = 'schema'`);
    await openSchema(ask, name);
    await ask(`UPDATE ${s}.meta SET value = '7' WHERE key = 'writes_from'`);
    await expect(openSchema(ask, name)).rejects.toThrow('a newer outcome-router (schema 7)');
  });

  it('a month is made once, also by several at once', async () => {
    const { name, s, ask } = await withTables();
    const asks = await Promise.all([askServer(), askServer(), askServer()]);
    await Promise.all(asks.map(async each => makeMonth(each, name, 201_903)));
    await makeMonth(ask, name, 201_903);
    expect(await ask(`SELECT count(*) FROM ${s}.ledger_201903`)).toEqual([['0']]);
  });
});
