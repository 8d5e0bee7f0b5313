import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_FACT_NANO_USD } from '../../../src/core/ledger/money.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { BillRow } from '../../../src/exports/bill/bill-row.ts';
import { readBill } from '../../../src/exports/bill/bill.ts';
import { applyBilledCosts } from '../../../src/exports/bill/billed-costs.ts';
import type { LinePrice } from '../../../src/exports/focus/charges.ts';
import { exportFocus } from '../../../src/exports/focus/focus.ts';
import { reconcile } from '../../../src/exports/bill/reconcile.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { RouterError } from '../../../src/errors.ts';
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

/** A tenth of a nano-dollar per token, so that attempts of one meter cost any amount, 0 included. */
const tenth: LinePrice = {
  source: 'test',
  idAt: () => 'test',
  lines: ({ output = 0 }) => [{ meter: 'output', quantity: output, rate: 100, costNanoUsd: Math.floor(output / 10) }],
};

const MAX_FACT_NANO_USD_TOTAL = BigInt(MAX_FACT_NANO_USD);

/** The costs of attempts after a bill with all of them as one item of an hour. */
async function apportioned(ledger: readonly number[], billedNanoUsd: bigint): Promise<readonly number[]> {
  const store = await someLedger(
    ledger.map((costNanoUsd, index) => {
      const usage = { output: costNanoUsd * 10 + 1 };
      return history(`intent-${index}`, 'support', [decided(NOON), priced(NOON, 'mini', { usage, costNanoUsd })]);
    }),
  );
  const row = { requestId: undefined, model: 'mini-1', meter: 'Output Tokens', startMs: NOON, quantity: undefined };
  await applyBilledCosts([{ ...row, cost: billedNanoUsd * 10n ** 9n }], store, { ...options, priceOf: () => tenth });
  return (await Promise.all(ledger.map((_, index) => costsOf(store, `intent-${index}`)))).flat();
}

async function spent(store: Store): Promise<bigint> {
  const cells = (await Promise.all(['support', 'extract'].map(feature => store.cells(feature)))).flat();
  return cells.reduce((sum, { key, sums }) => sum + (key.scope === 'plan' ? (sums.cost ?? 0n) : 0n), 0n);
}

const onlyLines = (list: readonly History[]) => list.filter(one => one.intentId !== 'repriced');

