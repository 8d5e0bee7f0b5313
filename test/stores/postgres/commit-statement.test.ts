import { expect, it } from 'vitest';
import type { CommitForm } from '../../../src/stores/postgres/commit-statement.ts';
import { commitStatement, NOT_ALL } from '../../../src/stores/postgres/commit-statement.ts';
import type { CommitPart } from '../../../src/stores/postgres/commit-values.ts';
import { cellsOfAll, cellsOfEach, valuesOf } from '../../../src/stores/postgres/commit-values.ts';
import type { AskServer } from '../../../src/stores/postgres/connection.ts';
import type { Change } from '../../../src/contracts/store.ts';
import { describeOnPostgres, withTables } from '../../support/postgres.ts';
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
