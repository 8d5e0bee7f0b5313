import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SUM_NAMES } from '../../../src/core/cells/cell.ts';
import { sumOf } from '../../../src/core/cells/sums.ts';
import { cellReader } from '../../../src/stores/postgres/cell-reader.ts';
import type { CommitForm } from '../../../src/stores/postgres/commit-statement.ts';
import { commitStatement, NOT_ALL } from '../../../src/stores/postgres/commit-statement.ts';
import type { CommitPart } from '../../../src/stores/postgres/commit-values.ts';
import { cellsOfAll, cellsOfEach, isPlain, repliesOf, valuesOf } from '../../../src/stores/postgres/commit-values.ts';
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
  const cells = (form === 'each' ? cellsOfEach : cellsOfAll)(parts, () => 3);
  const replies = repliesOf(parts);
  const shape = { form, hasReplies: replies.length > 0, isPlain: form !== 'each' && isPlain(parts) };
  const rows = await ask(commitStatement(s, shape), [...valuesOf(parts, 3), cells, ...replies]);
  return rows.map(([change]) => change ?? '');
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

  it('a commit waits while all shards are locked, and a released shard is used again', async () => {
    const { s, ask } = await withTables();
    const other = await askServer();
    await other('BEGIN');
    await other(`SELECT pg_advisory_xact_lock(hashtext('${s}.cells'), n) FROM generate_series(1, ${SHARDS}) AS n`);
    await commit(ask, s, 'all', [part(...changesOf(anIntent('a')))]);
    await other('COMMIT');
    await commit(ask, s, 'all', [part(...changesOf(anIntent('b')))]);
    expect(await ask(`SELECT DISTINCT shard FROM ${s}.cells`)).toEqual([['3']]);
  });

  it('the all-or-nothing form writes nothing if one change of the group is not the next of its intent', async () => {
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
        code: NOT_ALL.all,
      });
    expect(await state()).toEqual(before);
  });

  it('the form for new intents waits for another commit of the same intent, and writes nothing if the intent is already stored', async () => {
    const { s, ask } = await withTables();
    const other = await askServer();
    await other('BEGIN');
    await commit(other, s, 'new', [part(...changesOf(anIntent('b')))]);
    const twin = commit(ask, s, 'new', [part(...changesOf(anIntent('a'))), part(...changesOf(anIntent('b')))]);
    const refused = expect(twin).rejects.toMatchObject({ code: NOT_ALL.new });
    await other('COMMIT');
    await refused;
    expect(await ask(`SELECT id, revisions FROM ${s}.heads`)).toEqual([['b', '3']]);
    expect(await ask(`SELECT count(*) FROM ${s}.ledger`)).toEqual([['3']]);
    expect(await ask(`SELECT sum(n) FROM ${s}.cells WHERE place LIKE 'plan%'`)).toEqual([['1']]);
  });

  it('law: whatever sums a group has, each is added to its cell', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.subarray([...SUM_NAMES], { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        async names => {
          const { s, ask } = await withTables();
          const key = {
            scope: 'plan',
            feature: 'support',
            segment: '',
            subject: 'mini',
            version: '',
            bucket: 1,
          } as const;
          const given = names.map((each, index) => {
            const sums = Object.fromEntries(each.map((name, at) => [name, BigInt(10 * index + at + 1)]));
            return { ...changeOf(anIntent(`${index}`)), delta: [{ key, sums }] };
          });
          for (const change of given) await commit(ask, s, 'new', [part(change)]);
          const { cells } = await cellReader(s, {
            read: async task => task(ask),
            opened: async () => ({ ledger: 'one', isAhead: false }),
          }).cellsSince('support');
          expect(cells.map(({ sums }) => sums)).toEqual([sumOf(given.map(({ delta }) => delta[0]?.sums ?? {}))]);
        },
      ),
      { numRuns: 10 },
    ));

  it('the one-by-one form commits the changes that fit, counts only those, and says which they are', async () => {
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
