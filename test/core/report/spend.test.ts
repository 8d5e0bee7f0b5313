import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetState, spendReport } from '../../../src/core/report/spend.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';

const NANO = 1_000_000_000n;
const NOW = Date.UTC(2026, 10, 21, 12);

function cell(atMs: number, usd: bigint, { feature = 'support', scope = 'plan' }: Partial<Cell['key']> = {}): Cell {
  const key = { scope, feature, segment: '', subject: 'mini', version: '', bucket: Math.floor(atMs / BUCKET_MS) };
  return { key, sums: { n: 1n, cost: usd * NANO } };
}

const report = (cells: readonly Cell[], days = 3, nowMs = NOW) =>
  spendReport(new Map([['support', cells]]), { nowMs, days });
const day = (date: number, hour = 0): number => Date.UTC(2026, 10, date, hour);

describe('the days of a spend report', () => {
  test('a spend report lists UTC days up to today, days without spend included', () => {
    const { features } = report([cell(day(19, 23), 1n), cell(day(21), 4n), cell(day(21, 11), 2n)]);
    expect(features[0]?.days).toEqual([
      { day: '2026-11-19', intents: 1, usd: '1' },
      { day: '2026-11-20', intents: 0, usd: '0' },
      { day: '2026-11-21', intents: 2, usd: '6' },
    ]);
    expect(features[0]?.todayUsd).toBe('6');
  });

  test('only plan cells count, because node cells hold the same spend again', () => {
    expect(report([cell(NOW, 3n), cell(NOW, 3n, { scope: 'node' })]).total.todayUsd).toBe('3');
  });

  test('totals equal the sum of the cells to the nano-dollar, over all features', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(19), fc.bigInt(0n, 10n ** 15n), fc.constantFrom('a', 'b'))), spent => {
        const cells = new Map<string, Cell[]>();
        for (const [date, usd, feature] of spent)
          cells.set(feature, [...(cells.get(feature) ?? []), cell(day(date + 1), usd, { feature })]);
        const { total, features } = spendReport(cells, { nowMs: NOW, days: 21 });
        const sum = spent.reduce((all, [, usd]) => all + usd, 0n);
        expect(total.monthUsd).toBe(sum.toString());
        expect(features.reduce((all, { monthUsd }) => all + BigInt(monthUsd), 0n)).toBe(sum);
        expect(total.days.reduce((all, { usd }) => all + BigInt(usd), 0n)).toBe(sum);
      }),
    );
  });

  test('the estimated part of this month is reported', () => {
    const guessed = { ...cell(NOW, 3n), sums: { n: 1n, cost: 3n * NANO, estimatedCost: 2n * NANO } };
    expect(report([guessed, cell(NOW, 4n)]).total).toMatchObject({ monthUsd: '7', monthEstimatedUsd: '2' });
  });

  test('the feature with the highest spend this month comes first', () => {
    const cells = new Map([
      ['cheap', [cell(NOW, 1n, { feature: 'cheap' }), cell(Date.UTC(2026, 9, 1), 99n, { feature: 'cheap' })]],
      ['expensive', [cell(NOW, 2n, { feature: 'expensive' })]],
    ]);
    expect(spendReport(cells, { nowMs: NOW, days: 1 }).features.map(({ feature }) => feature)).toEqual([
      'expensive',
      'cheap',
    ]);
  });
});

