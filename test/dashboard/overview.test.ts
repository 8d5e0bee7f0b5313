import { expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { memory } from '../../src/stores/memory.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 27, 12);

test('every figure of the overview covers the period, and the trends equal those of a report against the earlier period', async () => {
  const store = memory();
  await writeLedger(store, { intents: 2_000, seed: 1, fromMs: NOW - 20 * DAY_MS, toMs: NOW });
  const view = ledgerView({ store, nowMs: () => NOW, elapsedMs: () => 0 });
  const week = await view.overview({ name: '7d', isCompared: true });
  const fromMs = NOW - 6.5 * DAY_MS;
  const report = await reportOf(store, { nowMs: NOW, period: { fromMs } });
  expect(week.shown).toEqual({
    name: '7d',
    fromMs,
    before: { fromMs: fromMs - 7 * DAY_MS, toMs: NOW - 7 * DAY_MS },
  });
  expect(week.intents).toBe(report.intents);
  expect(week.totalUsd).toBe(report.totalUsd);
  const earlier = await reportOf(store, {
    nowMs: NOW,
    period: { fromMs: fromMs - 7 * DAY_MS, toMs: NOW - 7 * DAY_MS },
  });
  for (const { feature, trend } of week.features) {
    const intents = trend?.intents ?? { now: 0, before: 0 };
    expect(intents.now).toBe(report.features.find(each => each.feature === feature)?.intents);
    expect(intents.before).toBe(earlier.features.find(each => each.feature === feature)?.intents);
  }
  const all = await view.overview();
  expect(all.intents).toBeGreaterThan(2 * week.intents);
  expect(all.features.some(({ trend }) => trend !== undefined)).toBe(false);
});
