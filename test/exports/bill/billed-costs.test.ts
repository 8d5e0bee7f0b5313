import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { BillRow } from '../../../src/exports/bill/bill.ts';
import { readBill } from '../../../src/exports/bill/bill.ts';
import { applyBilledCosts } from '../../../src/exports/bill/billed-costs.ts';
import { exportFocus } from '../../../src/exports/focus/focus.ts';
import { reconcile } from '../../../src/exports/bill/reconcile.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { History } from '../../stores/histories.ts';
import { decided, histories, history, NOON } from '../../stores/histories.ts';
import { priced, priceOf, someHistories, someLedger, spentBy, textOf, VENDOR } from './bills.ts';

const options = { priceOf, atMs: NOON + 999, dueAtMs: () => null } as const;

/** The ledger's own bill, with every cost changed. */
async function billOf(store: Store, change: (row: BillRow) => Partial<BillRow>): Promise<readonly BillRow[]> {
  const rows: BillRow[] = [];
  const csv = await textOf(exportFocus(store, { version: '1.4', priceOf, vendorOf: () => VENDOR }));
  for await (const row of readBill([csv])) rows.push({ ...row, ...change(row) });
  return rows;
}

async function costsOf(store: Store, intentId: string): Promise<readonly number[]> {
  return foldIntent(await store.load(intentId))?.attempts.map(attempt => attempt.costNanoUsd) ?? [];
}

async function spent(store: Store): Promise<bigint> {
  const cells = (await Promise.all(['support', 'extract'].map(feature => store.cells(feature)))).flat();
  return cells.reduce((sum, { key, sums }) => sum + (key.scope === 'plan' ? (sums.cost ?? 0n) : 0n), 0n);
}

const onlyLines = (list: readonly History[]) => list.filter(one => one.intentId !== 'repriced');

describe('costs on the bill in place of list prices', () => {
  it('law: the statistics then add up to the bill, by request or by the hour, and a second time changes nothing', async () => {
    const factor = fc.tuple(fc.bigInt({ min: 1n, max: 3000n }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(histories(), factor, async (list, [thousandths, byHour]) => {
        const store = await someLedger(list);
        const bill = (
          await billOf(store, row => ({
            cost: (row.cost * thousandths) / 1000n,
            ...(byHour ? { requestId: undefined } : {}),
          }))
        ).filter(row => row.meter !== '');
        const before = spentBy(list);
        const applied = await applyBilledCosts(bill, store, options);
        const { billedNanoUsd, ledgerNanoUsd, missingInBill } = await reconcile(bill, store, options);
        expect(ledgerNanoUsd).toBe(before + applied.differenceNanoUsd);
        expect(await spent(store)).toBe(ledgerNanoUsd);
        // Each item is rounded to the nano-dollar by itself.
        expect(Number(ledgerNanoUsd - billedNanoUsd)).toBeLessThanOrEqual(bill.length);
        expect(Number(billedNanoUsd - ledgerNanoUsd)).toBeLessThanOrEqual(bill.length);
        expect(missingInBill.largest.every(item => item.meter === '')).toBe(true);
        for (const feature of ['support', 'extract'])
          expect(await rebuildCells(store, feature)).toMatchObject({ corrected: 0 });
        expect(await applyBilledCosts(bill, store, options)).toMatchObject({ attempts: 0, differenceNanoUsd: 0n });
      }),
      { numRuns: 30 },
    );
  });

  it('changes nothing when the bill agrees', async () => {
    const store = await someLedger(onlyLines(someHistories()));
    const bill = await billOf(store, () => ({}));
    expect(await applyBilledCosts(bill, store, options)).toEqual({
      attempts: 0,
      intents: 0,
      refused: 0,
      differenceNanoUsd: 0n,
    });
  });

  it('shares a common item in proportion, without losing a nano-dollar', async () => {
    const one = (id: string, costNanoUsd: number) =>
      history(id, 'support', [decided(NOON), priced(NOON, 'tool', { requestId: id, usage: {}, costNanoUsd })]);
    const store = await someLedger([one('a', 100), one('b', 200), one('c', 700)]);
    const [row] = await billOf(store, () => ({ requestId: undefined }));
    if (row === undefined) throw new Error('no bill');
    await applyBilledCosts([{ ...row, cost: 999n * 10n ** 9n }], store, options);
    expect([...(await costsOf(store, 'a')), ...(await costsOf(store, 'b')), ...(await costsOf(store, 'c'))]).toEqual([
      99, 200, 700,
    ]);
  });

  it('keeps the cost of an attempt of which the bill knows only a part', async () => {
    const store = await someLedger(onlyLines(someHistories()));
    const bill = await billOf(store, row => ({ cost: row.cost * 2n }));
    const before = await costsOf(store, 'climbed');
    await applyBilledCosts(
      bill.filter(row => !(row.model === 'mini-1' && row.meter === 'Output Tokens')),
      store,
      options,
    );
    const after = await costsOf(store, 'climbed');
    expect(after).toEqual([before[0], 2 * (before[1] ?? 0)]);
  });

  it('turns an estimate into a reported figure, and leaves the rest of the attempt and what is due as it was', async () => {
    const open = history('open', 'support', [
      decided(NOON),
      priced(NOON, 'premium', { requestId: 'r', status: 'aborted', provenance: 'estimated' }),
    ]);
    const store = await someLedger([open]);
    const bill = await billOf(store, row => ({ cost: row.cost * 2n }));
    expect(await applyBilledCosts(bill, store, { ...options, dueAtMs: () => 77 })).toMatchObject({
      attempts: 1,
      intents: 1,
    });
    const [attempt] = foldIntent(await store.load('open'))?.attempts ?? [];
    expect(attempt).toMatchObject({ status: 'aborted', provenance: 'reported', requestId: 'r' });
    expect(await store.due(77, 9)).toEqual(['open']);
    const plan = (await store.cells('support')).find(cell => cell.key.scope === 'plan');
    expect(plan?.sums.estimatedCost).toBeUndefined();
    expect(plan?.sums).toMatchObject({ n: 1n, attempts: 1n });
  });

  it('says how many intents moved on meanwhile', async () => {
    const store = await someLedger(onlyLines(someHistories()));
    const bill = await billOf(store, row => ({ cost: row.cost * 2n }));
    const racing = { ...store, commit: async () => false };
    expect(await applyBilledCosts(bill, racing, options)).toMatchObject({ intents: 0, refused: 4 });
  });
});
