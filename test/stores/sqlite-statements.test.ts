import { StatementSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { Connection } from '../../src/stores/sqlite-connection.ts';
import { sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();

/** The text of every statement by its name, those of tables of cells included. */
function textsOf(statements: object): readonly (readonly [string, string])[] {
  return Object.entries(statements).flatMap(([name, value]: [string, unknown]) => {
    if (value instanceof StatementSync) return [[name, value.sourceSQL] as const];
    return typeof value === 'object' && value !== null
      ? textsOf(value).map(([inner, text]) => [`${name}.${inner}`, text] as const)
      : [];
  });
}

function plansOf({ database, statements }: Connection): ReadonlyMap<string, readonly string[]> {
  const texts = textsOf(statements).filter(([, text]) => !/^(BEGIN|COMMIT|PRAGMA)/.test(text));
  return new Map(
    texts.map(([name, text]) => {
      const steps = database.prepare(`EXPLAIN QUERY PLAN ${text.replaceAll(/\$\w+|\?\d*/g, 'NULL')}`).all();
      return [name, steps.map(step => String(step['detail']))];
    }),
  );
}

test('no statement reads a whole table, except those that ask for all of it', () => {
  const scanning = [...plansOf(connection())]
    .filter(([, steps]) => steps.some(step => /^SCAN (?!store|CONSTANT|json_each|features|\()/.test(step)))
    .map(([name]) => name);
  expect(scanning.sort()).toEqual([
    'archive',
    'archiveRuns',
    'cells.every',
    'claimArchive',
    'controls',
    'ends',
    'hasPending',
    'lastNoted',
    'noted',
    'notedAside',
    'prunedCells.every',
    'removeAwaited',
    'removeReplies',
    'totals',
  ]);
});

test('a feature’s next intents after a given one are found by the index of times alone', () => {
  const steps = plansOf(connection()).get('intents');
  expect(steps).toEqual([expect.stringContaining('USING COVERING INDEX intents_by_time (feature=? AND')]);
});

test('an intent whose due time stays the same keeps its claim, and an intent with a new due time loses it', () => {
  const { statements } = connection();
  const claim = (nowMs: number): readonly unknown[] => statements.claim.all({ nowMs, untilMs: nowMs + 100, limit: 9 });
  statements.setDue.run('a', 5);
  expect(claim(5)).toHaveLength(1);
  statements.setDue.run('a', 5);
  expect(claim(6)).toEqual([]);
  statements.setDue.run('a', 6);
  expect(claim(6)).toHaveLength(1);
});
