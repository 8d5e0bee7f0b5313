import { expect, test } from 'vitest';
import { answerOf } from '../../../src/replay/table/outcome-table.ts';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';

test('`answerOf` finds the answer of a model only among the answers to that intent', () => {
  const row = (id: string, model: string, success: number) => ({ id, feature: 'f', model, success, costUsd: 1 });
  const table = outcomeTable([row('1', 'a', 0.1), row('2', 'b', 0.2), row('1', 'b', 0.3), row('3', 'a', 0.4)]);
  const success = (intent: number, model: string): number | undefined =>
    table.success[answerOf(table, intent, table.models.indexOf(model))];
  expect([success(0, 'a'), success(0, 'b'), success(1, 'b'), success(2, 'a')]).toEqual([0.1, 0.3, 0.2, 0.4]);
  expect([answerOf(table, 1, 0), answerOf(table, 2, 1), answerOf(table, 0, -1)]).toEqual([-1, -1, -1]);
});
