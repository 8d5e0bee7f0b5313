import { expect, it } from 'vitest';
import * as maintaining from '../../../src/cli/commands/maintain.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import {
  administratorSql,
  APP_GRANTS,
  grants,
  MAINTAINER_GRANTS,
  READER_GRANTS,
  restampSql,
} from '../../../src/stores/postgres/administration.ts';
import { monthOf, monthsFrom, TABLES } from '../../../src/stores/postgres/schema.ts';
import { askServer, describeOnPostgres, newSchema, PATIENT, postgresUrl } from '../../support/postgres.ts';
import { runCommand } from '../../cli/commands/run-command.ts';
import { anIntent, changesOf } from '../histories.ts';

/** A schema that an administrator made, and stores of its roles. */
async function administered() {
  const name = newSchema();
  const owner = await askServer();
  await owner(administratorSql(name, Date.now()));
  const url = new URL(await postgresUrl());
  const open = (role: string): Store => {
    const own = new URL(url);
    own.username = `${name}_${role}`;
    return postgres(own.href, { schema: name, ...PATIENT });
  };
  return { name, owner, open };
}

/** The operations that a router uses on its store, each with its own intent. */
async function use(store: Store, id: string): Promise<void> {
  const one = anIntent(id, 'support', Date.now());
  for (const result of await store.commitAll(changesOf(one))) expect(result).toEqual({ kind: 'committed' });
  expect(await store.load(id)).toEqual(one.records);
  await store.cellsSince('support');
  await store.generations(['support']);
  await store.claimDue(Date.now(), 10, 1000);
  await store.setControl?.({ kind: 'disabled', subject: id, isSet: true, revision: 1, atMs: 1 });
  await store.intentOfReply?.('x');
  await store.prunedCells();
  await store.maintain();
}

/** What it does on a connection of its own. */
async function useAside(store: Store, id: string): Promise<void> {
  await store.correctCells('support', [], { id });
  await store.consistently(async view => Array.fromAsync(view.scan()));
}

