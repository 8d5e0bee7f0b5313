import { expect, test } from 'vitest';
import { tableBudget } from '../../src/policies/table-budget.ts';

const START_MS = 1_800_000_000_000;

/** 32 tables of 256 rows are the first to leave less than half of 16,000 rows, which makes 244 of 32 rows. */
const AT_ONCE = 32 + 244;

function spendUntilSpent(budget: ReturnType<typeof tableBudget>, nowMs: number): number {
  let tables = 0;
  for (; tables < 10_000 && !budget.isSpent(nowMs); tables++) budget.spend();
  return tables;
}

test('half of the rows are for full tables, the other half for short ones, of which 100 more can be made every second', () => {
  const budget = tableBudget();
  expect(spendUntilSpent(budget, START_MS)).toBe(AT_ONCE);
  expect(spendUntilSpent(budget, START_MS)).toBe(0);
  expect(spendUntilSpent(budget, START_MS + 9)).toBe(0);
  expect(spendUntilSpent(budget, START_MS + 11)).toBe(1);
  expect(spendUntilSpent(budget, START_MS + 1_012)).toBe(100);
});

test('quiet hours add no more rows than the budget can hold', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  expect(spendUntilSpent(budget, START_MS + 3_600_000)).toBe(AT_ONCE);
});

test('tables that had to be made after the budget was spent do not reduce the budget later', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  for (let i = 0; i < 500; i++) budget.spend();
  expect(spendUntilSpent(budget, START_MS + 40)).toBe(4);
});

test('a clock that is set back earns nothing until it has caught up', () => {
  const budget = tableBudget();
  spendUntilSpent(budget, START_MS);
  expect(spendUntilSpent(budget, START_MS - 60_000)).toBe(0);
  expect(spendUntilSpent(budget, START_MS - 59_960)).toBe(4);
});

test('the budget is low while less than half of its rows are left', () => {
  const budget = tableBudget();
  for (let i = 0; i < 31; i++) budget.spend();
  expect(budget.isLow(START_MS)).toBe(false);
  budget.spend();
  expect(budget.isLow(START_MS)).toBe(true);
  expect(budget.isLow(START_MS + 100)).toBe(false);
});
