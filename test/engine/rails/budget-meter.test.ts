import { expect, test } from 'vitest';
import type { BudgetEvent } from '../../../src/config/budget-config.ts';
import type { ResolvedBudget } from '../../../src/config/resolved.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';
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

const DEFAULTS: ResolvedBudget = { budgetUsd: 100, per: 'day', onLimit: 'alert', expectedIntents: 100 };

function meterOf(settings: Partial<ResolvedBudget> = {}) {
  const events: Omit<BudgetEvent, 'feature'>[] = [];
  const meter = budgetMeter({ ...DEFAULTS, ...settings }, event => void events.push(event));
  return { meter, events };
}

test('a period’s spend is the exact sum of its plan cells over all features; other days and node cells do not count', () => {
  const { meter } = meterOf();
  const node: Cell = { ...spending(7, NOON_MS), key: { ...spending(7, NOON_MS).key, scope: 'node' } };
  meter.add([spending(30, NOON_MS), spending(5, MIDNIGHT_MS - 1), node], NOON_MS);
  meter.apply([spending(2, NOON_MS)], NOON_MS);
  meter.add([spending(1, NOON_MS, { feature: 'g' })], NOON_MS);
  expect(meter.pacing(NOON_MS)).toMatchObject({ spentUsd: 33, intents: 3 });
});

test('spend at the first moment of a period counts, and spend of the hour before does not', () => {
  const { meter } = meterOf();
  meter.apply([spending(3, MIDNIGHT_MS), spending(4, MIDNIGHT_MS - BUCKET_MS)], MIDNIGHT_MS);
  expect(meter.pacing(MIDNIGHT_MS).spentUsd).toBe(3);
});

test('spend of other processes counts at once, does not change the cost multiplier, and its thresholds are reported once all of it is added', () => {
  const { meter, events } = meterOf();
  const { lambda } = meter.pacing(NOON_MS);
  meter.add([spending(85, NOON_MS)], NOON_MS);
  meter.add([spending(-1, NOON_MS), spending(17, NOON_MS, { feature: 'g' })], NOON_MS);
  expect(meter.pacing(NOON_MS)).toMatchObject({ spentUsd: 101, lambda });
  expect(events).toEqual([]);
  meter.tell();
  meter.tell();
  expect(events.map(({ threshold, spentUsd }) => [threshold, spentUsd])).toEqual([
    [0.8, 101],
    [1, 101],
  ]);
});

test('spend of the next period, recorded by a clock that is ahead, counts in that period', () => {
  const { meter } = meterOf();
  const tomorrow = MIDNIGHT_MS + DAY_MS;
  meter.add([spending(3, tomorrow), spending(4, NOON_MS)], NOON_MS);
  meter.add([spending(1, tomorrow)], tomorrow);
  expect(meter.pacing(tomorrow)).toMatchObject({ spentUsd: 4, intents: 2 });
});

test('`onBudget` fires once per period at 80 % and at 100 %', () => {
  const { meter, events } = meterOf();
  for (const usd of [79, 2, 3, 17, 50]) meter.apply([spending(usd, NOON_MS)], NOON_MS);
  expect(events).toEqual([
    { threshold: 0.8, spentUsd: 81, budgetUsd: 100, per: 'day', periodStartMs: MIDNIGHT_MS },
    { threshold: 1, spentUsd: 101, budgetUsd: 100, per: 'day', periodStartMs: MIDNIGHT_MS },
  ]);
  meter.add([spending(-91, NOON_MS)], NOON_MS);
  meter.tell();
  meter.add([spending(91, NOON_MS)], NOON_MS);
  meter.tell();
  expect(events).toHaveLength(2);
  meter.apply([spending(90, NOON_MS + DAY_MS)], NOON_MS + DAY_MS);
  expect(events.slice(2)).toMatchObject([{ threshold: 0.8, periodStartMs: MIDNIGHT_MS + DAY_MS }]);
});

