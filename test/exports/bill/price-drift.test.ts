import { expect, test } from 'vitest';
import { matchBill } from '../../../src/exports/bill/match-bill.ts';
import { priceDrift } from '../../../src/exports/bill/price-drift.ts';
import { decided, history, NOON } from '../../stores/histories.ts';
import { priced, priceOf, someLedger } from './bills.ts';

test('costs that differ only by rounding are not price drift, and a higher price is', async () => {
  const store = await someLedger([
    history('a', 'f', [decided(NOON), priced(NOON, 'premium', { requestId: 'a', usage: { output: 1_000_100 } })]),
  ]);
  const drift = async (cost: bigint) => {
    const row = { requestId: 'a', model: 'premium-1', meter: 'Output Tokens', startMs: NOON, cost };
    return priceDrift(await matchBill([{ ...row, quantity: 1_000_100n * 10n ** 18n }], store, { priceOf }));
  };
  expect(await drift(10n * 10n ** 18n)).toEqual([]);
  expect(await drift(11n * 10n ** 18n)).toMatchObject([{ quantityRatio: 1, billedNanoUsd: 11n * 10n ** 9n }]);
});
