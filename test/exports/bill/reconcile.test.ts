import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBill } from '../../../src/exports/bill/bill.ts';
import { csvLine } from '../../../src/exports/focus/csv.ts';
import { exportFocus } from '../../../src/exports/focus/focus.ts';
import type { Reconciliation, ReconcileOptions } from '../../../src/exports/bill/reconcile.ts';
import { reconcile } from '../../../src/exports/bill/reconcile.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { decided, histories, history, HOUR, NOON } from '../../stores/histories.ts';
import { priced, priceOf, someHistories, someLedger, spentBy, textOf, VENDOR } from './bills.ts';

type Row = Record<string, string>;

async function billOf(store: Store): Promise<string> {
  return textOf(exportFocus(store, { version: '1.4', priceOf, vendorOf: () => VENDOR }));
}

/** The bill with its rows changed. */
function edited(bill: string, change: (rows: Row[]) => readonly Row[]): string {
  const rows: Row[] = parse(bill, { columns: true });
  const names = (bill.split('\n')[0] ?? '').split(',');
  const lines = change(rows).map(row => csvLine(names.map(name => row[name] || null)));
  return [csvLine(names), ...lines, ''].join('\n');
}

async function check(bill: string, store: Store, range: Partial<ReconcileOptions> = {}): Promise<Reconciliation> {
  return reconcile(readBill([bill]), store, { priceOf, ...range });
}

