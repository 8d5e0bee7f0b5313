import { expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { memory } from '../../src/stores/memory.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 27, 12);

async function viewOf(hours: number) {
  const store = memory();
  await writeLedger(store, { intents: 1_600, seed: 1, fromMs: NOW - hours * HOUR_MS, toMs: NOW });
  return ledgerView({ store, nowMs: () => NOW, elapsedMs: () => 0 });
}

test('the first hour of a feature is shown in steps of five minutes, and every intent and plan is in one of them', async () => {
  const { report } = await (await viewOf(1)).feature('support.reply');
  const { widthMs, steps } = report.history;
  expect(widthMs).toBe(300_000);
  expect(steps).toHaveLength(12);
  expect(steps[0]?.fromMs).toBe(NOW - HOUR_MS);
  expect(steps.reduce((sum, { intents }) => sum + intents, 0)).toBe(report.intents);
  expect(steps.reduce((sum, { labelled }) => sum + labelled, 0)).toBe(report.labelled);
  for (const { plan, n } of report.plans) expect(steps.reduce((sum, { plans }) => sum + (plans[plan] ?? 0), 0)).toBe(n);
});

test('a feature with more than an hour of intents is shown in steps of an hour or longer', async () => {
  const { report } = await (await viewOf(12)).feature('support.reply');
  expect(report.history.widthMs).toBe(HOUR_MS);
});