describe('the projected month', () => {
  test('a projection adds the mean day for every remaining day to the month so far', () => {
    const cells = Array.from({ length: 20 }, (_, i) => cell(day(i + 1, 10), 10n));
    // 20 full days of $10, and 9.5 of 30 days left. Twenty intents may hide bursts of twice their spend.
    expect(report(cells).total.projectedMonthUsd).toEqual({ value: 295, low: 295, high: 295 + 2 * 95 });
  });

  test('the more intents a projection averages, the less room it leaves for bursts', () => {
    const many = (n: bigint) =>
      Array.from({ length: 20 }, (_, i) => ({ ...cell(day(i + 1), 10n), sums: { n, cost: 10n * NANO } }));
    const room = (n: bigint): number => (report(many(n)).total.projectedMonthUsd?.high ?? 0) - 295;
    expect(room(50n)).toBeCloseTo((95 * 100 * Math.log(1 / 0.08)) / 1000, 9);
    expect(room(5000n)).toBeLessThan(0.003 * 95);
  });

  test('the limits of a projection are those of a sum of days with an estimated mean', () => {
    // Two full days of 8 and 12: mean 10, variance 8, t(1) = 12.7062.
    const figure = report([cell(day(19), 8n), cell(day(20), 12n)]).total.projectedMonthUsd;
    const half = 12.706204736 * Math.sqrt(8 * (9.5 + 9.5 ** 2 / 2));
    expect(figure?.value).toBeCloseTo(20 + 95, 9);
    expect(figure?.high).toBeCloseTo(115 + half + 2 * 95, 5);
    expect(figure?.low).toBe(20);
  });

  test('a projection averages the last 28 full days, those of last month included', () => {
    const before = Array.from({ length: 40 }, (_, i) =>
      cell(Date.UTC(2026, 10, 1) - (i + 1) * 86_400_000, i < 28 ? 3n : 1_000n),
    );
    expect(report(before, 1, Date.UTC(2026, 10, 1)).total.projectedMonthUsd?.value).toBeCloseTo(90, 9);
  });

  test('a month is not projected from fewer than two full days', () => {
    expect(report([cell(day(20), 5n), cell(NOW, 5n)]).total.projectedMonthUsd).toBeNull();
    expect(report([]).total.projectedMonthUsd).toBeNull();
  });
});

describe('a budget', () => {
  const spend = report([cell(day(19), 8n), cell(day(20), 12n), cell(day(21), 5n)]).total;

  test('a daily budget counts today and has no projection', () => {
    const state = budgetState({ budgetUsd: 4, per: 'day', onLimit: 'alert' }, spend);
    expect(state).toEqual({
      budgetUsd: 4,
      per: 'day',
      onLimit: 'alert',
      spentUsd: '5',
      spentFraction: 1.25,
      projectedUsd: null,
    });
  });

  test('a monthly budget counts the month and has its projection', () => {
    const state = budgetState({ budgetUsd: 100, per: 'month', onLimit: 'refuse' }, spend);
    expect(state).toMatchObject({ spentUsd: '25', spentFraction: 0.25, projectedUsd: { value: 120 } });
  });
});

describe('older buckets', () => {
  const YEAR = Array.from({ length: 365 * 8 }, (_, i) => cell(NOW - i * 3 * BUCKET_MS, BigInt(1 + (i % 7))));
  const folded = foldCells(YEAR, grainsAt(NOW));

  test('the spend of the last 90 days, of the month and its projection are the same from days as from hours', () => {
    expect(report(folded, 90)).toEqual(report(YEAR, 90));
  });

  test('the days of a week that is known as a whole are one row, with the exact spend of all of them', () => {
    const { days } = report(folded, 365).total;
    const weeks = days.filter(row => row.lastDay !== undefined);
    expect(weeks.length).toBeGreaterThan(40);
    const byDay = new Map(report(YEAR, 400).total.days.map(row => [row.day, row]));
    let next = days[0]?.day ?? '';
    for (const { day: first, lastDay = first, usd, intents } of days) {
      expect(first).toBe(next);
      let [expectedUsd, expectedIntents] = [0, 0];
      for (let atMs = Date.parse(first); atMs <= Date.parse(lastDay); atMs += 24 * BUCKET_MS) {
        const row = byDay.get(new Date(atMs).toISOString().slice(0, 10));
        expectedUsd += Number(row?.usd ?? 0);
        expectedIntents += row?.intents ?? 0;
      }
      expect([first, Number(usd), intents]).toEqual([first, expectedUsd, expectedIntents]);
      next = new Date(Date.parse(lastDay) + 24 * BUCKET_MS).toISOString().slice(0, 10);
    }
    expect(next).toBe('2026-11-22');
  });

  test('a feature has the same spend rows whether its cells are days or weeks', () => {
    const cells = new Map([
      ['a', folded],
      ['b', YEAR],
    ]);
    const { features, total } = spendReport(cells, { nowMs: NOW, days: 200 });
    const rows = (spend: typeof total) => spend.days.map(({ day: first, lastDay }) => [first, lastDay]);
    expect(features[0]?.days).toEqual(features[1]?.days);
    expect(rows(total)).toEqual(rows(features[0] ?? total));
    expect(total.days.map(({ usd }) => Number(usd))).toEqual(features[0]?.days.map(({ usd }) => 2 * Number(usd)));
  });
});
