import { describe, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { NOT_RETRIEVED } from '../../src/core/ledger/vocabulary.ts';
import { attempt } from '../core/support/intents.ts';
import { storeWith } from '../engine/state/stored.ts';
import { auditSample, isDrawn, recordAudit } from '../../src/analysis/audit.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { Store } from '../../src/contracts/store.ts';

const TO_MS = 1_800_000_000_000;
const FEATURE = 'support.reply';

async function ledger(intents = 400): Promise<Store> {
  const store = memory();
  await writeLedger(store, { intents, seed: 3, fromMs: TO_MS - 9 * 86_400_000, toMs: TO_MS });
  return store;
}

describe('auditSample', () => {
  test('the drawn fraction is close to the requested one, and a larger fraction contains a smaller sample', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `intent-${i}`);
    const drawn = ids.filter(id => isDrawn(id, 0.05));
    // Within one standard deviation (31) of 1,000.
    expect(drawn).toHaveLength(976);
    expect(drawn.every(id => isDrawn(id, 0.2))).toBe(true);
  });

  test('every read gives the same sample, without the intents that have been labelled since', async () => {
    const store = await ledger();
    const first = await auditSample(store, { feature: FEATURE, fraction: 0.2 });
    expect(first).toMatchObject({ intents: 180, audited: 0 });
    expect(first.unlabelled).toHaveLength(first.drawn);
    const [item] = first.unlabelled;
    if (item === undefined) return expect.unreachable();
    await recordAudit(store, { intentId: item.intentId, success: true, nowMs: TO_MS });
    const second = await auditSample(store, { feature: FEATURE, fraction: 0.2 });
    expect(second).toEqual({ ...first, audited: 1, unlabelled: first.unlabelled.slice(1) });
  });

  test('the sample respects the period and the limit', async () => {
    const store = await ledger();
    const all = await auditSample(store, { feature: FEATURE, fraction: 1 });
    const late = await auditSample(store, { feature: FEATURE, fraction: 1, fromMs: TO_MS - 3 * 86_400_000, limit: 5 });
    expect(late.intents).toBeLessThan(all.intents / 2);
    expect(late.unlabelled).toEqual(all.unlabelled.slice(0, 5));
    const read = await auditSample(store, { feature: FEATURE, fraction: 1, maxDrawn: 7 });
    expect(read).toMatchObject({ intents: all.intents, drawn: 7, unlabelled: all.unlabelled.slice(0, 7) });
  });

  test('an audit item shows neither plan nor model nor cost nor other evidence', async () => {
    const [item] = (await auditSample(await ledger(), { feature: FEATURE, fraction: 1 })).unlabelled;
    expect(Object.keys(item ?? {}).sort()).toEqual(['decidedAtMs', 'feature', 'intentId']);
  });

  test('an intent without a reply is not drawn, nor is one whose reply was not retrieved yet', async () => {
    const store = await storeWith([
      {
        plan: ['mini', 'premium'],
        attempts: [
          attempt('mini', 1_000),
          attempt('mini>premium', 2_000),
          attempt('premium', 4_000, { turn: 2, requestId: 'r2' }),
          attempt('opus', 8_000, { kind: 'judge', turn: 2, requestId: 'r2' }),
          attempt('mini', 0, { kind: 'retry', turn: 2, requestId: 'r2', status: 'aborted' }),
        ],
      },
      { attempts: [attempt('mini', 0, { status: 'aborted' })] },
      { attempts: [attempt('mini', 0, { unpriced: [NOT_RETRIEVED] })] },
    ]);
    const sample = await auditSample(store, { feature: 'f', fraction: 1 });
    expect(sample).toMatchObject({ intents: 3, drawn: 1, audited: 0 });
    expect(sample.unlabelled).toMatchObject([{ intentId: 'i0' }]);
  });

  test('an intent whose audit label was withdrawn is unlabelled again', async () => {
    const store = await ledger();
    const before = await auditSample(store, { feature: FEATURE, fraction: 0.2 });
    const intentId = before.unlabelled[0]?.intentId ?? '';
    for (const success of [true, null]) await recordAudit(store, { intentId, success, nowMs: TO_MS });
    expect(await auditSample(store, { feature: FEATURE, fraction: 0.2 })).toEqual(before);
  });

  test('a fraction outside (0, 1] is refused', async () => {
    for (const fraction of [0, -0.1, 1.01, Number.NaN]) {
      await expect(auditSample(memory(), { feature: FEATURE, fraction })).rejects.toMatchObject({
        code: 'invalid-value',
        path: 'fraction',
      });
    }
  });
});

