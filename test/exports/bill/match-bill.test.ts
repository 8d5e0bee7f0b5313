import { describe, expect, it } from 'vitest';
import type { BillRow } from '../../../src/exports/bill/bill.ts';
import { addToSide, matchBill, emptySide, toNano } from '../../../src/exports/bill/match-bill.ts';
import { decided, history, HOUR, NOON } from '../../stores/histories.ts';
import { priced, priceOf, someLedger } from './bills.ts';

const usage = { output: 1_000_000 };
const USD = 10n ** 18n;

function row(requestId: string | undefined, startMs: number, cost: bigint): BillRow {
  return { requestId, model: 'premium-1', meter: 'Output Tokens', startMs, cost, quantity: 10n ** 24n };
}

describe('matching a bill with the ledger', () => {
  it('a charge matches by the provider’s request id first, then by ours, then by its hour', async () => {
    const store = await someLedger([
      history('a', 'support', [
        decided(NOON),
        priced(NOON, 'premium', { requestId: 'ours', providerRequestId: 'theirs', usage }),
        priced(NOON + 1, 'premium', { requestId: 'ours', usage }),
        priced(NOON + 2, 'premium', { requestId: 'other', usage }),
      ]),
    ]);
    const rows = [row('theirs', NOON, USD), row('ours', NOON, USD), row(undefined, NOON + HOUR / 2, USD)];
    const { pairs } = await matchBill(rows, store, { priceOf });
    expect(pairs.map(({ by, bill, ledger }) => [by, bill.rows, ledger.rows])).toEqual([
      ['theirs', 1, 1],
      ['ours', 1, 1],
      ['2026-11-20T12:00:00Z', 1, 1],
    ]);
  });

  it('rows of the same item are added up', async () => {
    const { pairs } = await matchBill([row('r', NOON, 1n), row('r', NOON, 2n)], await someLedger([]), { priceOf });
    expect(pairs).toMatchObject([{ by: 'r', bill: { rows: 2, cost: 3n }, ledger: emptySide() }]);
  });

  it('sums are exact, and are rounded to the nearest nano-dollar, halves away from zero', () => {
    const side = emptySide();
    addToSide(side, 10n ** 40n, 1n);
    addToSide(side, 1n, 1n);
    expect(side).toEqual({ cost: 10n ** 40n + 1n, quantity: 2n, rows: 2 });
    const half = 500_000_000n;
    expect([half, half - 1n, -half, -(half - 1n), 3n * half].map(toNano)).toEqual([1n, 0n, -1n, 0n, 2n]);
  });
});