test('`onBudget` fires at exactly 80 % and 100 %, for both when one commit spends it all', () => {
  const { meter, events } = meterOf();
  meter.apply([spending(80, NOON_MS)], NOON_MS);
  expect(events.map(({ threshold }) => threshold)).toEqual([0.8]);
  const other = meterOf();
  other.meter.apply([spending(100, NOON_MS)], NOON_MS);
  expect(other.events.map(({ threshold }) => threshold)).toEqual([0.8, 1]);
});

test('the cost multiplier rises while spend is ahead of the budget and falls again when spend lags behind', () => {
  const { meter } = meterOf();
  expect(meter.costMultiplier()).toBe(1);
  for (let i = 0; i < 20; i++) meter.apply([spending(3, NOON_MS)], NOON_MS);
  const ahead = meter.costMultiplier();
  expect(ahead).toBeGreaterThan(10);
  for (let i = 0; i < 20; i++) meter.apply([spending(0.01, NOON_MS)], NOON_MS);
  expect(meter.costMultiplier()).toBeLessThan(ahead);
});

test('a commit without a new intent adds to the spend and does not change the cost multiplier', () => {
  const { meter } = meterOf();
  meter.apply([spending(50, NOON_MS, { intents: 0 })], NOON_MS);
  expect([meter.pacing(NOON_MS).spentUsd, meter.costMultiplier()]).toEqual([50, 1]);
});

test('a new period starts with no spend and with the last period’s final cost multiplier', () => {
  const { meter } = meterOf();
  for (let i = 0; i < 20; i++) meter.apply([spending(3, NOON_MS)], NOON_MS);
  const last = meter.costMultiplier();
  expect(last).toBeGreaterThan(10);
  expect(meter.pacing(MIDNIGHT_MS + DAY_MS)).toMatchObject({ spentUsd: 0, intents: 0 });
  expect(meter.costMultiplier()).toBe(last);
});

test('a period expects the configured number of intents, or else as many as the last period had, but at least 1,000', () => {
  const expectedIn = (settings: Partial<ResolvedBudget>, intents: number): readonly number[] => {
    const { expectedIntents: _, ...unconfigured } = DEFAULTS;
    const meter = budgetMeter({ ...unconfigured, ...settings }, () => {});
    meter.apply([spending(1, NOON_MS, { intents })], NOON_MS);
    return [NOON_MS, NOON_MS + DAY_MS].map(atMs => meter.pacing(atMs).expectedIntents);
  };
  expect(expectedIn({}, 10)).toEqual([1_000, 1_000]);
  expect(expectedIn({}, 4_000)).toEqual([1_000, 4_000]);
  expect(expectedIn({ expectedIntents: 50 }, 4_000)).toEqual([50, 50]);
});

test('a day is a UTC day, and a month is a UTC calendar month', () => {
  const { meter } = meterOf({ per: 'month' });
  meter.apply([spending(40, NOON_MS)], NOON_MS);
  expect(meter.pacing(Date.UTC(2026, 10, 30, 23, 59)).spentUsd).toBe(40);
  expect(meter.pacing(Date.UTC(2026, 11, 1)).spentUsd).toBe(0);
  const { meter: daily } = meterOf({ per: 'day' });
  daily.apply([spending(40, NOON_MS)], NOON_MS);
  expect(daily.pacing(Date.UTC(2026, 10, 22, 23, 59)).spentUsd).toBe(40);
  expect(daily.pacing(Date.UTC(2026, 10, 23)).spentUsd).toBe(0);
});

test('the spend of a month is exact when a store keeps its first days as daily cells', () => {
  const nowMs = Date.UTC(2026, 10, 29, 12);
  const { meter } = meterOf({ per: 'month', budgetUsd: 1e6 });
  // An hour before the month and every hour of it.
  const hours = Array.from({ length: 28 * 24 + 13 }, (_, i) =>
    spending(1, Date.UTC(2026, 10, 1) + (i - 1) * BUCKET_MS),
  );
  const cells = foldCells(hours, grainsAt(nowMs));
  expect(cells.some(({ key }) => key.grain === 'day')).toBe(true);
  meter.add(cells, nowMs);
  expect(meter.pacing(nowMs).spentUsd).toBe(28 * 24 + 12);
});
