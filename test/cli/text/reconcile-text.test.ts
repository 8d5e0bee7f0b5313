import { expect, test } from 'vitest';
import { renderApplied, renderPlanned, renderReconciliation } from '../../../src/cli/text/reconcile-text.ts';
import type { ItemGroup, Reconciliation } from '../../../src/exports/bill/reconcile.ts';

const none: ItemGroup = { count: 0, billedNanoUsd: 0n, ledgerNanoUsd: 0n, largest: [] };
const item = { by: 'r1', model: 'mini-1', meter: '', billedNanoUsd: 5n, ledgerNanoUsd: null };
const result: Reconciliation = {
  billedNanoUsd: 1_000_000_005n,
  ledgerNanoUsd: 1_000_000_000n,
  matched: { ...none, count: 2, billedNanoUsd: 1_000_000_000n, ledgerNanoUsd: 1_000_000_000n },
  different: none,
  missingInLedger: { count: 2, billedNanoUsd: 5n, ledgerNanoUsd: 0n, largest: [item] },
  missingInBill: none,
  drift: [],
};

test('money is exact: five nano-dollars are there to be seen', () => {
  expect(renderReconciliation(result)).toMatch(/all +│ +│ 1\.000000005 │ +1 │ +0\.000000005/);
});

test('a list says how much of it is shown, an adjustment is named, and an unknown side is a dash', () => {
  const text = renderReconciliation(result);
  expect(text).toContain('or pruned, the 1 largest of 2:');
  expect(text).toMatch(/r1 +│ mini-1 │ Adjustment │ 0\.000000005 │ +–/);
});

test('kinds without entries take no room', () => {
  expect(renderReconciliation({ ...result, missingInLedger: none })).not.toContain('largest');
});

test('what cannot be compared has no ratio', () => {
  const drift = { model: 'm', meter: 'Input Tokens', billedNanoUsd: 2n, ledgerNanoUsd: 1n, costRatio: 2 };
  const text = renderReconciliation({ ...result, drift: [{ ...drift, quantityRatio: null, priceRatio: null }] });
  expect(text).toMatch(/×2\.000000 │ +– │ +–/);
});

test('applying says what changed, and what moved on meanwhile', () => {
  expect(renderPlanned({ attempts: 0, intents: 0, differenceNanoUsd: 0n })).toContain('nothing to apply');
  expect(renderPlanned({ attempts: 3, intents: 2, differenceNanoUsd: -1n })).toContain('3 attempts of 2 intents');
  const applied = { attempts: 3, intents: 2, refused: 0, differenceNanoUsd: -1n };
  expect(renderApplied(applied)).toBe('Applied to 3 attempts of 2 intents: -0.000000001 USD.');
  expect(renderApplied({ ...applied, refused: 4 })).toContain('4 moved on meanwhile: apply the bill again');
});