describe('reconcile', () => {
  it('law: a ledger matches its own FOCUS export to the nano-dollar, by request and by hour', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), async list => {
        const store = await someLedger(list);
        const bill = await billOf(store);
        const byHour = edited(bill, rows => rows.map(row => ({ ...row, x_RequestId: '' })));
        for (const text of [bill, byHour]) {
          const result = await check(text, store);
          expect(result.ledgerNanoUsd).toBe(spentBy(list));
          expect(result.billedNanoUsd).toBe(spentBy(list));
          expect(result.matched.billedNanoUsd).toBe(spentBy(list));
          for (const kind of ['different', 'missingInLedger', 'missingInBill'] as const)
            expect(result[kind].count).toBe(0);
          expect(result.drift).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('a bill with the provider’s request ids is matched by those ids', async () => {
    const store = await someLedger();
    const bill = edited(await billOf(store), rows =>
      rows
        .filter(row => row.x_ProviderRequestId !== '')
        .map(row => ({ ...row, x_RequestId: row.x_ProviderRequestId ?? '' })),
    );
    const result = await check(bill, store);
    expect(result.matched.largest.map(item => [item.by, item.meter])).toEqual([
      ['req_provider_1', 'Output Tokens'],
      ['req_provider_1', 'Input Tokens'],
    ]);
    expect(result.missingInLedger.count).toBe(0);
  });

  it('items that only the bill or only the ledger has are counted and listed separately', async () => {
    const store = await someLedger();
    const bill = edited(await billOf(store), rows => [
      ...rows.filter(row => row.x_RequestId !== 'r4'),
      { ...rows[0], x_RequestId: 'past-the-router', EffectiveCost: '3.5' },
    ]);
    const result = await check(bill, store);
    expect(result.missingInLedger).toMatchObject({ count: 1, billedNanoUsd: 3_500_000_000n, ledgerNanoUsd: 0n });
    expect(result.missingInLedger.largest).toMatchObject([{ by: 'past-the-router', ledgerNanoUsd: null }]);
    const local = spentBy(someHistories().filter(one => one.intentId === 'local'));
    expect(result.missingInBill).toMatchObject({ count: 1, ledgerNanoUsd: local });
    expect(result.missingInBill.largest).toMatchObject([
      { by: '2026-11-20T12:00:00Z', model: 'llama', billedNanoUsd: null },
    ]);
    expect(result.billedNanoUsd - result.ledgerNanoUsd).toBe(3_500_000_000n - local);
  });

  it('costs that differ by one nano-dollar count as different', async () => {
    const store = await someLedger([
      history('a', 'support', [decided(NOON), priced(NOON, 'tool', { costNanoUsd: 5, usage: {} })]),
    ]);
    const bill = edited(await billOf(store), rows => rows.map(row => ({ ...row, EffectiveCost: '0.000000006' })));
    const result = await check(bill, store);
    expect(result.different).toMatchObject({ count: 1, billedNanoUsd: 6n, ledgerNanoUsd: 5n });
  });

  it('cost differences are listed largest first, each split into a price ratio and a quantity ratio', async () => {
    const one = (id: string, model: string) =>
      history(id, 'support', [decided(NOON), priced(NOON, model, { requestId: id, usage: { output: 1_000_000 } })]);
    const store = await someLedger([one('a', 'premium'), one('b', 'premium'), one('c', 'mini')]);
    const bill = edited(await billOf(store), rows =>
      rows.map(row =>
        row.SkuId === 'mini-1'
          ? { ...row, EffectiveCost: '3.4', ConsumedQuantity: '2000000' }
          : { ...row, EffectiveCost: '12.5' },
      ),
    );
    const { drift } = await check(bill, store);
    expect(drift).toEqual([
      {
        model: 'premium-1',
        meter: 'Output Tokens',
        billedNanoUsd: 25_000_000_000n,
        ledgerNanoUsd: 20_000_000_000n,
        costRatio: 1.25,
        quantityRatio: 1,
        priceRatio: 1.25,
      },
      {
        model: 'mini-1',
        meter: 'Output Tokens',
        billedNanoUsd: 3_400_000_000n,
        ledgerNanoUsd: 1_700_000_000n,
        costRatio: 2,
        quantityRatio: 2,
        priceRatio: 1,
      },
    ]);
  });

  it('the range limits only the ledger’s items, and maxListed limits how many items are listed', async () => {
    const store = await someLedger();
    const bill = edited(await billOf(store), rows => rows.filter(row => row.x_RequestId === 'r3'));
    const result = await check(bill, store, { fromMs: NOON + HOUR, toMs: NOON + 2 * HOUR, maxListed: 2 });
    expect(result.missingInBill.count).toBe(0);
    expect(result.matched.count).toBe(5);
    expect(result.matched.largest).toHaveLength(2);
  });

  it('groups have the costs of both sides, and groups and drift list the largest difference first', async () => {
    const one = (id: string, model: string, output: number) =>
      history(id, 'support', [decided(NOON), priced(NOON, model, { requestId: id, usage: { output } })]);
    const store = await someLedger([one('small', 'mini', 1_000_000), one('large', 'premium', 1_000_000)]);
    const bill = edited(await billOf(store), rows =>
      rows.map(row => ({ ...row, EffectiveCost: row.x_RequestId === 'small' ? '7' : '12' })),
    );
    const { different, drift } = await check(bill, store);
    expect(different.largest.map(({ by, billedNanoUsd, ledgerNanoUsd }) => [by, billedNanoUsd, ledgerNanoUsd])).toEqual(
      [
        ['small', 7_000_000_000n, 1_700_000_000n],
        ['large', 12_000_000_000n, 10_000_000_000n],
      ],
    );
    expect(drift.map(({ model }) => model)).toEqual(['mini-1', 'premium-1']);
  });

  it('a ratio is null where a side has no cost or no quantity', async () => {
    const store = await someLedger([
      history('a', 'support', [decided(NOON), priced(NOON, 'premium', { usage: { output: 1_000 } })]),
    ]);
    const billed = async (changed: Row): Promise<unknown> =>
      (
        await check(
          edited(await billOf(store), rows => rows.map(row => ({ ...row, ...changed }))),
          store,
        )
      ).drift;
    expect(await billed({ EffectiveCost: '0' })).toMatchObject([
      { costRatio: null, quantityRatio: 1, priceRatio: null },
    ]);
    expect(await billed({ EffectiveCost: '9', ConsumedQuantity: '', PricingQuantity: '' })).toMatchObject([
      { quantityRatio: null, priceRatio: null },
    ]);
  });
});
