import { describe, expect, it } from 'vitest';
import type { LedgerRange, LedgerSource } from '../../../src/contracts/ledger-source.ts';
import { takeCharges } from '../../../src/exports/bill/ledger-use.ts';
import { ledgerCharges } from '../../../src/exports/focus/charges.ts';
import { attempted, commitAll, decided, history, HOUR, NOON } from '../../stores/histories.ts';
import { costOf, priced, priceOf, someHistories, someLedger, spentBy } from './bills.ts';

/** Cost per request id that is left when everything is taken. */
async function taken(source: LedgerSource, range: LedgerRange = {}): Promise<Record<string, number>> {
  const costs: Record<string, number> = {};
  await takeCharges(source, { priceOf, ...range }, ({ attempt: { requestId }, costNanoUsd }, sign) => {
    costs[requestId] = (costs[requestId] ?? 0) + sign * costNanoUsd;
  });
  return costs;
}

const sumOf = (costs: Record<string, number>): bigint =>
  Object.values(costs).reduce((sum, cost) => sum + BigInt(cost), 0n);

/** An intent of three calls; the first is replaced twice. */
async function corrected() {
  const store = await someLedger([]);
  const turn = (hour: number, costNanoUsd: number) =>
    priced(NOON + hour * HOUR, 'tool', { requestId: `r${hour}`, usage: {}, costNanoUsd });
  const again = (costNanoUsd: number) => ({ ...turn(0, costNanoUsd), replaces: 0 });
  await commitAll(store, [
    history('a', 'support', [decided(NOON), turn(0, 10), turn(1, 20), again(30), turn(2, 40), again(50)]),
  ]);
  return store;
}

describe('billed usage of the ledger, read without its intents', () => {
  it('law: the amounts that are read equal the ledger’s spend, and the charges of the same range', async () => {
    const store = await someLedger();
    expect(sumOf(await taken(store))).toBe(spentBy(someHistories()));
    for (const range of [{ toMs: NOON + HOUR }, { fromMs: NOON + HOUR }, { feature: 'support' }, { feature: 'none' }]) {
      const charges = (await Array.fromAsync(ledgerCharges(store, priceOf, range))).flat();
      expect(sumOf(await taken(store, range)), JSON.stringify(range)).toBe(costOf(charges));
    }
  });

  it('law: a corrected attempt counts only with its last correction, in the hour in which it started', async () => {
    const store = await corrected();
    expect(await taken(store)).toEqual({ r0: 50, r1: 20, r2: 40 });
    for (const [hour, cost] of [50, 20, 40].entries()) {
      const range = { fromMs: NOON + hour * HOUR, toMs: NOON + (hour + 1) * HOUR };
      expect(await taken(store, range)).toEqual({ [`r${hour}`]: cost });
    }
  });

  it('no intent is loaded if no attempt was corrected', async () => {
    const store = await someLedger([]);
    await commitAll(store, [history('a', 'support', [decided(NOON), attempted(NOON)])]);
    const load = (): never => {
      throw new Error('loaded');
    };
    expect(Object.keys(await taken({ ...store, load }))).toHaveLength(1);
  });

  it('a correction of an intent that is removed during the read is left out', async () => {
    const store = await corrected();
    expect(await taken({ ...store, load: async () => [] })).toEqual({ r0: 10, r1: 20, r2: 40 });
  });
});
