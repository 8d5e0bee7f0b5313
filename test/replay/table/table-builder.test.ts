import { describe, expect, test } from 'vitest';
import type { OutcomeRow } from '../../../src/replay/table/outcome-table.ts';
import { answerOf } from '../../../src/replay/table/outcome-table.ts';
import { keepIntents, outcomeTable, tableBuilder } from '../../../src/replay/table/table-builder.ts';

const row = (id: string, model: string, more: Partial<OutcomeRow> = {}): OutcomeRow => ({
  id,
  feature: 'f',
  model,
  success: 1,
  costUsd: 0.001,
  ...more,
});

describe('outcomeTable', () => {
  test('rows of one request become answers to one intent, in any order', () => {
    const table = outcomeTable([row('1', 'a'), row('2', 'a'), row('1', 'b', { success: 0, costUsd: 0.02 })]);
    expect(table.ids).toEqual(['1', '2']);
    const answer = answerOf(table, 0, table.models.indexOf('b'));
    expect(table.success[answer]).toBe(0);
    expect(table.costNanoUsd[answer]).toBe(20_000_000);
    expect(answerOf(table, 1, table.models.indexOf('b'))).toBe(-1);
  });

  test('each trial of a request becomes its own intent', () => {
    const table = outcomeTable([row('1', 'a', { trial: '0' }), row('1', 'a', { trial: '1' })]);
    expect(table.ids).toEqual(['1', '1']);
  });

  test('a missing fact is unknown, not 0', () => {
    const table = outcomeTable([
      row('1', 'a'),
      row('2', 'a', { atMs: 5, promptChars: 7, promptTurns: 2, promptTools: 1, difficulty: 0.5, context: 'vip' }),
    ]);
    expect([...table.atMs]).toEqual([Number.NaN, 5]);
    expect([...table.promptChars]).toEqual([Number.NaN, 7]);
    expect([...table.promptTurns]).toEqual([Number.NaN, 2]);
    expect([...table.promptTools]).toEqual([Number.NaN, 1]);
    expect([...table.difficulty]).toEqual([Number.NaN, 0.5]);
    expect([...table.context].map(index => table.contexts[index])).toEqual(['', 'vip']);
  });

  test('a table holds any number of rows', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => row(`${i}`, 'a', { costUsd: i / 1000 }));
    const table = outcomeTable(rows);
    expect(table.ids).toHaveLength(5000);
    expect(table.costNanoUsd[answerOf(table, 4999, 0)]).toBe(4_999_000_000);
  });

  test.each([
    [row('1', 'a', { success: 1.7 }), 'rows[1].success: 1.7 is not between 0 and 1'],
    [row('1', 'a', { success: Number.NaN }), 'rows[1].success: NaN is not between 0 and 1'],
    [row('1', 'a', { success: -0.1 }), 'rows[1].success: -0.1 is not between 0 and 1'],
    [row('1', 'a', { costUsd: -1 }), 'rows[1].cost_usd: -1 is not an amount in USD'],
    [row('1', 'a', { costUsd: 9_000_001 }), 'rows[1].cost_usd: 9000001 is not an amount in USD'],
    [row('0', 'x'), 'rows[1].id: a second answer of "x" to request "0"'],
    [row('0', 'y', { feature: 'g' }), 'rows[1].feature: request "0" is in two features'],
  ])(
    'a row that is out of range or contradicts the table is reported with its index and column: %#',
    (bad, message) => {
      expect(() => outcomeTable([row('0', 'x'), bad])).toThrow(message);
    },
  );

  test('a refused row leaves the table unchanged', () => {
    const builder = tableBuilder();
    builder.add(row('0', 'x'));
    expect(builder.add(row('0', 'x'))).toMatchObject({ column: 'id' });
    expect(builder.add(row('9', 'x', { success: 2 }))).toMatchObject({ column: 'success' });
    const table = builder.build();
    expect(table.ids).toEqual(['0']);
    expect(table.model).toHaveLength(1);
  });
});

describe('keepIntents', () => {
  test('kept intents have all their answers and facts, and trials stay different intents', () => {
    const all = outcomeTable([
      row('1', 'a'),
      row('1', 'b', { success: 0.25 }),
      row('2', 'a', { atMs: 9, promptChars: 3, promptTurns: 6, promptTools: 2, difficulty: 0.1, context: 'c' }),
      row('2', 'a', { trial: '1' }),
    ]);
    const kept = keepIntents(all, intent => intent !== 0);
    expect(kept.ids).toEqual(['2', '2']);
    expect([kept.atMs[0], kept.promptTurns[0], kept.promptTools[0]]).toEqual([9, 6, 2]);
    expect(kept.contexts[kept.context[0] as number]).toBe('c');
    const first = keepIntents(all, intent => intent === 0);
    expect(first.success[answerOf(first, 0, first.models.indexOf('b'))]).toBe(0.25);
  });
});