describeOnPostgres('what an administrator runs', () => {
  it('the user of the routers can do all that a router does, and can neither change nor remove a record', async () => {
    const { name, owner, open } = await administered();
    const store = open('app');
    await use(store, 'a');
    await useAside(store, 'a');
    await expect(store.prune(Infinity)).rejects.toThrow(/permission denied.*`outcome-router prune` as the owner/);
    await use(store, 'b');
    await owner(`SET ROLE ${name}_app`);
    for (const forbidden of ["UPDATE ? SET json = ''", 'DELETE FROM ?', 'TRUNCATE ?'])
      await expect(owner(forbidden.replace('?', `"${name}".ledger`))).rejects.toMatchObject({ code: '42501' });
    await owner('RESET ROLE');
    await owner(grants(`"${name}"`, `${name}_app`, MAINTAINER_GRANTS));
    expect(await store.prune(Infinity)).toEqual({ intents: 2, records: 6 });
    while ((await store.maintain()).more);
    await store.close();
  });

  it('the user for readers can read reports, and cannot write', async () => {
    const { open } = await administered();
    const [app, reader] = [open('app'), open('reader')];
    await use(app, 'a');
    expect(await reader.features()).toEqual(['support']);
    expect(await reader.consistently(async view => Array.fromAsync(view.scan()))).toHaveLength(3);
    await expect(reader.commitAll(changesOf(anIntent('b')))).rejects.toThrow('permission denied');
    await Promise.all([app.close(), reader.close()]);
  });

  it('the command fails for users without the right to maintain, and says who has it; the background work continues', async () => {
    const { name, owner, open } = await administered();
    const app = open('app');
    await use(app, 'a');
    const url = new URL(await postgresUrl());
    url.searchParams.set('schema', name);
    const run = async (role: string) => {
      url.username = role;
      return runCommand(maintaining, ['maintain', url.href]);
    };
    for (const role of ['app', 'reader'])
      expect(await run(`${name}_${role}`)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/permission denied.*run `outcome-router maintain` as the owner/) as unknown,
      });
    // May maintain, but makes no months.
    await owner(grants(`"${name}"`, `${name}_app`, MAINTAINER_GRANTS));
    expect((await run(`${name}_app`)).code).toBe(0);
    await owner(`DROP TABLE "${name}".ledger_${monthsFrom(Date.now(), 2)[1]}`);
    expect(await run(`${name}_app`)).toMatchObject({ code: 1, stdout: '' });
    expect((await run('postgres')).code).toBe(0);
    await app.close();
  });

  it('each right that is withdrawn causes one clear error, and the store works again once the right is given back', async () => {
    const { name, owner, open } = await administered();
    const store = open('app');
    await use(store, 'first');
    for (const [table, rights] of Object.entries(APP_GRANTS))
      for (const right of rights) {
        await owner(`REVOKE ${right} ON "${name}".${table} FROM ${name}_app`);
        const both = async (id: string): Promise<void> => {
          await use(store, id);
          if (table === 'corrections') await useAside(store, id);
        };
        const error: unknown = await both(`${table} ${right}`).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined)
          expect(error).toMatchObject({
            code: 'store-unusable',
            message: expect.stringMatching(/permission denied.*grant this user/) as unknown,
          });
        // These tables are read when a connection is opened, or by a maintainer.
        else
          expect([
            'meta',
            'grains',
            'pruned_cells',
            'controls',
            'corrections',
            'replies',
            'packed_cells',
            'archive_runs',
            'sessions',
          ]).toContain(table);
        await owner(`GRANT ${right} ON "${name}".${table} TO ${name}_app`);
        if (error !== undefined) await both(`${table} ${right} again`);
      }
    await store.close();
  });

  it('if a month that maintenance makes has no part of the ledger and the user may not make it, the error names the month and what makes it', async () => {
    const { name, open, owner } = await administered();
    const store = open('app');
    const now = new Date();
    const inMonths = (months: number): number => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months);
    await owner(`DROP TABLE "${name}".ledger_${monthOf(inMonths(11))}`);
    await expect(store.commitAll(changesOf(anIntent('a', 'support', inMonths(11))))).rejects.toThrow(
      /no part for the month.*run `outcome-router maintain` as the owner/,
    );
    await use(store, 'b');
    await store.close();
  });

  it('an intent of a month that no maintenance makes is stored with the nearest month, and keeps no other intent waiting', async () => {
    const { name, open, owner } = await administered();
    const store = open('app');
    const months = monthsFrom(Date.now(), 24);
    const past = anIntent('past', 'support', Date.UTC(2019, 1, 1));
    const far = anIntent('far', 'support', Date.UTC(new Date().getUTCFullYear() + 40, 0, 1));
    for (const intent of [past, far])
      for (const result of await store.commitAll(changesOf(intent))) expect(result.kind).toBe('committed');
    // The same change is committed again by another process, after an acknowledgement was lost.
    const other = open('app');
    for (const result of await other.commitAll(changesOf(far))) expect(result.kind).toBe('known');
    const heads = await owner(`SELECT id, month FROM "${name}".heads ORDER BY id`);
    expect(heads).toEqual([
      ['far', String(months.at(-1))],
      ['past', String(months[0])],
    ]);
    await use(store, 'b');
    await store.close();
  });

  it('a ledger that was copied from another server is scanned only after its numbers were made again', async () => {
    const { name, owner, open } = await administered();
    const store = open('app');
    await use(store, 'a');
    await store.close();
    // As a dump of a busier server is restored.
    await owner(`UPDATE "${name}".meta SET value = '1' WHERE key = 'server'`);
    const before = open('app');
    expect(await Array.fromAsync(before.scan())).toHaveLength(3);
    await before.close();
    for (const table of ['ledger', 'cells', 'pulse'])
      await owner(`UPDATE "${name}".${table} SET xid = (pg_current_xact_id()::text::bigint + 1000000)::text::xid8`);
    const copied = open('app');
    await expect(Array.fromAsync(copied.scan())).rejects.toThrow(/comes from another server.*--restamp/);
    expect(await copied.load('a')).toHaveLength(3);
    expect(await copied.cells('support')).toHaveLength(2);
    await copied.close();
    await owner(restampSql(name));
    const restamped = open('app');
    await use(restamped, 'b');
    expect(await Array.fromAsync(restamped.scan())).toHaveLength(6);
    await restamped.close();
  });

  it('every table has rights for the router’s user and the reader’s', () => {
    for (const rights of [APP_GRANTS, READER_GRANTS]) expect(Object.keys(rights).sort()).toEqual([...TABLES].sort());
  });
});
