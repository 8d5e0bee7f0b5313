import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../../src/core/ledger/record-versions.ts';
import { formerKind, readRecord, upgradeRecord } from '../../../src/core/ledger/record-versions.ts';
import { attempt, records } from '../support/intents.ts';

const today = records(['mini'], {
  attempts: [attempt('mini', 1)],
  evidence: [
    { source: 'implicit', success: true },
    { source: 'explicit', success: false },
  ],
});

describe('upgradeRecord', () => {
  test('the first evidence of version 1, of kind `settled`, becomes `labelled` and keeps everything else', () => {
    const older = today.map(
      (record): StoredRecord => (record.kind === 'labelled' ? { ...record, kind: 'settled' } : record),
    );
    expect(older.map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'settled', 'corrected']);
    expect(older.map(upgradeRecord)).toEqual(today);
  });

  test('invalid counts that earlier versions kept are left out', () => {
    const stored = (usage: object): StoredRecord =>
      ({ ...today[1], attempt: attempt('mini', 1, { usage }) }) as StoredRecord;
    const upgraded = upgradeRecord(stored({ input: null, cacheRead: -5, webSearch: 1.5, output: 10, reasoning: 0 }));
    expect(upgraded).toEqual(stored({ output: 10, reasoning: 0 }));
    // A value that no version wrote is kept, so that the reader refuses it.
    for (const record of [stored({ input: '5' }), stored('text' as never), { ...today[1], attempt: undefined }])
      expect(upgradeRecord(record as StoredRecord)).toBe(record);
  });

  test('a record of the present version is returned as it is', () => {
    for (const record of today) expect(upgradeRecord(record)).toBe(record);
  });
});

test('formerKind gives, for every kind, the former kind that upgradeRecord converts to it', () => {
  for (const record of today) {
    const { kind } = record;
    const former = formerKind(kind);
    expect(former).toBe(kind === 'labelled' ? 'settled' : undefined);
    if (former !== undefined) expect(upgradeRecord({ ...record, kind: former } as StoredRecord).kind).toBe(kind);
  }
});

test('readRecord returns records of every version and kind, and nothing for a value that is not a record', () => {
  expect(today.map(record => readRecord(record))).toEqual(today);
  expect(readRecord({ ...today[2], kind: 'settled' })).toEqual(today[2]);
  const bodiless = { ...today[1], attempt: null };
  for (const other of [
    undefined,
    null,
    5,
    'text',
    {},
    { kind: 'forgotten' },
    { ...today[0], kind: 'labelled' },
    bodiless,
  ])
    expect(readRecord(other)).toBeUndefined();
});
