import { describe, expect, test } from 'vitest';
import { appendRecord, foldIntent } from '../../../src/core/ledger/records.ts';
import { AT_MS, attempt, records } from '../support/intents.ts';

describe('foldIntent', () => {
  test('no records give no intent, and a first record that is not a decision is an error', () => {
    expect(foldIntent([])).toBeUndefined();
    const [, attempted] = records(['mini'], { attempts: [attempt('mini', 1)] });
    expect(() => foldIntent([attempted!])).toThrow(TypeError);
  });

  test('the intent has its attempts and evidence in order, and the revision of the next record', () => {
    const intent = foldIntent(
      records(['mini'], {
        attempts: [attempt('mini', 1), attempt('mini', 2)],
        evidence: [{ source: 'implicit', success: true }],
      }),
    );
    expect(intent).toMatchObject({ id: 'i1', revision: 4, outcome: { state: 'success', source: 'implicit' } });
    expect(intent?.attempts.map(({ costNanoUsd }) => costNanoUsd)).toEqual([1, 2]);
  });

  test('a later decision replaces the first, and keeps the attempts and the evidence', () => {
    const all = records(['mini'], {
      attempts: [attempt('mini', 1)],
      evidence: [{ source: 'explicit', success: true }],
    });
    const [first] = all;
    if (first?.kind !== 'decided') return expect.unreachable();
    const later = { ...first, revision: 3, segment: 'long' };
    const before = foldIntent(all);
    expect(foldIntent([...all, later])).toEqual({ ...before, decided: later, revision: 4 });
  });

  test('a corrected attempt replaces the attempt at its index, and is an error where there is none', () => {
    const [decided, first, second] = records(['mini'], { attempts: [attempt('mini', 1), attempt('mini', 2)] });
    const corrected = { ...first!, kind: 'attempted', attempt: attempt('mini', 9), replaces: 0, revision: 3 } as const;
    const intent = foldIntent([decided!, first!, second!, corrected]);
    expect(intent?.attempts.map(({ costNanoUsd }) => costNanoUsd)).toEqual([9, 2]);
    expect(intent?.revision).toBe(4);
    expect(() => foldIntent([decided!, { ...corrected, revision: 1 }])).toThrow(TypeError);
  });

  test('appendRecord leaves the intent that it is given unchanged', () => {
    const all = records(['mini'], {
      attempts: [attempt('mini', 1)],
      evidence: [{ source: 'explicit', success: true }],
    });
    const before = foldIntent(all.slice(0, 2))!;
    const copy = structuredClone(before);
    appendRecord(before, all[2]!);
    expect(before).toEqual(copy);
  });
});

describe('outcomeAtMs', () => {
  const outcomeAtMs = (...evidence: Parameters<typeof records>[1]['evidence'] & object): number | undefined =>
    foldIntent(records(['mini'], { attempts: [attempt('mini', 1)], evidence }))?.outcomeAtMs;

  test('an outcome has the time of its first evidence, not of a later confirmation', () => {
    expect(outcomeAtMs({ source: 'implicit', success: false }, { source: 'explicit', success: false })).toBe(
      AT_MS + 60_000,
    );
  });

  test('a correction that changes the state gives the outcome its own time', () => {
    expect(outcomeAtMs({ source: 'implicit', success: false }, { source: 'explicit', success: true })).toBe(
      AT_MS + 120_000,
    );
  });

  test('an intent whose evidence is withdrawn has no outcome time', () => {
    expect(outcomeAtMs({ source: 'explicit', success: false }, { source: 'explicit', success: null })).toBeUndefined();
    expect(outcomeAtMs()).toBeUndefined();
  });
});
