import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../src/contracts/store.ts';
import { NOT_RETRIEVED } from '../../src/core/ledger/vocabulary.ts';
import { encode } from '../../src/stores/sqlite-commit.ts';
import { fileNoted, newJournal } from '../../src/stores/sqlite-journal.ts';
import { asideRow, readRow, rowOf as encodedRow } from '../../src/stores/sqlite-noted-rows.ts';
import { trials } from '../support/trials.ts';
import { anIntent, attempted, changesOf, decided, history, NOON } from './histories.ts';
import { sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();
const change = (id: string): Change => changesOf(anIntent(id))[0] as Change;
const rowOf = (changes: readonly Change[]): string => encodedRow(changes.map(encode));
/** As an earlier version wrote it, without a checksum. */
const unchecked = (changes: readonly Change[]): string => rowOf(changes).replace(/^\w+ /, '');

test('a row is read as the changes that were noted, with their records byte for byte', () => {
  const changes = changesOf(anIntent('a "quoted"\t\u0000'));
  const { seq, changes: read, damaged } = readRow({ seq: 7, changes: rowOf(changes) }, () => true);
  expect([seq, damaged]).toEqual([7, undefined]);
  expect(read.map(one => one.change)).toEqual(changes);
  expect(read.map(one => one.json)).toEqual(changes.map(one => encode(one).json));
});

test('a change that does not follow its intent remains, and so does a text that is not a change; the others can be filed', () => {
  const [a, b] = [change('a'), change('b')];
  const sound = unchecked([a, b]);
  const row = `${sound.slice(0, -1)},7]`;
  const { changes, damaged } = readRow({ seq: 1, changes: row }, ({ intentId }) => intentId !== 'b');
  expect(changes.map(one => one.change.intentId)).toEqual(['a']);
  expect(damaged).toBe(`${damaged?.split(' ')[0]} ${unchecked([b]).slice(0, -1)},7]`);
  expect(readRow({ seq: 1, changes: rowOf([a, b]) }, ({ intentId }) => intentId !== 'b').damaged).toBe(rowOf([b]));
});

test('a row whose checksum is wrong remains unchanged, even if its changes can be read', () => {
  const text = rowOf([change('a')]).replace('0.5', '0.7');
  expect(readRow({ seq: 1, changes: text }, () => true)).toEqual({ seq: 1, changes: [], damaged: text });
  expect(asideRow({ seq: 1, changes: text }).message).toContain('of intent "a"');
});

test.each(['', '[]', 'x', '{}', 'null', '[', '"text"'])('a row that is not a list (%s) remains unchanged', text => {
  expect(readRow({ seq: 1, changes: text }, () => true)).toEqual({ seq: 1, changes: [], damaged: text });
});

test.each<readonly [string, (list: unknown[]) => void]>([
  ['intent', list => void (list[0] = 7)],
  ['feature', list => void (list[1] = null)],
  ['expected revision', list => void (list[2] = 1)],
  ['due time', list => void (list[3] = 'soon')],
  ['record', list => void (list[4] = [null])],
  ['kind of record', list => void ((list[4] as { kind: string }[])[0]!.kind = 'decyded')],
  ['model of an attempt with a key', list => void delete attemptIn(list)['model']],
  ['key of a reply', list => void (attemptIn(list)['replyKeys'] = [null])],
  ['name of what has no price', list => void (attemptIn(list)['unpriced'] = {})],
  ['key of a cell', list => void (list[5] = [['node', {}]])],
  ['sum of a cell', list => void ((list[5] as [string, object][])[0]![1] = { n: 'many' })],
])('a change with a damaged %s is not filed', (_, spoil) => {
  const keyed = history('a', 'support', [decided(NOON), attempted(NOON, { replyKeys: ['key'] })]);
  const [first, second] = changesOf(keyed) as [Change, Change];
  const both = encode({ ...second, expectedRevision: 0, records: [...first.records, ...second.records] });
  const [list] = JSON.parse(encodedRow([both]).replace(/^\w+ /, '')) as [unknown[]];
  expect(readRow({ seq: 1, changes: JSON.stringify([list]) }, () => true).changes).toHaveLength(1);
  spoil(list);
  const text = JSON.stringify([list]);
  const { changes, damaged } = readRow({ seq: 1, changes: text }, () => true);
  expect([changes, damaged?.endsWith(` ${text}`)]).toEqual([[], true]);
});

function attemptIn(list: unknown[]): Record<string, unknown> {
  return (list[4] as { attempt: Record<string, unknown> }[])[1]!.attempt;
}

test('whatever byte of a row is damaged, the changes that can be filed are filed, and the rest stays in the journal', () => {
  const keyed = history('c', 'support', [
    decided(NOON),
    attempted(NOON, { replyKeys: ['key'], unpriced: [NOT_RETRIEVED] }),
  ]);
  const text = unchecked([...changesOf(anIntent('a')), change('b'), ...changesOf(keyed)]);
  const { database, statements } = connection();
  const count = (table: string): number =>
    (database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number }).rows;
  fc.assert(
    fc.property(
      fc.nat(text.length - 1),
      fc.constantFrom('0', '"', '[', ']', '{', '}', ',', ':', 'x', ' ', '\\'),
      (at, byte) => {
        database.exec('BEGIN');
        statements.note.run(NOON, `${text.slice(0, at)}${byte}${text.slice(at + 1)}`);
        fileNoted({ statements, journal: newJournal() });
        const aside = statements.notedAside.all() as { changes: string }[];
        // Each of the six changes is either a record of the ledger or in what was set aside, unless that is not a list any more.
        const kept = aside.flatMap(row => changesIn(row.changes.replace(/^\w+ /, '')) ?? Array.from({ length: 6 }));
        expect(count('ledger_8') + kept.length).toBe(6);
        expect(count('journal')).toBe(aside.length);
        database.exec('ROLLBACK');
      },
    ),
    { numRuns: trials(300) },
  );
});

function changesIn(text: string): readonly unknown[] | undefined {
  try {
    return JSON.parse(text) as readonly unknown[];
  } catch {
    return undefined;
  }
}

test('the error for a row that was set aside names the row, and each intent of its changes once', () => {
  const changes = rowOf([...changesOf(anIntent('a')), change('b')]);
  expect(asideRow({ seq: 3, changes }).message).toBe(
    'a row is damaged: journal (seq 3): it keeps acknowledged changes, of intent "a", "b", that the ledger does not have',
  );
  for (const text of ['x', '[]']) expect(asideRow({ seq: 3, changes: text }).message).toContain('which cannot be read');
});
