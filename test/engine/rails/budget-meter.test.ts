import { expect, test } from 'vitest';
import type { BudgetEvent } from '../../../src/config/application.ts';
import type { ResolvedBudget } from '../../../src/config/resolved.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { budgetMeter } from '../../../src/engine/rails/budget-meter.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT_MS = Date.UTC(2026, 10, 22);
const NOON_MS = MIDNIGHT_MS + DAY_MS / 2;

function spending(usd: number, atMs: number, { feature = 'f', intents = 1 } = {}): Cell {
  const key = {
    scope: 'plan',
    feature,
    segment: '',
    subject: 'mini',
    version: '',
    bucket: Math.floor(atMs / BUCKET_MS),
  } as const;
  return { key, sums: { n: BigInt(intents), cost: BigInt(Math.round(usd * 1e9)) } };
}

function meterOf(settings: Partial<ResolvedBudget> = {}) {
  const events: Omit<BudgetEvent, 'feature'>[] = [];
  const meter = budgetMeter(
    { budgetUsd: 100, per: 'day', onLimit: 'alert', expectedIntents: 100, ...settings },
    event => void events.push(event),
  );
  return { meter, events };
}

test('what a period has spent is the exact sum of its plan cells, whoever spent it; other days and node cells do not count', () => {
  const { meter } = meterOf();
  const node: Cell = { ...spending(7, NOON_MS), key: { ...spending(7, NOON_MS).key, scope: 'node' } };
  meter.replace('f', [spending(30, NOON_MS), spending(5, MIDNIGHT_MS - 1), node], NOON_MS);
  meter.apply([spending(2, NOON_MS)], NOON_MS);
  meter.replace('g', [spending(1, NOON_MS, { feature: 'g' })], NOON_MS);
  expect(meter.pacing(NOON_MS).spentUsd).toBe(33);
});

test('80 % and 100 % are told once each a period', () => {
  const { meter, events } = meterOf();
  for (const usd of [79, 2, 3, 17, 50]) meter.apply([spending(usd, NOON_MS)], NOON_MS);
  expect(events.map(event => [event.threshold, event.spentUsd])).toEqual([
    [0.8, 81],
    [1, 101],
  ]);
  meter.apply([spending(90, NOON_MS + DAY_MS)], NOON_MS + DAY_MS);
  expect(events.map(event => [event.threshold, event.periodStartMs])[2]).toEqual([0.8, MIDNIGHT_MS + DAY_MS]);
});

test('spending ahead of the budget has a price, which falls again when spending lags', () => {
  const { meter } = meterOf();
  expect(meter.costMultiplier(NOON_MS)).toBe(1);
  for (let i = 0; i < 20; i++) meter.apply([spending(3, NOON_MS)], NOON_MS);
  const ahead = meter.costMultiplier(NOON_MS);
  expect(ahead).toBeGreaterThan(10);
  for (let i = 0; i < 20; i++) meter.apply([spending(0.01, NOON_MS)], NOON_MS);
  expect(meter.costMultiplier(NOON_MS)).toBeLessThan(ahead);
});

test('a month is a UTC calendar month', () => {
  const { meter } = meterOf({ per: 'month' });
  meter.apply([spending(40, NOON_MS)], NOON_MS);
  expect(meter.pacing(Date.UTC(2026, 10, 30, 23)).spentUsd).toBe(40);
  expect(meter.pacing(Date.UTC(2026, 11, 1)).spentUsd).toBe(0);
});
