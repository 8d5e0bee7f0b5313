import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BillRow } from '../../../src/exports/bill/bill-row.ts';
import type { LedgerRange } from '../../../src/contracts/ledger-source.ts';
import { differenceParts, REASONS, stateOf, totalsOf } from '../../../src/exports/bill/differences.ts';
import { matchBill } from '../../../src/exports/bill/match-bill.ts';
import { decided, history, NOON } from '../../stores/histories.ts';
import { priced, priceOf, someHistories, someLedger } from './bills.ts';

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 10, 20);
const USD = 10n ** 18n;
const tokens = (millions: number): bigint => BigInt(millions * 1e6) * 10n ** 18n;

const row = (cost: bigint | undefined, more: Partial<BillRow> = {}): BillRow => ({
  requestId: undefined,
  model: 'premium-1',
  meter: 'Output Tokens',
  startMs: FROM,
  endMs: FROM + DAY,
  cost,
  quantity: tokens(1),
  ...more,
});

/** One million tokens of premium, $10. */
const ledger = async () =>
  someLedger([
    history('a', 'f', [decided(NOON), priced(NOON, 'premium', { requestId: 'a', usage: { output: 1_000_000 } })]),
  ]);

async function partsOf(rows: readonly BillRow[]) {
  const parts = differenceParts(await matchBill(rows, await ledger(), { priceOf }));
  return parts.map(({ reason, nanoUsd }) => [reason, Number(nanoUsd) / 1e9]);
}

