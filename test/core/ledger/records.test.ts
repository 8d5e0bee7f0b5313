import { describe, expect, test } from 'vitest';
import { appendRecord, foldIntent } from '../../../src/core/ledger/records.ts';
import { AT_MS, attempt, records } from '../support/intents.ts';

describe('foldIntent', () => {
  test('no records are no intent, and an intent begins with its decision', () => {
    expect(foldIntent([])).toBeUndefined();
    const [, attempted] = records(['mini'], { attempts: [attempt('mini', 1)] });
    expect(() => foldIntent([attempted!])).toThrow(TypeError);
  });

  test('the intent holds its attempts and evidence in order, and expects the next revision', () => {
    const intent = foldIntent(
      records(['mini'], {
        attempts: [attempt('mini', 1), attempt('mini', 2)],
        evidence: [{ source: 'implicit', success: true }],
      }),
    );
    expect(intent).toMatchObject({ id: 'i1', revision: 4, outcome: { state: 'success', source: 'implicit' } });
    expect(intent?.attempts.map(({ costNanoUsd }) => costNanoUsd)).toEqual([1, 2]);
  });

  test('an attempt can be replaced by what is known better about it, and only one that there is', () => {
    const [decided, first, second] = records(['mini'], { attempts: [attempt('mini', 1), attempt('mini', 2)] });
    const better = { ...first!, kind: 'attempted', attempt: attempt('mini', 9), replaces: 0, revision: 3 } as const;
    const intent = foldIntent([decided!, first!, second!, better]);
    expect(intent?.attempts.map(({ costNanoUsd }) => costNanoUsd)).toEqual([9, 2]);
    expect(intent?.revision).toBe(4);
    expect(() => foldIntent([decided!, { ...better, revision: 1 }])).toThrow(TypeError);
  });

  test('appending never changes the intent it appends to', () => {
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

describe('when the present outcome was first said', () => {
  const outcomeAtMs = (...evidence: Parameters<typeof records>[1]['evidence'] & object): number | undefined =>
    foldIntent(records(['mini'], { attempts: [attempt('mini', 1)], evidence }))?.outcomeAtMs;

  test('is the first word, not its confirmation', () => {
    expect(outcomeAtMs({ source: 'implicit', success: false }, { source: 'explicit', success: false })).toBe(
      AT_MS + 60_000,
    );
  });

  test('is the correction, when that changes the state', () => {
    expect(outcomeAtMs({ source: 'implicit', success: false }, { source: 'explicit', success: true })).toBe(
      AT_MS + 120_000,
    );
  });

  test('is gone when the word is withdrawn', () => {
    expect(outcomeAtMs({ source: 'explicit', success: false }, { source: 'explicit', success: null })).toBeUndefined();
    expect(outcomeAtMs()).toBeUndefined();
  });
});
