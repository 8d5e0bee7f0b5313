import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cell, CellKey } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS, cellKeyString } from '../../../src/core/cells/cell.ts';
import type { Grains } from '../../../src/core/cells/grains.ts';
import { canonical, canonicalKey, foldCells, grainsAt, hoursIn, NO_GRAINS } from '../../../src/core/cells/grains.ts';

const DAY_MS = 86_400_000;
const hourAt = (...date: readonly [number, number, number?, number?]): number => Date.UTC(...date) / BUCKET_MS;

/** The rule, written down a second time: the buckets of a calendar month, as dates. */
function weeksOfMonth(year: number, month: number): readonly { readonly start: number; readonly end: number }[] {
  const next = hourAt(year, month + 1);
  return [1, 8, 15, 22, 29]
    .map((day, i, days) => ({
      start: hourAt(year, month, day),
      end: Math.min(hourAt(year, month, days[i + 1] ?? 32), next),
    }))
    .filter(({ start }) => start < next);
}

function expectedBucket(hour: number, { dayBefore, weekBefore }: Grains): string {
  const date = new Date(hour * BUCKET_MS);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (hour < weekBefore) {
    const week = weeksOfMonth(year, month).find(({ start, end }) => start <= hour && hour < end);
    return `${week?.start} week`;
  }
  return hour < dayBefore ? `${hourAt(year, month, day)} day` : `${hour} undefined`;
}

const anyHour = fc.integer({ min: hourAt(2023, 11), max: hourAt(2026, 2) });
const anyTime = fc.integer({ min: Date.UTC(2023, 11), max: Date.UTC(2026, 5) });
const anyGrains = fc.oneof(anyTime.map(grainsAt), fc.constant(NO_GRAINS));
/** Two boundaries as a store has them one after the other. */
const growingGrains = fc
  .tuple(anyTime, anyTime)
  .map(times => times.sort((a, b) => a - b).map(grainsAt) as [Grains, Grains]);

const anyCells: fc.Arbitrary<readonly Cell[]> = fc.array(
  fc.record({
    key: fc.record({
      scope: fc.constantFrom<CellKey['scope']>('node', 'plan'),
      feature: fc.constant('f'),
      segment: fc.constantFrom('', 'tier=free'),
      subject: fc.constantFrom('mini', 'premium'),
      version: fc.constant(''),
      bucket: anyHour,
    }),
    sums: fc.record(
      { n: fc.bigInt(-3n, 3n).filter(n => n !== 0n), cost3: fc.bigInt(1n, 10n ** 30n) },
      { requiredKeys: [] },
    ),
  }),
);

/** Independent of the order of cells. */
function table(cells: readonly Cell[]): ReadonlyMap<string, unknown> {
  const map = new Map(cells.map(({ key, sums }) => [cellKeyString(key), sums]));
  expect(map.size).toBe(cells.length);
  return map;
}

test('an hour belongs to the bucket that the calendar and the boundaries say', () => {
  fc.assert(
    fc.property(anyHour, anyGrains, (hour, grains) => {
      const { bucket, grain } = canonical(hour, grains);
      expect(`${bucket} ${grain}`).toBe(expectedBucket(hour, grains));
    }),
  );
});

test.each([2023, 2024])('the weeks of every month of %i cover it exactly, without a week of two months', year => {
  const grains = { dayBefore: Infinity, weekBefore: Infinity };
  for (let month = 0; month < 12; month++) {
    let hour = hourAt(year, month);
    for (const { start, end } of weeksOfMonth(year, month)) {
      expect(canonical(end - 1, grains)).toEqual({ bucket: start, grain: 'week' });
      expect({ start: hour, hours: hoursIn({ bucket: hour, grain: 'week' }) }).toEqual({ start, hours: end - start });
      hour = end;
    }
    expect(hour).toBe(hourAt(year, month + 1));
  }
});

test('a bucket has the hours that belong to it, and no other', () => {
  fc.assert(
    fc.property(anyHour, anyGrains, (hour, grains) => {
      const own = canonical(hour, grains);
      expect(own.bucket).toBeLessThanOrEqual(hour);
      expect(own.bucket + hoursIn(own)).toBeGreaterThan(hour);
      for (const inside of [own.bucket, own.bucket + hoursIn(own) - 1]) expect(canonical(inside, grains)).toEqual(own);
      for (const outside of [own.bucket - 1, own.bucket + hoursIn(own)])
        expect(canonical(outside, grains)).not.toEqual(own);
    }),
  );
});

