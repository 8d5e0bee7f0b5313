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

test('a difference of five nano-dollars is visible', () => {
  expect(renderReconciliation(result)).toMatch(/total +│ +│ 1\.000000005 │ +1 │ +0\.000000005/);
});

test('a list of differences states how many entries are shown, marks adjustments, and shows a dash for an unknown amount', () => {
  const text = renderReconciliation(result);
  expect(text).toContain('or pruned intents, the 1 largest of 2:');
  expect(text).toMatch(/r1 +│ mini-1 │ Adjustment │ 0\.000000005 │ +–/);
});

test('a kind of difference without entries has no list', () => {
  expect(renderReconciliation({ ...result, missingInLedger: none })).not.toContain('largest');
});

test('quantities that cannot be compared have a dash as their ratio', () => {
  const drift = { model: 'm', meter: 'Input Tokens', billedNanoUsd: 2n, ledgerNanoUsd: 1n, costRatio: 2 };
  const text = renderReconciliation({ ...result, drift: [{ ...drift, quantityRatio: null, priceRatio: null }] });
  expect(text).toMatch(/×2\.000000 │ +– │ +–/);
});

test('applying a bill reports the difference, and how many intents were skipped because they had been written to meanwhile', () => {
  expect(renderPlanned({ attempts: 0, intents: 0, differenceNanoUsd: 0n })).toContain('nothing to apply');
  expect(renderPlanned({ attempts: 3, intents: 2, differenceNanoUsd: -1n })).toContain('3 attempts of 2 intents');
  const applied = { attempts: 3, intents: 2, refused: 0, differenceNanoUsd: -1n };
  expect(renderApplied(applied)).toBe('Applied to 3 attempts of 2 intents: -0.000000001 USD.');
  expect(renderApplied({ ...applied, refused: 4 })).toContain(
    '4 were written to in the meantime: apply the bill again',
  );
});
