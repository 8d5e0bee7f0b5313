import { expect, test } from 'vitest';
import type { Intent, LedgerRecord } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { contributionDelta } from '../../../src/core/cells/contribution.ts';
import type { PendingRecords, SentChange } from '../../../src/engine/state/pending-records.ts';
import { joined, newsOf, pendingAfter } from '../../../src/engine/state/pending-records.ts';
import { attempted, decided, labelled } from './new-records.ts';

const records: readonly LedgerRecord[] = [decided('i'), attempted('i', 1), attempted('i', 2), labelled('i', true)].map(
  (record, revision) => ({ ...record, revision }),
);
const intentAt = (revision: number) => foldIntent(records.slice(0, revision)) as Intent;
const make = () => [];
const pending: PendingRecords = { records, makers: [make, make, make] };

/** The first `count` records, as two makers made them. */
function sent(count: number): SentChange {
  const change = { intentId: 'i', feature: 'f', expectedRevision: 0, records: records.slice(0, count), delta: [] };
  return { change: { ...change, dueAtMs: null }, intent: intentAt(count), makers: 2 };
}

test('pending records that are joined keep their order, and the mark of those already reported', () => {
  const first: PendingRecords = {
    records: records.slice(0, 1),
    makers: [make],
    told: { intent: intentAt(1), records: 1 },
  };
  const second = { records: records.slice(1), makers: [make, make] };
  expect(joined(first, second)).toEqual({ ...pending, told: first.told });
  expect(joined(undefined, second)).toBe(second);
});

test('after a change is in the store, only the records after it and the functions that make them are pending', () => {
  expect(pendingAfter(pending, sent(4))).toBeUndefined();
  expect(pendingAfter(pending, sent(3))).toEqual({ records: records.slice(3), makers: [make] });
});

test.each([
  [3, undefined],
  [4, { intent: intentAt(4), records: 1 }],
])('with %i records reported, those after the change still count as reported', (told, left) => {
  const before = { ...pending, told: { intent: intentAt(told), records: told } };
  expect(pendingAfter(before, sent(3))?.told).toEqual(left);
});

test('`newsOf` returns the records that were not reported yet, and the change of the statistics since the last report', () => {
  const intent = intentAt(4);
  expect(newsOf(pending, { intent, stored: undefined })).toEqual({
    intent,
    records,
    delta: contributionDelta(undefined, intent),
  });
  const told = { ...pending, told: { intent: intentAt(3), records: 3 } };
  expect(newsOf(told, { intent, stored: undefined })).toEqual({
    intent,
    records: records.slice(3),
    delta: contributionDelta(intentAt(3), intent),
  });
});
