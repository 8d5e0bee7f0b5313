import { describe, expect, it } from 'vitest';
import type { BillRow } from '../../../src/exports/bill/bill-row.ts';
import type { Matching } from '../../../src/exports/bill/match-bill.ts';
import { matchBill } from '../../../src/exports/bill/match-bill.ts';
import { decided, history, HOUR, NOON } from '../../stores/histories.ts';
import { priced, priceOf, someLedger } from './bills.ts';

const usage = { output: 1_000_000 };
const USD = 10n ** 18n;
const DAY = Date.UTC(2026, 10, 20);

function row(requestId: string | undefined, startMs: number, cost: bigint, more: Partial<BillRow> = {}): BillRow {
  return { requestId, model: 'premium-1', meter: 'Output Tokens', startMs, cost, quantity: 10n ** 24n, ...more };
}

/** Each item's key and names, with its rows on the bill and its charges. */
function summary({ items }: Matching): readonly (readonly unknown[])[] {
  return Array.from({ length: items.count }, (_, item) => item)
    .filter(item => items.billRows(item) + items.ledgerRows(item) > 0)
    .map(item => [
      items.keys.text(items.key(item)).trimStart(),
      items.model(item),
      items.meter(item),
      items.billRows(item),
      items.ledgerRows(item),
    ]);
}

