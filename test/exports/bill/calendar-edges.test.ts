import { expect, test } from 'vitest';
import { calendarEdges } from '../../../src/exports/bill/calendar-edges.ts';
import { matchBill } from '../../../src/exports/bill/match-bill.ts';
import { decided, history } from '../../stores/histories.ts';
import { priced, priceOf, someLedger } from './bills.ts';

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 10, 20);
const USD = 10n ** 18n;

/** One call of $10 on each day at noon, and one on the first day that ends on the second. */
async function edgesOf(billed: readonly bigint[]): Promise<readonly bigint[]> {
  const call = (id: string, atMs: number, latencyMs = 700) =>
    history(id, 'f', [
      decided(atMs),
      priced(atMs, 'premium', { requestId: id, latencyMs, usage: { output: 1_000_000 } }),
    ]);
  const store = await someLedger([
    call('a', FROM + DAY / 2),
    call('late', FROM + DAY - 1_000, 60_000),
    call('b', FROM + 1.5 * DAY),
    call('c', FROM + 2.5 * DAY),
  ]);
  const rows = billed.map((cost, day) => ({
    requestId: undefined,
    model: 'premium-1',
    meter: 'Output Tokens',
    startMs: FROM + day * DAY,
    endMs: FROM + (day + 1) * DAY,
    cost: cost * USD,
    quantity: undefined,
  }));
  const edges = calendarEdges(await matchBill(rows, store, { priceOf }));
  return billed.map((_, day) => edges.get(day) ?? 0n);
}

const NANO = 10n ** 9n;

test('a call that ended on the next day, where the bill counts it, is moved to that day', async () => {
  expect(await edgesOf([10n, 20n, 10n])).toEqual([-10n * NANO, 10n * NANO, 0n]);
});

test('a difference that no late call explains is kept', async () => {
  expect(await edgesOf([20n, 10n, 10n])).toEqual([0n, 0n, 0n]);
  expect(await edgesOf([20n, 5n, 15n])).toEqual([0n, 0n, 0n]);
  expect(await edgesOf([10n, 10n, 10n])).toEqual([0n, 0n, 0n]);
});