describe('applyBilledCosts', () => {
  it.each([-1n, MAX_FACT_NANO_USD_TOTAL + 1n, 10n ** 40n])(
    'a bill that gives an attempt an impossible cost of %i nano-dollars is refused and not applied',
    async billedNanoUsd => {
      const store = await someLedger([
        history('i', 'support', [decided(NOON), priced(NOON, 'mini', { usage: { output: 1 }, costNanoUsd: 7 })]),
      ]);
      const row = { requestId: undefined, model: 'mini-1', meter: 'Output Tokens', startMs: NOON, quantity: undefined };
      await expect(
        applyBilledCosts([{ ...row, cost: billedNanoUsd * 10n ** 9n }], store, { ...options, priceOf: () => tenth }),
      ).rejects.toMatchObject({ code: 'invalid-data', path: expect.stringContaining('"i"') as string });
      expect(await costsOf(store, 'i')).toEqual([7]);
    },
  );

  it('an estimated cost of 0 is replaced by the bill of its request', async () => {
    const unpriced = {
      usage: { input: 5 },
      costNanoUsd: 0,
      provenance: 'estimated',
      unpriced: ['stated cost'],
    } as const;
    const store = await someLedger([
      history('a', 'support', [decided(NOON), priced(NOON, 'tool', { ...unpriced, requestId: 'r9' })]),
    ]);
    const [row, ...others] = await billOf(store, () => ({}));
    expect([row, others]).toMatchObject([{ requestId: 'r9', meter: 'Requests', cost: 0n }, []]);
    const bill = [{ ...(row as BillRow), cost: 7n * 10n ** 9n }];
    expect(await applyBilledCosts(bill, store, options)).toMatchObject({ attempts: 1, differenceNanoUsd: 7n });
    expect(await costsOf(store, 'a')).toEqual([7]);
  });

  it('an attempt that cost 0 has no prefix part in its billed cost', async () => {
    const session = { session: 's', prefix: { tokens: 10, earlierIntents: 1, gapMs: 1 } };
    const free = { costNanoUsd: 0, prefixNanoUsd: 0, usage: { input: 10 } };
    const store = await someLedger([
      history('a', 'support', [{ ...decided(NOON), ...session }, priced(NOON, 'mini', free)]),
    ]);
    const bill = await billOf(store, row => ({ cost: row.cost ?? 0n + 5n * 10n ** 9n }));
    expect(await applyBilledCosts(bill, store, options)).toMatchObject({ attempts: 1 });
    expect(foldIntent(await store.load('a'))?.attempts).toMatchObject([{ prefixNanoUsd: 0 }]);
    expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 0 });
  });

  it('law: the statistics add up to an applied bill, by request or by hour, and applying it again has no effect', async () => {
    const factor = fc.tuple(fc.bigInt({ min: 1n, max: 3000n }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(histories(), factor, async (list, [thousandths, byHour]) => {
        const store = await someLedger(list);
        const bill = (
          await billOf(store, row => ({
            cost: ((row.cost ?? 0n) * thousandths) / 1000n,
            ...(byHour ? { requestId: undefined } : {}),
          }))
        ).filter(row => row.meter !== '');
        const before = spentBy(list);
        const applied = await applyBilledCosts(bill, store, options);
        const { billedNanoUsd, ledgerNanoUsd, missingInBill } = await reconcile(bill, store, { priceOf });
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

  it('a bill that equals the ledger changes nothing', async () => {
    const store = await someLedger(onlyLines(someHistories()));
    const bill = await billOf(store, () => ({}));
    expect(await applyBilledCosts(bill, store, options)).toEqual({
      attempts: 0,
      intents: 0,
      refused: 0,
      differenceNanoUsd: 0n,
    });
  });

  it.each([
    [[100, 200, 700], 999n, [99, 200, 700]],
    [[1, 1, 1], 2n, [0, 1, 1]],
    [[0, 0, 0], 1_000_000_000n, [1_000_000_000, 0, 0]],
    [[0, 5, 0], 1n, [0, 1, 0]],
    [[3, 3], 0n, [0, 0]],
  ])(
    'attempts of %j nano-dollars that share an item billed at %d nano-dollars get %j',
    async (ledger, billed, expected) => {
      expect(await apportioned(ledger, billed)).toEqual(expected);
    },
  );

  it('law: the shares of an item’s attempts add up to the item, whatever they cost in the ledger', async () => {
    const costs = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 10 ** 12 })), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(costs, fc.bigInt({ min: 0n, max: 10n ** 13n }), async (ledger, billed) => {
        const parts = await apportioned(ledger, billed);
        expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(billed);
      }),
      { numRuns: 50 },
    );
  });

  it('an attempt that the bill covers only partly keeps its cost', async () => {
    const store = await someLedger(onlyLines(someHistories()));
    const bill = await billOf(store, row => ({ cost: (row.cost ?? 0n) * 2n }));
    const before = await costsOf(store, 'climbed');
    await applyBilledCosts(
      bill.filter(row => !(row.model === 'mini-1' && row.meter === 'Output Tokens')),
      store,
      options,
    );
    const after = await costsOf(store, 'climbed');
    expect(after).toEqual([before[0], 2 * (before[1] ?? 0)]);
  });

  it('an estimated cost becomes a reported one, and the other fields of the attempt and its due time stay', async () => {
    const streamed = history('streamed', 'support', [
      decided(NOON),
      priced(NOON, 'premium', { requestId: 'r', status: 'aborted', provenance: 'estimated' }),
    ]);
    const store = await someLedger([streamed]);
    const bill = await billOf(store, row => ({ cost: (row.cost ?? 0n) * 2n }));
    expect(await applyBilledCosts(bill, store, { ...options, dueAtMs: () => 77 })).toMatchObject({
      attempts: 1,
      intents: 1,
    });
    const [attempt] = foldIntent(await store.load('streamed'))?.attempts ?? [];
    expect(attempt).toMatchObject({ status: 'aborted', provenance: 'reported', requestId: 'r' });
    expect(await store.claimDue(77, 9, 1)).toEqual(['streamed']);
    const plan = (await store.cells('support')).find(cell => cell.key.scope === 'plan');
    expect(plan?.sums.estimatedCost).toBeUndefined();
    expect(plan?.sums).toMatchObject({ n: 1n, attempts: 1n });
  });

  it('a bill removes the unpriced mark of service terms and models, but not of usage that it bills in a separate row', async () => {
    const unpriced = ['tier "ultrafast"', 'model "pro-1"', 'usage.video_tokens'];
    const attempt = { requestId: 'r', servedBy: 'pro-1', provenance: 'estimated' } as const;
    const store = await someLedger([
      history('served', 'support', [
        decided(NOON),
        priced(NOON, 'premium', { ...attempt, unpriced: unpriced.slice(0, 2) }),
      ]),
      history('unknown', 'support', [decided(NOON), priced(NOON, 'premium', { ...attempt, requestId: 's', unpriced })]),
    ]);
    await applyBilledCosts(await billOf(store, row => ({ cost: (row.cost ?? 0n) * 2n })), store, options);
    const load = async (id: string) => foldIntent(await store.load(id))?.attempts[0];
    expect(await load('served')).toMatchObject({ provenance: 'reported', servedBy: 'pro-1' });
    expect(await load('served')).not.toHaveProperty('unpriced');
    expect(await load('unknown')).toMatchObject({ provenance: 'estimated', unpriced: ['usage.video_tokens'] });
    const versions = (await store.cells('support'))
      .filter(({ key }) => key.scope === 'node')
      .map(({ key }) => key.version);
    expect(new Set(versions)).toEqual(new Set([versions[0]]));
    expect(versions[0]).toContain('served by pro-1');
  });

  it('a bill row whose meter the ledger does not have is added once to the request with its id', async () => {
    const unpriced = ['usage.video_tokens'];
    const attempt = { requestId: 'r', provenance: 'estimated', unpriced } as const;
    const store = await someLedger([
      history('a', 'support', [decided(NOON), priced(NOON, 'premium', attempt), priced(NOON + 1, 'premium', attempt)]),
    ]);
    const own = await billOf(store, row => row);
    const video = { ...own[0], meter: 'Video Tokens', cost: 7n * 10n ** 9n } as BillRow;
    const foreign = { ...video, requestId: 'bypassed the router' };
    const bill = [...own, video, foreign];
    const load = async () => foldIntent(await store.load('a'))?.attempts ?? [];
    const [before] = await load();
    expect(await applyBilledCosts(bill, store, options)).toMatchObject({ attempts: 1, differenceNanoUsd: 7n });
    const [first, second] = await load();
    expect(first).toMatchObject({ provenance: 'reported', costNanoUsd: (before?.costNanoUsd ?? 0) + 7 });
    expect(first).not.toHaveProperty('unpriced');
    expect(second).toMatchObject({ provenance: 'estimated', unpriced });
    expect(await applyBilledCosts(bill, store, options)).toMatchObject({ attempts: 0 });
  });

  it('intents that another process changed meanwhile are counted as refused', async () => {
    const store = await someLedger(onlyLines(someHistories()));
    const bill = await billOf(store, row => ({ cost: (row.cost ?? 0n) * 2n }));
    const racing = { ...store, commitAll: async () => [{ kind: 'conflict' } as const] };
    expect(await applyBilledCosts(bill, racing, options)).toMatchObject({ intents: 0, refused: 4 });
  });

  it('a correction that the store refuses ends the run with the store’s error', async () => {
    const store = await someLedger(onlyLines(someHistories()));
    const bill = await billOf(store, row => ({ cost: (row.cost ?? 0n) * 2n }));
    const error = new RouterError('invalid-value', 'no month for this record');
    const refusing = { ...store, commitAll: async () => [{ kind: 'refused', error } as const] };
    await expect(applyBilledCosts(bill, refusing, options)).rejects.toBe(error);
  });

  it('after a correction of costs, only intents without an outcome wait for the end of their silence window', async () => {
    const store = await someLedger(onlyLines(someHistories()));
    const bill = await billOf(store, row => ({ cost: (row.cost ?? 0n) * 2n }));
    await applyBilledCosts(bill, store, { ...options, dueAtMs: () => 77 });
    expect(await store.claimDue(77, 9, 1)).toEqual(['own-cost']);
  });
});
