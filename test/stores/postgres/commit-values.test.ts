import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/contracts/store.ts';
import { NOT_RETRIEVED } from '../../../src/core/ledger/vocabulary.ts';
import type { CommitPart } from '../../../src/stores/postgres/commit-values.ts';
import {
  cellsOfAll,
  cellsOfEach,
  kindNumber,
  monthOfChange,
  settleAll,
  repliesOf,
  valuesOf,
} from '../../../src/stores/postgres/commit-values.ts';
import { anIntent, attempted, changeOf, changesOf, decided, history, NOON } from '../histories.ts';

function part(changes: readonly Change[], settle = (): void => {}): CommitPart {
  return changes.map(change => ({
    change,
    json: change.records.map(record => JSON.stringify(record)),
    settle,
  })) as unknown as CommitPart;
}

describe('groups as values', () => {
  it('a part is one row for its intent, and one row for each of its records', () => {
    const [ids, expected, added, month, , decidedMs, lastMs, dueMs, change, revision] = valuesOf(
      [part(changesOf(anIntent('a'))), part([{ ...changeOf(anIntent('b'), 1), dueAtMs: 7 }])],
      0,
    );
    expect([ids, expected, added]).toEqual(['{"a","b"}', '{0,1}', '{3,1}']);
    expect([month, decidedMs, lastMs, dueMs]).toEqual([
      '{202611,0}',
      `{${NOON},${NOON + 1000}}`,
      `{${NOON + 2000},${NOON + 1000}}`,
      '{NULL,7}',
    ]);
    expect([change, revision]).toEqual(['{1,1,1,2}', '{0,1,2,1}']);
  });

  it('a reply has one row for each of its keys, which says whether the reply is still awaited', () => {
    const one = history('a', 'support', [
      decided(NOON),
      attempted(NOON, { replyKeys: ['x', 'y'] }),
      attempted(NOON, { replyKeys: ['z'], unpriced: [NOT_RETRIEVED], model: 'premium' }),
    ]);
    expect(repliesOf([part(changesOf(anIntent('b')))])).toEqual([]);
    expect(repliesOf([part(changesOf(one))])).toEqual([
      '{1,1,1}',
      '{"x","y","z"}',
      '{"mini","mini","premium"}',
      `{${NOON},${NOON},${NOON}}`,
      '{"false","false","true"}',
    ]);
  });

  it('cells of a group are added up or kept apart by part, and only cells of hours go to the process’s own shard', () => {
    const parts = [part([changeOf(anIntent('a'), 1)]), part([changeOf(anIntent('b'), 1)])];
    const day = {
      ...changeOf(anIntent('c'), 1),
      delta: changeOf(anIntent('c'), 1).delta.map(cell => ({ ...cell, key: { ...cell.key, grain: 'day' as const } })),
    };
    const rows = (text: string) =>
      (JSON.parse(text) as { shard: number; change: number; n?: number }[]).map(row => [row.change, row.shard, row.n]);
    expect(rows(cellsOfAll(parts, () => 5))).toEqual([
      [0, 5, 2],
      [0, 5, 2],
    ]);
    expect(rows(cellsOfAll([part([day])], () => 5))).toEqual([
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(rows(cellsOfEach(parts, () => 5))).toEqual([
      [1, 5, 1],
      [1, 5, 1],
      [2, 5, 1],
      [2, 5, 1],
    ]);
  });

  it('only a change that begins an intent needs the month of the intent', () => {
    expect(changesOf(anIntent('a')).map(monthOfChange)).toEqual([[202_611], [], []]);
    expect(monthOfChange({ ...changeOf(anIntent('a')), records: [] })).toEqual([]);
  });

  it('every kind of record has its own number, and all changes of a part get one answer', () => {
    expect((['decided', 'attempted', 'labelled', 'corrected'] as const).map(kindNumber)).toEqual([0, 1, 2, 3]);
    let answers = 0;
    settleAll(
      part(changesOf(anIntent('a')), () => void answers++),
      { kind: 'committed' },
    );
    expect(answers).toBe(3);
  });
});
