import { expect, test } from 'vitest';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import type { FakeProvider } from '../../src/public/testing.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { INTENT_HEADER } from './application.ts';
import { books } from './books.ts';
import { faultsOf } from './verdict.ts';

const UNANSWERED: Partial<Attempt> = { status: 'timeout', provenance: 'estimated', usage: { input: 10, output: 0 } };

/** The faults of a ledger with these attempts of each intent, where the provider charges 100 nUSD for each request that is listed. */
async function faults(
  ledger: Readonly<Record<string, readonly Partial<Attempt>[]>>,
  billed: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const store = memory();
  for (const [intentId, attempts] of Object.entries(ledger)) {
    const fact = { intentId, feature: 'f', atMs: 1_000 };
    const decision = { plan: ['mini'], propensity: 1, eligible: ['mini'], policy: 'fixed', reason: '' };
    const records: LedgerRecord[] = [
      { ...fact, kind: 'decided', revision: 0, segment: '', decision, failureCostNanoUsd: 0, versions: {} },
    ];
    for (const each of attempts) {
      const attempt: Attempt = {
        kind: 'first',
        requestId: 'own',
        turn: 1,
        model: 'mini',
        node: 'mini',
        providerModel: 'mini-1',
        startedAtMs: 0,
        latencyMs: 1,
        status: 'ok',
        usage: { input: 10, output: 10 },
        provenance: 'reported',
        costNanoUsd: 100,
        ...each,
      };
      records.push({ ...fact, kind: 'attempted', revision: records.length, attempt });
    }
    await store.commitAll([{ intentId, feature: 'f', expectedRevision: 0, records, delta: [], dueAtMs: null }]);
  }
  await rebuildCells(store, 'f');
  const ids = Object.keys(billed);
  const provider = {
    bill: () => ({
      requests: ids.map(requestId => ({ requestId, costNanoUsd: 100n })),
      totalNanoUsd: 100n * BigInt(ids.length),
    }),
    requests: () => ids.map(requestId => ({ requestId, headers: { [INTENT_HEADER]: billed[requestId] } })),
  } as unknown as FakeProvider;
  const balance = await books(store, provider)();
  // `estimated` is 0, because another test is about too many estimates.
  return faultsOf({ ...balance, estimated: 0, hour: 1, processes: [], spooledBytes: 0, overdue: 0, pruned: 0 });
}

const whole = { a: [{ providerRequestId: 'r1' }, { providerRequestId: 'r2' }] };

test('a bill is balanced if each exchange has an attempt with the same cost', async () => {
  expect(await faults(whole, { r1: 'a', r2: 'a' })).toEqual([]);
  expect(await faults({ a: [{ providerRequestId: 'r1', costNanoUsd: 90 }] }, { r1: 'a' })).not.toEqual([]);
});

test('an exchange that was charged and never answered needs an attempt of its own intent that is marked as unanswered', async () => {
  const late = { ...whole, b: [{ ...UNANSWERED, costNanoUsd: 30 }] };
  expect(await faults(late, { r1: 'a', r2: 'a', r3: 'b' })).toEqual([]);
  const missing = ['the ledger and the bill differ by -100 nUSD', '1 exchanges of the bill are in no ledger record'];
  expect(await faults(whole, { r1: 'a', r2: 'a', r3: 'b' })).toEqual(missing);
  // That of another intent, or of another exchange, does not count for it.
  expect(await faults(late, { r1: 'a', r2: 'a', r3: 'c' })).toEqual(missing);
  expect(await faults(late, { r1: 'a', r2: 'a', r3: 'b', r4: 'b' })).toEqual([
    'the ledger and the bill differ by -200 nUSD',
    '2 exchanges of the bill are in no ledger record',
  ]);
});

test('only an attempt that was ended early may differ in cost from the bill, and must say that its cost is an estimate', async () => {
  const cut = { providerRequestId: 'r1', status: 'aborted', httpStatus: 200, costNanoUsd: 70 } as const;
  expect(await faults({ a: [{ ...cut, provenance: 'estimated' }] }, { r1: 'a' })).toEqual([]);
  for (const wrong of [{ ...cut }, { ...cut, provenance: 'estimated', status: 'ok' } as const])
    expect((await faults({ a: [wrong] }, { r1: 'a' })).join()).toContain('the bill says 100 nUSD');
});
