import { describe, expect, test } from 'vitest';
import type { Change, ChangeResult } from '../../src/contracts/store.ts';
import { contribution } from '../../src/core/cells/contribution.ts';
import { NO_GRAINS } from '../../src/core/cells/grains.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { encode } from '../../src/stores/sqlite-commit.ts';
import type { NotedId } from '../../src/stores/sqlite-journal.ts';
import { commitChanges, fileNoted, isStillNoted, lastNoted, newJournal } from '../../src/stores/sqlite-journal.ts';
import { recordsOf } from '../../src/stores/sqlite-steps.ts';
import type { History } from './histories.ts';
import { anIntent, changeOf, changesOf, independentSum, NOON, sorted } from './histories.ts';
import { readCells, sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();
/** The same tables through a connection that has read nothing yet, like that of a process that starts. */
const another = () => ({ ...connection(), journal: newJournal() });

function commit(changes: readonly Change[], by = connection()): readonly ChangeResult['kind'][] {
  const call = { changes: changes.map(encode), lost: new Set<string>() };
  return commitChanges(by, [call], NOON).flatMap(results => results.map(({ kind }) => kind));
}

const noted = (): number => connection().database.prepare('SELECT * FROM journal').all().length;
const filed = (id: string): number => recordsOf(connection().statements, id).length;
const cells = async () => sorted(await readCells(connection().statements.cells, 'support', { grains: NO_GRAINS }));
const firstOf = (one: History): History => ({ ...one, records: one.records.slice(0, 1) });
const intents = (count: number) => Array.from({ length: count }, (_, index) => anIntent(`intent-${index}`));

test('a few changes become one row of the journal, and filing it gives the records, cells and due times of the changes', async () => {
  const [a, b] = [anIntent('a'), anIntent('b')];
  expect(commit([...changesOf(a), { ...changeOf(b), dueAtMs: 7 }])).toEqual(Array(4).fill('committed'));
  expect([noted(), filed('a'), lastNoted(connection())]).toEqual([1, 0, { seq: 1, at_ms: NOON }]);
  fileNoted(connection());
  expect([noted(), filed('a'), filed('b'), lastNoted(connection())]).toEqual([0, 3, 1, undefined]);
  expect(await cells()).toEqual(sorted(independentSum([a], 'support')));
  expect(connection().statements.isDue.get({ nowMs: 7, features: null })).toBeDefined();
});

test('a process that starts files what an earlier process has noted, with the same records and cells', async () => {
  for (const change of changesOf(anIntent('a'))) commit([change]);
  const later = another();
  const last = lastNoted(later);
  expect([noted(), last]).toEqual([3, { seq: 3, at_ms: NOON }]);
  fileNoted(later, 2);
  expect(isStillNoted(connection(), last as NotedId)).toBe(true);
  fileNoted(later);
  expect(isStillNoted(connection(), last as NotedId)).toBe(false);
  expect(recordsOf(connection().statements, 'a')).toEqual(anIntent('a').records);
  expect(await cells()).toEqual(sorted(independentSum([anIntent('a')], 'support')));
});

test('the compare-and-set of one connection takes into account what another one has noted', () => {
  const [first, second] = changesOf(anIntent('a')) as [Change, Change];
  expect(commit([first])).toEqual(['committed']);
  const other = another();
  expect(commit([{ ...first, records: first.records.map(record => ({ ...record, atMs: 1 })) }], other)).toEqual([
    'conflict',
  ]);
  expect(commit([first, second], other)).toEqual(['known', 'committed']);
});

test.each([3, 60])(
  'a change that is refused or comes too late does not prevent the others of its group of %i',
  async size => {
    const list = intents(size);
    const [stale, ...rest] = list.map(one => changeOf(one)) as [Change, ...Change[]];
    commit([stale]);
    const late = { ...stale, records: stale.records.map(record => ({ ...record, atMs: NOON + 1 })) };
    const misuse = { ...changeOf(anIntent('misuse')), expectedRevision: -1 };
    const answers = commit([late, misuse, ...rest]);
    expect(answers).toEqual(['conflict', 'refused', ...rest.map(() => 'committed')]);
    fileNoted(connection());
    expect(list.map(({ intentId }) => filed(intentId))).toEqual(list.map(() => 1));
    expect(filed('misuse')).toBe(0);
  },
);

test('many changes at once are filed at once, after the changes that were noted before them', async () => {
  const list = intents(60);
  commit([changeOf(anIntent('before'))]);
  expect(noted()).toBe(1);
  expect(new Set(commit(list.flatMap(changesOf)))).toEqual(new Set(['committed']));
  expect([noted(), filed('before'), filed('intent-59')]).toEqual([0, 1, 3]);
  expect(await cells()).toEqual(sorted(independentSum(list, 'support')));
});

test('the journal is filed row by row up to a number of changes, in the order they were committed', () => {
  for (const one of intents(5)) commit([changeOf(one)]);
  fileNoted(connection(), 2);
  expect([noted(), filed('intent-1'), filed('intent-2'), connection().journal.size]).toEqual([3, 1, 0, 3]);
  for (const one of intents(5)) commit([changeOf(one, 1)]);
  fileNoted(connection());
  expect([noted(), ...intents(5).map(({ intentId }) => filed(intentId))]).toEqual([0, 2, 2, 2, 2, 2]);
});

test('a journal of some hundred changes is filed with the next one', () => {
  for (const one of intents(600)) commit([changeOf(one)]);
  expect(noted()).toBeLessThan(512);
  fileNoted(connection());
  expect(intents(600).every(({ intentId }) => filed(intentId) === 1)).toBe(true);
});

describe('damage', () => {
  test('a change that adds to an unreadable cell is not acknowledged', () => {
    commit(changesOf(anIntent('a')));
    fileNoted(connection());
    connection().database.exec(`UPDATE cells_8 SET sums = 'x'`);
    expect(() => commit(changesOf(anIntent('b')), another())).toThrow('a row is damaged: cells');
    expect(noted()).toBe(0);
  });

  test('nothing is added to a damaged cell, and the records of acknowledged changes are filed for a recount', async () => {
    commit(changesOf(anIntent('a')));
    fileNoted(connection());
    commit(changesOf(anIntent('b')));
    connection().database.exec(`UPDATE cells_8 SET sums = 'x' WHERE key LIKE 'plan%'`);
    fileNoted(another());
    expect(filed('b')).toBe(3);
    const sound = await readCells(connection().statements.cells, 'support', { grains: NO_GRAINS, damaged: () => {} });
    const expected = independentSum([anIntent('a'), anIntent('b')], 'support').filter(
      ({ key }) => key.scope === 'node',
    );
    expect(sorted(sound)).toEqual(sorted(expected));
  });

  const spoil = (seq: number): void =>
    connection().database.exec(`UPDATE journal SET changes = 'x' WHERE seq = ${seq}`);
  const aside = () => connection().database.prepare('SELECT * FROM journal WHERE at_ms < 0').all();

  test('a row that cannot be read is set aside as it is, and those before and after it are filed', async () => {
    for (const id of ['a', 'b', 'c']) commit([changeOf(anIntent(id))]);
    spoil(2);
    fileNoted(another());
    expect(['a', 'b', 'c'].map(filed)).toEqual([1, 0, 1]);
    expect(aside()).toEqual([{ seq: 2, at_ms: -NOON, changes: 'x' }]);
    expect(lastNoted(another())).toBeUndefined();
    expect(await cells()).toEqual(
      sorted(
        independentSum(
          ['a', 'c'].map(id => firstOf(anIntent(id))),
          'support',
        ),
      ),
    );
  });

  test('changes that follow a damaged one of their intent are set aside too, and do not prevent the others of their row', () => {
    commit([changeOf(anIntent('a'))]);
    commit([changeOf(anIntent('a'), 1), changeOf(anIntent('b'))]);
    spoil(1);
    fileNoted(another());
    expect([filed('a'), filed('b')]).toEqual([0, 1]);
    expect(aside()).toMatchObject([
      { seq: 1 },
      { seq: 2, changes: expect.stringMatching(/^\w+ \[\["a","support",1,/) },
    ]);
  });

  test('commits continue beside a row that was set aside, and a row whose text is repaired is filed once its mark is removed', () => {
    commit([changeOf(anIntent('a'))]);
    const [{ changes }] = connection().database.prepare('SELECT changes FROM journal').all() as [{ changes: string }];
    spoil(1);
    const other = another();
    expect(commit([changeOf(anIntent('b'))], other)).toEqual(['committed']);
    expect(commit([changeOf(anIntent('c'))], other)).toEqual(['committed']);
    expect(noted()).toBe(2);
    connection().database.prepare('UPDATE journal SET changes = ?, at_ms = -at_ms WHERE seq = 1').run(changes);
    fileNoted(another());
    expect(['a', 'b', 'c'].map(filed)).toEqual([1, 1, 1]);
    expect(noted()).toBe(0);
  });
});

test('records of the journal are filed byte for byte as they were given', () => {
  const odd = anIntent('o\u0000dd \ud800 "quoted"\t');
  const [decision] = changesOf(odd) as [Change];
  const records = decision.records.map(record => ({
    ...record,
    session: '\u2028 ünïcode \\ ',
    extra: { 7: -0, 1: 1e21 },
  }));
  commit([{ ...decision, records }]);
  fileNoted(another());
  const stored = connection().statements.load.all(odd.intentId) as { json: string }[];
  expect(stored.map(({ json }) => json)).toEqual(records.map(record => JSON.stringify(record)));
  expect(contribution(foldIntent(odd.records) as never)).not.toEqual([]);
});
