import { expect, test } from 'vitest';
import { auditSample, recordAudit } from '../../src/analysis/audit.ts';
import { raterAgreement } from '../../src/analysis/rater-agreement.ts';
import { storeWith } from '../engine/state/stored.ts';

const NOW_MS = 1_900_000_000_000;

test('two raters label the same sample without seeing each other’s labels, and their kappa covers the intents that both labelled', async () => {
  const store = await storeWith(Array.from({ length: 60 }, () => ({})));
  const ids = (await store.intents({ feature: 'f', limit: 60 })).toSorted();
  // 20 both yes, 5 ann alone, 10 bob alone, 15 both no: the published example, whose kappa is 0.4. Ann labels ten more.
  for (const [i, intentId] of ids.entries()) {
    await recordAudit(store, { intentId, success: i < 25 || i >= 50, nowMs: NOW_MS, rater: 'ann' });
    if (i < 50) await recordAudit(store, { intentId, success: i < 20 || i >= 40, nowMs: NOW_MS, rater: 'bob' });
  }
  const [pair, ...others] = await raterAgreement(store, { feature: 'f' });
  expect(others).toEqual([]);
  expect(pair).toMatchObject({ raters: ['ann', 'bob'], intents: 50, same: 0.7 });
  expect(pair?.kappa.value).toBeCloseTo(0.4, 12);
  const sample = async (rater?: string) =>
    (await auditSample(store, { feature: 'f', fraction: 1, ...(rater === undefined ? {} : { rater }) })).audited;
  expect([await sample('ann'), await sample('bob'), await sample('eve'), await sample()]).toEqual([60, 50, 0, 60]);
});

test('a label that one rater withdraws or repeats does not affect the others’ labels', async () => {
  const store = await storeWith([{}, {}]);
  const label = async (intentId: string, rater: string, success: boolean | null) =>
    recordAudit(store, { intentId, success, nowMs: NOW_MS, rater });
  await label('i0', 'ann', true);
  await label('i0', 'bob', true);
  await label('i0', 'ann', true);
  expect((await store.load('i0')).filter(({ kind }) => kind === 'labelled' || kind === 'corrected')).toHaveLength(2);
  await label('i0', 'ann', null);
  expect(await raterAgreement(store, { feature: 'f' })).toEqual([]);
});
