import { expect, test } from 'vitest';
import { tableBudget } from '../../src/policies/table-budget.ts';

const START_MS = 1_800_000_000_000;

function spendUntilSpent(budget: ReturnType<typeof tableBudget>, nowMs: number): number {
  let tables = 0;
  for (; tables < 10_000 && !budget.isSpent(nowMs); tables++) budget.spend();
  return tables;
}

test('a thousand tables may be made at once, and a thousand more in every second', () => {
  const budget = tableBudget();
  expect(spendUntilSpent(budget, START_MS)).toBe(1000);
  expect(spendUntilSpent(budget, START_MS)).toBe(0);
  expect(spendUntilSpent(budget, START_MS + 1)).toBe(1);
  expect(spendUntilSpent(budget, START_MS + 501)).toBe(500);
});

test('quiet hours earn the tables of one second', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  expect(spendUntilSpent(budget, START_MS + 3_600_000)).toBe(1000);
});

test('tables that had to be made although the budget was spent are not owed', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  for (let i = 0; i < 500; i++) budget.spend();
  expect(spendUntilSpent(budget, START_MS + 10)).toBe(10);
});

test('a clock that is set back earns nothing, and earns again from there', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  expect(spendUntilSpent(budget, START_MS - 60_000)).toBe(0);
  expect(spendUntilSpent(budget, START_MS - 59_990)).toBe(10);
});
