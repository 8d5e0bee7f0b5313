import { expect, it } from 'vitest';
import type { CommitForm } from '../../../src/stores/postgres/commit-statement.ts';
import { commitStatement, NOT_ALL } from '../../../src/stores/postgres/commit-statement.ts';
import type { CommitPart } from '../../../src/stores/postgres/commit-values.ts';
import { cellsOfAll, cellsOfEach, valuesOf } from '../../../src/stores/postgres/commit-values.ts';
import type { AskServer } from '../../../src/stores/postgres/connection.ts';
import type { Change } from '../../../src/contracts/store.ts';
import { SHARDS } from '../../../src/stores/postgres/schema.ts';
import { askServer, describeOnPostgres, withTables } from '../../support/postgres.ts';
import { anIntent, changeOf, changesOf } from '../histories.ts';

function part(...changes: readonly Change[]): CommitPart {
  return changes.map(change => ({
    change,
    json: change.records.map(record => JSON.stringify(record)),
    settle: () => {},
  })) as unknown as CommitPart;
}

async function commit(
  ask: AskServer,
  s: string,
  form: CommitForm,
  parts: readonly CommitPart[],
): Promise<readonly string[]> {
  const cells = (form === 'all' ? cellsOfAll : cellsOfEach)(parts, () => 3);
  return (await ask(commitStatement(s, form), [...valuesOf(parts, 3), cells])).map(([change]) => change ?? '');
}

describeOnPostgres('the statement that commits', () => {
  it('commits to the same cells at once do not wait for each other', async () => {
    const { s, ask } = await withTables();
    const others = [await askServer(), await askServer()];
    for (const [index, other] of others.entries()) {
      await other('BEGIN');
      await commit(other, s, 'all', [part(...changesOf(anIntent(`open ${index}`)))]);
    }
    await commit(ask, s, 'all', [part(...changesOf(anIntent('a')))]);
    await commit(ask, s, 'each', [part(...changesOf(anIntent('b')))]);
    for (const other of others) await other('COMMIT');
    expect(await ask(`SELECT shard, max(n) FROM ${s}.cells GROUP BY 1 ORDER BY 1`)).toEqual([
      ['3', '1'],
      ['4', '1'],
      ['5', '2'],
    ]);
    expect(await ask(`SELECT shard FROM ${s}.pulse ORDER BY 1`)).toEqual([['3'], ['4'], ['5']]);
  });

  it('a commit waits where all shards are held, and takes one again that was given back', async () => {
    const { s, ask } = await withTables();
    const other = await askServer();
    await other('BEGIN');
    await other(`SELECT pg_advisory_xact_lock(hashtext('${s}.cells'), n) FROM generate_series(1, ${SHARDS}) AS n`);
    await commit(ask, s, 'all', [part(...changesOf(anIntent('a')))]);
    await other('COMMIT');
    await commit(ask, s, 'all', [part(...changesOf(anIntent('b')))]);
    expect(await ask(`SELECT DISTINCT shard FROM ${s}.cells`)).toEqual([['3']]);
  });

  it('a group with a change that is not the next of its intent changes nothing in the form for all', async () => {
    const { s, ask } = await withTables();
    await commit(ask, s, 'all', [part(...changesOf(anIntent('a')))]);
    const state = async () => {
      const rows = [];
      for (const table of ['heads', 'ledger', 'cells', 'pulse', 'replies'])
        rows.push(await ask(`SELECT * FROM ${s}.${table}`));
      return rows;
    };
    const before = await state();
    for (const stale of [
      changeOf(anIntent('a')),
      { ...changeOf(anIntent('a')), records: [] },
      changeOf(anIntent('c'), 1),
    ])
      await expect(commit(ask, s, 'all', [part(changeOf(anIntent('b'))), part(stale)])).rejects.toMatchObject({
        code: NOT_ALL,
      });
    expect(await state()).toEqual(before);
  });

  it('the form for each commits the others, counts only those, and says which', async () => {
    const { s, ask } = await withTables();
    await commit(ask, s, 'all', [part(changeOf(anIntent('a')))]);
    const parts = [
      part(...changesOf(anIntent('b'))),
      part(changeOf(anIntent('a'))),
      part(...changesOf(anIntent('a')).slice(1)),
    ];
    expect(await commit(ask, s, 'each', parts.slice(0, 2))).toEqual(['1']);
    expect(await commit(ask, s, 'each', [parts[2] as CommitPart])).toEqual(['1']);
    expect(await ask(`SELECT id, revisions FROM ${s}.heads ORDER BY id`)).toEqual([
      ['a', '3'],
      ['b', '3'],
    ]);
    expect(await ask(`SELECT sum(n) FROM ${s}.cells WHERE place LIKE 'plan%'`)).toEqual([['2']]);
  });

  it('the records of an intent are in the month of its decision, and have growing transaction numbers', async () => {
    const { s, ask } = await withTables();
    const [first, ...rest] = changesOf(anIntent('a', 'support', Date.UTC(2026, 10, 30, 23, 59, 59)));
    for (const change of [first as Change, ...rest]) await commit(ask, s, 'all', [part(change)]);
    const rows = await ask(`SELECT month, xid FROM ${s}.ledger ORDER BY revision`);
    expect(rows.map(([month]) => month)).toEqual(['202611', '202611', '202611']);
    expect(rows.map(([, xid]) => Number(xid))).toEqual(rows.map(([, xid]) => Number(xid)).toSorted((a, b) => a - b));
  });
});