describe('the parts of a difference', () => {
  it.each([
    ['the same cost', [row(10n * USD)], []],
    ['another price', [row(12n * USD)], [['price', 2]]],
    ['more use', [row(20n * USD, { quantity: tokens(2) })], [['use', 10]]],
    [
      'more use at another price',
      [row(24n * USD, { quantity: tokens(2) })],
      [
        ['price', 4],
        ['use', 10],
      ],
    ],
    ['a cost without a quantity', [row(12n * USD, { quantity: undefined })], [['price-or-use', 2]]],
    ['a quantity in thousands', [row(12n * USD, { quantity: tokens(1) / 1000n })], [['price', 2]]],
    [
      'a model that the ledger has not called',
      [row(10n * USD), row(3n * USD, { model: 'gpt-9' })],
      [['unknown-model', 3]],
    ],
    [
      'a meter that it has not used',
      [row(10n * USD), row(3n * USD, { meter: 'Web Searches' })],
      [['not-in-ledger', 3]],
    ],
    [
      'another model alone',
      [row(3n * USD, { model: 'gpt-9' })],
      [
        ['unknown-model', 3],
        ['other-model', -10],
      ],
    ],
    [
      'another meter alone',
      [row(3n * USD, { meter: 'Web Searches' })],
      [
        ['not-in-ledger', 3],
        ['not-on-bill', -10],
      ],
    ],
    [
      'another day alone',
      [row(3n * USD, { startMs: FROM + DAY, endMs: FROM + 2 * DAY })],
      [
        ['not-in-ledger', 3],
        ['outside-bill', -10],
      ],
    ],
    [
      'another model, and searches of no model',
      [row(3n * USD, { model: 'gpt-9' }), row(2n * USD, { model: '', meter: 'Web Searches' })],
      [
        ['unknown-model', 3],
        ['not-in-ledger', 2],
        ['other-model', -10],
      ],
    ],
    ['no costs, the same use', [row(undefined)], []],
    ['no costs, more use', [row(undefined, { quantity: tokens(3) })], [['use', 20]]],
  ] as const)('the difference to a bill with %s has the expected parts', async (_, rows, parts) => {
    expect(await partsOf(rows)).toEqual(parts);
  });

  it('a meter that a row without a model covers on one day may be missing from the bill on another day', async () => {
    const usage = { input: 0, output: 1_000_000, webSearch: 2 };
    const store = await someLedger([
      history('a', 'f', [decided(NOON), priced(NOON, 'mini', { requestId: 'a', usage })]),
    ]);
    const rows = [
      row(USD, { model: 'gpt-9' }),
      row(USD, { model: '', meter: 'Web Searches', startMs: FROM + DAY, endMs: FROM + 2 * DAY }),
    ];
    const parts = differenceParts(await matchBill(rows, store, { priceOf }));
    expect(parts.map(({ reason }) => reason)).toEqual(['unknown-model', 'not-in-ledger', 'other-model', 'not-on-bill']);
  });

  it('a period that is only partly in the range is not compared, and needs no action', async () => {
    const startMs = FROM - 30 * DAY;
    const rows = [row(10n * USD), row(10n * USD, { startMs: FROM + DAY, endMs: FROM + 2 * DAY })];
    const of = async (bill: readonly BillRow[], range: LedgerRange) =>
      differenceParts(await matchBill(bill, await ledger(), { priceOf, ...range })).map(({ reason }) => reason);
    expect(await of(rows.slice(0, 1), { fromMs: NOON - 1 })).toEqual(['other-period', 'outside-bill']);
    expect(await of(rows.slice(0, 1), { toMs: NOON + 1 })).toEqual(['other-period', 'outside-bill']);
    expect(await of(rows, { fromMs: NOON - 1 })).toEqual(['other-period', 'not-in-ledger', 'outside-bill']);
    expect(await of([row(10n * USD, { startMs })], { fromMs: FROM })).toEqual(['other-period', 'outside-bill']);
    // The rest of the bill has that day, and lacks the call.
    const searches = row(USD, { meter: 'Web Searches' });
    expect(await of([row(USD, { startMs }), searches], { fromMs: FROM })).toContain('not-on-bill');
  });

  it('law: the parts add up to bill − ledger, and each part has a listed reason', async () => {
    const store = await someLedger();
    const cost = fc.bigInt({ min: 0n, max: 10n ** 16n });
    const some = fc.record({
      requestId: fc.constantFrom(undefined, 'r1', 'r2', 'r3', 'other'),
      model: fc.constantFrom('mini-1', 'premium-1', 'gpt-9', ''),
      meter: fc.constantFrom('Input Tokens', 'Output Tokens', 'Cache Read Tokens', ''),
      startMs: fc.constantFrom(FROM, FROM + DAY, NOON),
      cost: fc.oneof(cost, fc.constant(undefined)),
      quantity: fc.constantFrom(undefined, tokens(0.001)),
      kind: fc.constantFrom('use', 'tax', 'credit', 'other-key'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(some, { maxLength: 12 }), async rows => {
        const bill = rows.map(
          (each, i): BillRow => ({ ...each, endMs: each.startMs + (i % 2 === 0 ? DAY : 3_600_000) }),
        );
        const matching = await matchBill(bill, store, { priceOf });
        const { billedNanoUsd, ledgerNanoUsd } = totalsOf(matching);
        const parts = differenceParts(matching);
        expect(parts.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)).toBe(billedNanoUsd - ledgerNanoUsd);
        expect(ledgerNanoUsd).toBe(
          someHistories()
            .flatMap(({ records }) => records)
            .reduce((sum, each) => sum + (each.kind === 'attempted' ? BigInt(each.attempt.costNanoUsd) : 0n), 0n),
        );
        for (const { reason } of parts) expect(REASONS).toContain(reason);
      }),
    );
  });

  it('each item is matched, rounded, different, or on one side only', async () => {
    const state = async (rows: readonly BillRow[]) => {
      const { items } = await matchBill(rows, await ledger(), { priceOf });
      return stateOf(items, 0);
    };
    expect(await state([row(10n * USD)])).toBe('matched');
    expect(await state([row((10_004n * USD) / 1000n), row(0n)])).toBe('different');
    expect(await state([row((999n * USD) / 100n)])).toBe('different');
    expect(await state([row(3n * USD, { model: 'gpt-9' })])).toBe('missingInLedger');
    expect(await state([])).toBe('missingInBill');
  });
});
