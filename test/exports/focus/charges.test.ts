import { describe, expect, it } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { Charge } from '../../../src/exports/focus/charges.ts';
import { chargesOf, ledgerCharges } from '../../../src/exports/focus/charges.ts';
import { attempted, changesOf, decided, history, HOUR, NOON } from '../../stores/histories.ts';
import { costOf, priceOf, someHistories, someLedger, spentBy } from '../bill/bills.ts';

async function all(range = {}): Promise<readonly Charge[]> {
  const charges: Charge[] = [];
  for await (const batch of ledgerCharges(await someLedger(), priceOf, range)) charges.push(...batch);
  return charges;
}

function one(id: string): readonly Charge[] {
  const found = someHistories().find(({ intentId }) => intentId === id);
  const intent = foldIntent(found?.records ?? []);
  if (intent === undefined) throw new Error(`no intent ${id}`);
  return intent.attempts.flatMap(attempt => chargesOf(intent, attempt, priceOf));
}

describe('the ledger as charges', () => {
  it('law: they add up to what the ledger says was spent, whatever the prices explain of it', async () => {
    expect(costOf(await all())).toBe(spentBy(someHistories()));
    const unpriced: Charge[] = [];
    for await (const batch of ledgerCharges(await someLedger(), () => undefined)) unpriced.push(...batch);
    expect(costOf(unpriced)).toBe(spentBy(someHistories()));
    expect(new Set(unpriced.map(({ kind }) => kind))).toEqual(new Set(['request']));
  });

  it('has one charge for each meter that counted something, at the tier the call had', () => {
    const charges = one('cached');
    const lines = charges.map(charge => (charge.kind === 'meter' ? charge.line : undefined));
    const meters = ['input', 'cacheRead', 'cacheWrite5m', 'output', 'webSearch'];
    expect(lines.map(line => line?.meter)).toEqual([...meters, ...meters]);
    expect(lines[5]?.rate).toBe(2 * (lines[0]?.rate ?? 0));
  });

  it('charges an own cost by the request, a GPU by its time, and a call that never was not at all', () => {
    expect(one('own-cost')).toMatchObject([{ kind: 'request', costNanoUsd: 123 }]);
    expect(one('local')).toMatchObject([{ kind: 'meter', line: { meter: 'gpuMs', quantity: 1234 } }]);
    expect(one('unreachable')).toEqual([]);
  });

  it('keeps what today’s prices do not explain apart', () => {
    const [input, output, adjustment] = one('repriced');
    const lines = (input?.costNanoUsd ?? 0) + (output?.costNanoUsd ?? 0);
    expect(adjustment).toMatchObject({ kind: 'adjustment', costNanoUsd: 1_000_000 - lines });
  });

  it('takes attempts by when they started, though the ledger heard of them when they ended', async () => {
    const ids = async (fromMs: number, toMs: number): Promise<readonly string[]> => [
      ...new Set((await all({ fromMs, toMs })).map(charge => charge.attempt.requestId)),
    ];
    expect(await ids(NOON + HOUR - 1, NOON + HOUR)).toEqual(['r2']);
    expect(await ids(NOON + HOUR, NOON + HOUR + 6)).toEqual(['r3']);
    expect(await all({ feature: 'none' })).toEqual([]);
  });

  it('reads large ledgers in batches, and each charge knows its intent’s outcome', async () => {
    const store = await someLedger([]);
    for (let i = 0; i < 600; i++)
      for (const change of changesOf(history(`intent-${i}`, 'support', [decided(NOON), attempted(NOON)])))
        await store.commit(change);
    const sizes: number[] = [];
    for await (const batch of ledgerCharges(store, () => undefined)) sizes.push(batch.length);
    expect(sizes).toEqual([256, 256, 88]);
    expect((await all()).find(charge => charge.intent.id === 'cached')?.intent.outcome.state).toBe('failure');
  });
});