describe('boundaries', () => {
  test('a day becomes one bucket 14 days after its end, and a week 90 days after its end', () => {
    const end = Date.UTC(2025, 4, 15);
    const last = end / BUCKET_MS - 1;
    const grainOf = (nowMs: number) => canonical(last, grainsAt(nowMs)).grain;
    expect(grainOf(end)).toBeUndefined();
    expect(grainOf(end + 14 * DAY_MS - 1)).toBeUndefined();
    expect(grainOf(end + 14 * DAY_MS)).toBe('day');
    expect(grainOf(end + 90 * DAY_MS - 1)).toBe('day');
    expect(grainOf(end + 90 * DAY_MS)).toBe('week');
  });

  test('boundaries never move back, and lie where a day and a week begin', () => {
    fc.assert(
      fc.property(growingGrains, ([before, after]) => {
        expect(after.dayBefore).toBeGreaterThanOrEqual(before.dayBefore);
        expect(after.weekBefore).toBeGreaterThanOrEqual(before.weekBefore);
        expect(after.weekBefore).toBeLessThan(after.dayBefore);
        const all = { dayBefore: Infinity, weekBefore: Infinity };
        expect(canonical(after.weekBefore, all)).toEqual({ bucket: after.weekBefore, grain: 'week' });
        expect(after.dayBefore % 24).toBe(0);
      }),
    );
  });
});

describe('folding', () => {
  test('folding keeps every sum of every place in every calendar month', () => {
    const monthly = (cells: readonly Cell[]) => {
      const totals = new Map<string, bigint>();
      for (const { key, sums } of cells) {
        const month = new Date(key.bucket * BUCKET_MS).toISOString().slice(0, 7);
        for (const [name, value] of Object.entries(sums)) {
          const id = `${key.scope} ${key.segment} ${key.subject} ${month} ${name}`;
          totals.set(id, (totals.get(id) ?? 0n) + value);
        }
      }
      return new Map([...totals].filter(([, total]) => total !== 0n));
    };
    fc.assert(
      fc.property(anyCells, anyGrains, (cells, grains) => {
        expect(monthly(foldCells(cells, grains))).toEqual(monthly(cells));
      }),
    );
  });

  test('folding again, in another order or in parts gives the same cells', () => {
    fc.assert(
      fc.property(anyCells, anyGrains, fc.nat(20), (cells, grains, cut) => {
        const folded = table(foldCells(cells, grains));
        expect(table(foldCells(foldCells(cells, grains), grains))).toEqual(folded);
        expect(table(foldCells(cells.toReversed(), grains))).toEqual(folded);
        const inParts = [...foldCells(cells.slice(0, cut), grains), ...cells.slice(cut)];
        expect(table(foldCells(inParts, grains))).toEqual(folded);
      }),
    );
  });

  test('folding with earlier boundaries first gives the same cells as folding with the later ones alone', () => {
    fc.assert(
      fc.property(anyCells, growingGrains, (cells, [before, after]) => {
        expect(table(foldCells(foldCells(cells, before), after))).toEqual(table(foldCells(cells, after)));
      }),
    );
  });

  test('a bucket that is coarser than the boundaries require stays as it is', () => {
    const key: CellKey = { scope: 'plan', feature: 'f', segment: '', subject: 'mini', version: '', bucket: 0 };
    for (const grain of ['day', 'week'] as const)
      expect(canonicalKey({ ...key, grain }, NO_GRAINS)).toEqual({ ...key, grain });
    expect(canonicalKey({ ...key, grain: 'week' }, { dayBefore: 24, weekBefore: -Infinity }).grain).toBe('week');
  });

  test('a bucket whose sums cancel out is left out, and the given cells stay as they were', () => {
    const key: CellKey = { scope: 'plan', feature: 'f', segment: '', subject: 'mini', version: '', bucket: 0 };
    const cells = [
      { key, sums: { n: 2n } },
      { key: { ...key, bucket: 5 }, sums: { n: -2n } },
    ];
    expect(foldCells(cells, { dayBefore: 24, weekBefore: 0 })).toEqual([]);
    expect(cells).toEqual([
      { key, sums: { n: 2n } },
      { key: { ...key, bucket: 5 }, sums: { n: -2n } },
    ]);
  });
});
