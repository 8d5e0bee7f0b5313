import { expect, test } from 'vitest';
import { renderApplied, renderPlanned, renderReconciliation } from '../../../src/cli/text/reconcile-text.ts';
import type { ItemGroup, Reconciliation } from '../../../src/exports/bill/reconcile.ts';

const none: ItemGroup = { count: 0, billedNanoUsd: 0n, ledgerNanoUsd: 0n, largest: [] };
const item = { by: 'r1', model: 'mini-1', meter: '', billedNanoUsd: 5n, ledgerNanoUsd: null };
const result: Reconciliation = {
  billedNanoUsd: 1_000_000_005n,
  ledgerNanoUsd: 1_000_000_000n,
  comparedBy: { request: 4, hour: 0, day: 0, longer: 0 },
  rounded: none,
  parts: [{ reason: 'not-in-ledger', count: 2, nanoUsd: 5n, sizeNanoUsd: 5n }],
  unknownModels: [],
  ledgerModels: ['mini-1'],
  matched: { ...none, count: 2, billedNanoUsd: 1_000_000_000n, ledgerNanoUsd: 1_000_000_000n },
  different: none,
  missingInLedger: { count: 2, billedNanoUsd: 5n, ledgerNanoUsd: 0n, largest: [item] },
  missingInBill: none,
  drift: [],
};

test('a difference of five nano-dollars is visible', () => {
  expect(renderReconciliation(result)).toMatch(/total +│ +│ 1\.000000005 │ +1 │ +0\.000000005/);
});

test('a list of differences states how many entries are shown, and shows a dash for an unknown amount', () => {
  const text = renderReconciliation(result);
  expect(text).toContain('Only on the bill, the 1 largest of 2:');
  expect(text).toMatch(/r1 +│ mini-1 │ all +│ 0\.000000005 │ +–/);
  const adjustment = { ...item, billedNanoUsd: null, ledgerNanoUsd: 5n };
  const own = renderReconciliation({ ...result, missingInBill: { ...none, count: 1, largest: [adjustment] } });
  expect(own).toMatch(/r1 +│ mini-1 │ Adjustment │ +– │ 0\.000000005/);
});

test('the text says by what unit bill and ledger were compared, and why not by request', () => {
  const comparedBy = { request: 0, hour: 0, day: 31, longer: 1 };
  expect(renderReconciliation(result)).toMatch(/^Compared by request \(4 items\)\.\n/);
  expect(renderReconciliation({ ...result, comparedBy })).toContain(
    'Compared by day (31 items), by the period of the row (1 item): the bill has no request ids that the ledger knows.',
  );
});

test('every part of the difference has a description and an amount, and rows that are not compared have a line', () => {
  const tax = { reason: 'tax', count: 1, nanoUsd: 3n, sizeNanoUsd: 3n } as const;
  const text = renderReconciliation({ ...result, parts: [tax, ...result.parts] });
  expect(text).toMatch(/calls that the ledger does not have: .* │ +2 │ 0\.000000005 │/);
  expect(text).toMatch(/not compared \(below\) +│ +1 │ +│ +│ +0\.000000003/);
  expect(text).not.toMatch(/leak/i);
});

test('where days differ and their sums agree, the text asks for the time zone of the bill', () => {
  const comparedBy = { request: 0, hour: 0, day: 12, longer: 0 };
  const parts = (net: bigint) =>
    [
      { reason: 'price-or-use', count: 11, nanoUsd: -8_000n, sizeNanoUsd: 20_000n },
      { reason: 'not-in-ledger', count: 1, nanoUsd: 8_000n + net, sizeNanoUsd: 8_000n },
    ] as const;
  const text = (net: bigint, by = comparedBy): string =>
    renderReconciliation({ ...result, comparedBy: by, parts: parts(net) });
  expect(text(3n)).toContain('another time zone? --time-zone names it');
  expect(text(-3n)).toContain('--time-zone');
  expect(text(4_000n)).not.toContain('--time-zone');
  expect(text(3n, { request: 12, hour: 0, day: 0, longer: 0 })).not.toContain('--time-zone');
});

test('names that the ledger does not have are listed, with how a map would help', () => {
  const unknownModels = Array.from({ length: 12 }, (_, i) => `sku-${i}`);
  expect(renderReconciliation({ ...result, unknownModels })).toMatch(
    /sku-9 and 2 more\. The ledger's models: mini-1\..*--map/,
  );
});

test('a kind of difference without entries has no list', () => {
  expect(renderReconciliation({ ...result, missingInLedger: none })).not.toContain('largest of');
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
