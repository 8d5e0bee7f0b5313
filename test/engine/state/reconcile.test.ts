import { expect, test } from 'vitest';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { CachedIntent } from '../../../src/engine/state/intent-cache.ts';
import { intentCache } from '../../../src/engine/state/intent-cache.ts';
import { reconcile } from '../../../src/engine/state/reconcile.ts';
import { attempted, decided, labelled } from './new-records.ts';

const records: readonly LedgerRecord[] = [decided('i'), attempted('i', 1), attempted('i', 2), labelled('i', true)].map(
  (record, revision) => ({ ...record, revision }),
);

/** An entry whose last records were rejected: `told` of them are known to this process's statistics. */
function rejected(pendingFrom: number, told: number): CachedIntent {
  const intent = foldIntent(records);
  if (intent === undefined) throw new Error('no intent');
  const pending = { records: records.slice(pendingFrom), makers: [], told: { intent, records: told } };
  return Object.assign(intentCache(1).entryOf('i'), { intent, pending });
}

const storeOf = (stored: readonly LedgerRecord[]) => ({ store: { load: async () => stored }, dueAtMs: () => null });

test('records that the store has are no longer pending', async () => {
  const entry = rejected(1, 3);
  expect(await reconcile(entry, storeOf(records))).toBe(true);
  expect(entry).toMatchObject({
    pending: undefined,
    stored: { revision: 4 },
    intent: { revision: 4 },
  });
});

test('records that the store does not have stay pending, and those already reported in this process stay reported', async () => {
  const entry = rejected(0, 3);
  expect(await reconcile(entry, storeOf(records.slice(0, 2)))).toBe(true);
  expect(entry).toMatchObject({ stored: { revision: 2 }, intent: { revision: 4 } });
  expect(entry.pending?.records).toEqual(records.slice(2));
  expect(entry.pending?.told?.records).toBe(1);
});

test('records that were not reported in this process stay unreported', async () => {
  const entry = rejected(2, 0);
  const untold = { records: records.slice(2), makers: [] };
  Object.assign(entry, { pending: untold });
  expect(await reconcile(entry, storeOf(records.slice(0, 3)))).toBe(true);
  expect(entry.pending?.records).toEqual(records.slice(3));
  expect(entry.pending?.told).toBeUndefined();
});

test('records whose decision the store does not have must be made again', async () => {
  expect(await reconcile(rejected(1, 3), storeOf([]))).toBe(false);
});

test('an entry without pending records is left alone', async () => {
  const entry = Object.assign(rejected(1, 3), { pending: undefined });
  expect(await reconcile(entry, storeOf([]))).toBe(true);
  expect(entry.intent?.revision).toBe(4);
});