describe('recordAudit', () => {
  test('a label outranks other evidence, counts in the next report, and can be withdrawn', async () => {
    const store = await ledger();
    const before = await reportOf(store, { nowMs: TO_MS, features: [FEATURE] });
    const ids = (await store.intents({ feature: FEATURE, limit: 999 })).slice(0, 60);
    const successes: string[] = [];
    for (const id of ids) if (foldIntent(await store.load(id))?.outcome.state === 'success') successes.push(id);
    for (const intentId of successes.slice(0, 20)) {
      expect(await recordAudit(store, { intentId, success: false, nowMs: TO_MS })).toMatchObject({
        state: 'failure',
        source: 'audit',
      });
    }
    const after = await reportOf(store, { nowMs: TO_MS, features: [FEATURE] });
    expect(after.features[0]?.failures).toBe((before.features[0]?.failures ?? 0) + 20);
    expect(after.features[0]?.audit).toMatchObject({ audited: 20, agreed: 0 });
    // All twenty audited labels were wrong, so the labels without an audit are trusted as little.
    expect(after.features[0]?.success.value).toBeLessThan((before.features[0]?.success.value ?? 0) - 0.2);
    for (const intentId of successes.slice(0, 20)) await recordAudit(store, { intentId, success: null, nowMs: TO_MS });
    expect((await reportOf(store, { nowMs: TO_MS, features: [FEATURE] })).features).toEqual(before.features);
  });

  test('a labelled intent is no longer due to be labelled by silence', async () => {
    const store = await storeWith([{ evidence: [] }]);
    await recordAudit(store, { intentId: 'i0', success: true, nowMs: TO_MS });
    expect(await store.claimDue(Number.MAX_SAFE_INTEGER, 10, 0)).toEqual([]);
  });

  test('a label that is given twice is written once, and the statistics still equal those rebuilt from the ledger', async () => {
    const store = await ledger();
    const [id = ''] = await store.intents({ feature: FEATURE, limit: 1 });
    await recordAudit(store, { intentId: id, success: true, nowMs: TO_MS });
    const { length } = await store.load(id);
    await recordAudit(store, { intentId: id, success: true, nowMs: TO_MS + 1 });
    expect(await store.load(id)).toHaveLength(length);
    expect((await rebuildCells(store, FEATURE)).corrected).toBe(0);
  });

  test('two auditors who label the same intent at once are both recorded, one after the other', async () => {
    const store = await ledger();
    const [id = ''] = await store.intents({ feature: FEATURE, limit: 1 });
    await Promise.all([true, false].map(success => recordAudit(store, { intentId: id, success, nowMs: TO_MS })));
    const intent = foldIntent(await store.load(id));
    expect(intent?.evidence.filter(({ source }) => source === 'audit')).toHaveLength(2);
    expect((await rebuildCells(store, FEATURE)).corrected).toBe(0);
  });

  test('anything but true, false and null is refused and not written', async () => {
    const store = await ledger();
    const [intentId = ''] = await store.intents({ feature: FEATURE, limit: 1 });
    const before = await store.load(intentId);
    for (const success of ['toString', 1, undefined, Object.prototype.toString]) {
      // As a script without types would call it.
      const label = recordAudit(store, { intentId, success: success as unknown as boolean, nowMs: TO_MS });
      await expect(label).rejects.toMatchObject({ code: 'invalid-value', path: 'success' });
    }
    expect(await store.load(intentId)).toEqual(before);
  });

  test('a label of an unknown intent is refused', async () => {
    await expect(recordAudit(memory(), { intentId: 'x', success: true, nowMs: 0 })).rejects.toMatchObject({
      code: 'unknown-intent',
      path: 'intentId',
    });
  });
});
