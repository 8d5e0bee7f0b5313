import { expect, test } from 'vitest';
import { tableBudget } from '../../src/policies/table-budget.ts';

const START_MS = 1_800_000_000_000;

function spendUntilSpent(budget: ReturnType<typeof tableBudget>, nowMs: number): number {
  let tables = 0;
  for (; tables < 10_000 && !budget.isSpent(nowMs); tables++) budget.spend();
  return tables;
}

test('250 tables may be made at once, and 250 more in every second', () => {
  const budget = tableBudget();
  expect(spendUntilSpent(budget, START_MS)).toBe(250);
  expect(spendUntilSpent(budget, START_MS)).toBe(0);
  expect(spendUntilSpent(budget, START_MS + 4)).toBe(1);
  expect(spendUntilSpent(budget, START_MS + 504)).toBe(125);
});

test('quiet hours earn the tables of one second', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  expect(spendUntilSpent(budget, START_MS + 3_600_000)).toBe(250);
});

test('tables that had to be made although the budget was spent are not owed', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  for (let i = 0; i < 500; i++) budget.spend();
  expect(spendUntilSpent(budget, START_MS + 40)).toBe(10);
});

test('a clock that is set back earns nothing, and earns again from there', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  expect(spendUntilSpent(budget, START_MS - 60_000)).toBe(0);
  expect(spendUntilSpent(budget, START_MS - 59_960)).toBe(10);
});