const call = (id: string, atMs: number, more = {}) =>
  history(id, 'support', [decided(atMs), priced(atMs, 'premium', { requestId: id, usage, ...more })]);

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
    expect(
      summary(await matchBill(rows, store, { priceOf })).map(([by, , , bill, ledger]) => [by, bill, ledger]),
    ).toEqual([
      ['theirs', 1, 1],
      ['ours', 1, 1],
      ['2026-11-20T12:00:00Z', 1, 1],
    ]);
  });

  it('rows of the same item are added up', async () => {
    const { items } = await matchBill([row('r', NOON, 1n), row('r', NOON, 2n)], await someLedger([]), { priceOf });
    expect([items.billRows(0), items.billCost(0), items.ledgerRows(0)]).toEqual([2, 3n, 0]);
  });

  it('a charge belongs to the shortest period that contains its start, whatever the width of the others', async () => {
    const store = await someLedger([
      call('in-hour', NOON),
      call('in-day', NOON + HOUR),
      call('in-month', NOON + 24 * HOUR),
    ]);
    const month = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };
    const rows = [
      row(undefined, NOON, USD),
      row(undefined, DAY, USD, { endMs: DAY + 24 * HOUR }),
      row(undefined, month.startMs, USD, month),
    ];
    expect(
      summary(await matchBill(rows, store, { priceOf })).map(([by, , , bill, ledger]) => [by, bill, ledger]),
    ).toEqual([
      ['2026-11-20T12:00:00Z', 1, 1],
      ['2026-11-20', 1, 1],
      ['2026-11-01 to 2026-12-01', 1, 1],
    ]);
  });

  it('a model is matched by the name that was asked for, by the name in the reply, and without date and vendor', async () => {
    const day = { endMs: DAY + 24 * HOUR };
    for (const model of ['premium-1', 'premium-1-2026-08-07', 'vendor/premium-1', 'Premium 1']) {
      const store = await someLedger([call('a', NOON, { responseModel: 'premium-1-2026-08-07' })]);
      const found = summary(await matchBill([row(undefined, DAY, USD, { ...day, model })], store, { priceOf }));
      expect(found).toEqual([['2026-11-20', model, 'Output Tokens', 1, 1]]);
    }
  });

  it('a row without model or meter covers everything that no other row of its period names', async () => {
    const both = { input: 1000, output: 1000 };
    const store = await someLedger([call('a', NOON, { usage: both })]);
    const day = { endMs: DAY + 24 * HOUR };
    const rows = [row(undefined, DAY, USD, day), row(undefined, DAY, USD, { ...day, model: '', meter: '' })];
    expect(summary(await matchBill(rows, store, { priceOf }))).toEqual([
      ['2026-11-20', 'premium-1', 'Output Tokens', 1, 1],
      ['2026-11-20', '', '', 1, 1],
    ]);
  });

  it('a row of a vendor’s own bill covers no other vendor’s charges, unless it names their model', async () => {
    const store = await someLedger([call('a', NOON)]);
    const found = async (more: Partial<BillRow>) => {
      const rows = [row(undefined, DAY, USD, { endMs: DAY + 24 * HOUR, ...more })];
      const isOfOtherVendor = (_: unknown, vendors: ReadonlySet<string>) => vendors.size > 0 && !vendors.has('openai');
      const matching = await matchBill(rows, store, { priceOf, isOfOtherVendor });
      return [summary(matching).map(([, model, , , ledger]) => [model, ledger]), matching.otherVendors.charges];
    };
    expect(await found({ model: '', vendor: 'anthropic' })).toEqual([[['', 0]], 1]);
    expect(await found({ model: '', vendor: 'openai' })).toEqual([[['', 1]], 0]);
    expect(await found({ model: 'premium-1', vendor: 'anthropic' })).toEqual([[['premium-1', 1]], 0]);
    expect(await found({ model: '' })).toEqual([[['', 1]], 0]);
  });

  it('rows without a model from the bills of two vendors each cover their own vendor’s charges', async () => {
    const of = (id: string, providerModel: string) => call(id, NOON, { providerModel, requestId: id });
    const store = await someLedger([of('a', 'gpt-1'), of('b', 'gpt-1'), of('c', 'claude-1')]);
    const isOfOtherVendor = (
      { attempt }: { readonly attempt: { readonly providerModel: string } },
      vendors: ReadonlySet<string>,
    ) => vendors.size > 0 && !vendors.has(attempt.providerModel.startsWith('gpt') ? 'openai' : 'anthropic');
    const day = { endMs: DAY + 24 * HOUR, model: '', meter: '' };
    const rows = [
      row(undefined, DAY, 2n * USD, { ...day, vendor: 'openai' }),
      row(undefined, DAY, USD, { ...day, vendor: 'anthropic' }),
    ];
    for (const bill of [rows, rows.toReversed()]) {
      const { items, otherVendors } = await matchBill(bill, store, { priceOf, isOfOtherVendor });
      const found = Array.from({ length: items.count }, (_, item) => [
        items.vendor(item),
        items.model(item),
        items.billCost(item) / USD,
        items.ledgerRows(item),
      ]);
      expect(found.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
        ['anthropic', '', 1n, 1],
        ['openai', '', 2n, 2],
      ]);
      expect(otherVendors.charges).toBe(0);
    }
  });

  it('a call whose price is not known is compared with all meters of its model as one item', async () => {
    const store = await someLedger([call('a', NOON, { usage: { input: 1, output: 1 }, costNanoUsd: 5 })]);
    const day = { endMs: DAY + 24 * HOUR };
    const rows = ['Input Tokens', 'Output Tokens'].map(meter => row(undefined, DAY, USD, { ...day, meter }));
    const found = await matchBill(rows, store, { priceOf: () => undefined });
    expect(summary(found)).toEqual([['2026-11-20', 'premium-1', '', 2, 1]]);
    expect([found.items.billCost(0), found.items.ledgerNano(0)]).toEqual([2n * USD, 5n]);
  });

  it('two snapshots on the bill that the ledger does not distinguish are compared as one item', async () => {
    const store = await someLedger([call('a', NOON)]);
    const day = { endMs: DAY + 24 * HOUR };
    const rows = ['premium-1-2026-01-01', 'premium-1-2026-08-07'].map(model =>
      row(undefined, DAY, USD, { ...day, model }),
    );
    expect(summary(await matchBill(rows, store, { priceOf })).map(([, , , bill, ledger]) => [bill, ledger])).toEqual([
      [2, 1],
    ]);
  });

  it('if the ledger has none of the bill’s ids, its calls are compared by day, model and meter', async () => {
    const store = await someLedger([call('a', NOON), call('b', NOON + HOUR)]);
    const found = await matchBill([row('gen-1', NOON, USD), row('gen-2', NOON + HOUR, USD)], store, { priceOf });
    expect(found.hasLedgerIds).toBe(false);
    expect(summary(found)).toEqual([['2026-11-20', 'premium-1', 'Output Tokens', 2, 2]]);
    const whole = ['gen-1', 'gen-2'].map(id => row(id, NOON, USD, { meter: '' }));
    expect(summary(await matchBill(whole, store, { priceOf }))).toEqual([['2026-11-20', 'premium-1', '', 2, 2]]);
  });

  it('an id that the ledger does not know remains an item, unless the rest of its day agrees', async () => {
    const store = await someLedger([call('a', NOON), call('b', NOON + HOUR)]);
    const price = 10n * USD;
    const agreeing = [row('a', NOON, price), row('gen-2', NOON + HOUR, price)];
    expect(summary(await matchBill(agreeing, store, { priceOf })).map(([by]) => by)).toEqual(['a', '2026-11-20']);
    const other = [row('a', NOON, price), row('gen-2', NOON + HOUR, 3n * price)];
    expect(summary(await matchBill(other, store, { priceOf })).map(([by]) => by)).toEqual([
      'a',
      'gen-2',
      '2026-11-20T13:00:00Z',
    ]);
  });

  it('rows that are not usage, of other keys or outside the range are set aside, with their sums', async () => {
    const rows = [
      row(undefined, NOON, USD, { kind: 'tax' }),
      row(undefined, NOON, -USD, { kind: 'credit' }),
      row(undefined, NOON, 2n * USD, { kind: 'other-key' }),
      row(undefined, NOON - 48 * HOUR, 3n * USD),
    ];
    const { items, setAside } = await matchBill(rows, await someLedger([]), { priceOf, fromMs: DAY });
    expect(items.count).toBe(0);
    expect(setAside).toEqual([
      { kind: 'tax', rows: 1, cost: USD },
      { kind: 'credit', rows: 1, cost: -USD },
      { kind: 'other-key', rows: 1, cost: 2n * USD },
      { kind: 'other-period', rows: 1, cost: 3n * USD },
    ]);
  });
});
