import { expect, it } from 'vitest';
import { MAX_GROUPS } from '../../src/core/beliefs/constants.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { foldCells, grainsAt, NO_GRAINS, weekOf } from '../../src/core/cells/grains.ts';
import { sumOf } from '../../src/core/cells/sums.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { mergedCells, weightBounds } from '../../src/stores/merged-cells.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 20, 12, 30);
const LAST = Math.floor(NOW / HOUR);
const GRAINS = grainsAt(NOW);
/** The bounds of a feature whose evidence all weighs enough. */
const AT_REST = { weighsFrom: GRAINS.weekBefore, oneBefore: -Infinity };

/** The hours of two weeks at a success rate, with another one from some hours ago on, and as many days before them. */
function history(hours: number, change?: { readonly hoursAgo: number; readonly success: number }): readonly Cell[] {
  const random = seededRandom('merged');
  return Array.from({ length: hours }, (_, index): Cell => {
    const bucket = LAST - hours + 1 + index;
    const success = change !== undefined && bucket > LAST - change.hoursAgo ? change.success : 0.9;
    const successes = Array.from({ length: 20 }, () => random.next() < success).filter(Boolean).length;
    const key = { scope: 'node', feature: 'f', segment: '', subject: 'mini', version: 'v', bucket } as const;
    return {
      key,
      sums: {
        n: 20n,
        cost: 14_000_000n,
        cost2: 9_800_000_000_000n,
        ended: 20n,
        labelled: 20n,
        successes: BigInt(successes),
      },
    };
  });
}

function believed(cells: readonly Cell[]) {
  const learned = createLearnedFeature({ feature: 'f', plans: [['mini']], priorCostUsd: { mini: 0.001 } });
  learned.apply(cells, NOW);
  const [node] = learned.segment('').posterior(NOW).nodes;
  if (node === undefined) throw new Error('no node');
  const { a, b } = node.ended;
  return { success: a / (a + b), outcomes: a + b, costUsd: node.costUsd };
}

it('the cells of a place with only a few cells stay unchanged', () => {
  const cells = history(MAX_GROUPS);
  expect(mergedCells(cells, AT_REST)).toBe(cells);
});

it('older hours become days, and the newest hours stay hours', () => {
  const merged = mergedCells(history(336), AT_REST);
  expect(merged.length).toBeLessThan(110);
  expect(merged.filter(({ key }) => key.grain === undefined).length).toBeGreaterThanOrEqual(64);
  expect(merged.map(({ key }) => key.bucket)).toEqual(merged.map(({ key }) => key.bucket).toSorted((x, y) => x - y));
});

it('the newest cells of a node or plan are kept, however old they are', () => {
  const daily = history(400).map(
    ({ key, sums }): Cell => ({ key: { ...key, bucket: LAST - 24 * (LAST - key.bucket) }, sums }),
  );
  const merged = mergedCells(daily, { weighsFrom: weekOf(LAST - 56 * 24), oneBefore: -Infinity });
  expect(merged.slice(-64)).toEqual(daily.slice(-64));
});

it('days that hardly count any more become weeks, except in a week in which a rate has changed', () => {
  const hours = 88 * 24;
  const change = { hoursAgo: 74 * 24, success: 0.5 };
  const cells = foldCells(history(hours, change), GRAINS);
  const bounds = weightBounds(history(hours, change), NO_GRAINS);
  const weekBefore = bounds.weighsFrom;
  // 20 outcomes an hour are a half-life of 9 days.
  expect((LAST - weekBefore) / 24).toBeGreaterThan(8 * 8.9);
  expect((LAST - weekBefore) / 24).toBeLessThan(8 * 9 + 7);
  const old = mergedCells(cells, bounds).filter(({ key }) => key.bucket < weekBefore);
  expect(new Set(old.map(({ key }) => key.grain))).toEqual(new Set(['day', 'week']));
  const ofChange = weekOf(LAST + 1 - change.hoursAgo);
  for (const { key } of old) expect(key.grain).toBe(weekOf(key.bucket) === ofChange ? 'day' : 'week');
  const [all, fewer] = [believed(cells), believed(mergedCells(cells, bounds))];
  expect(Math.abs(fewer.success / all.success - 1)).toBeLessThan(0.0025);
});

it('statistics learned from merged cells equal those from all cells, also where a rate has changed within a day', () => {
  for (const change of [
    undefined,
    { hoursAgo: 30, success: 0.6 },
    { hoursAgo: 101, success: 0.7 },
    { hoursAgo: 250, success: 0.98 },
  ]) {
    const cells = history(336, change);
    const [all, fewer] = [believed(cells), believed(mergedCells(cells, AT_REST))];
    expect(Math.abs(fewer.success / all.success - 1)).toBeLessThan(0.0025);
    expect(Math.abs(fewer.outcomes / all.outcomes - 1)).toBeLessThan(0.02);
    expect(fewer.costUsd / all.costUsd).toBeCloseTo(1, 6);
  }
});

it('the oldest weeks of a year become one cell before a change of a rate and one after it', () => {
  const change = { hoursAgo: LAST + 1 - weekOf(LAST - 200 * 24), success: 0.5 };
  for (const [of, oldest] of [
    [undefined, 1],
    [change, 3],
  ] as const) {
    const hours = history(365 * 24, of);
    const cells = foldCells(hours, GRAINS);
    const bounds = weightBounds(hours, GRAINS);
    const merged = mergedCells(cells, bounds);
    const old = merged.filter(({ key }) => key.bucket < bounds.oneBefore);
    expect(old).toHaveLength(oldest);
    expect(sumOf(merged.map(({ sums }) => sums))).toEqual(sumOf(cells.map(({ sums }) => sums)));
    const [all, fewer] = [believed(cells), believed(merged)];
    expect(Math.abs(fewer.success / all.success - 1)).toBeLessThan(0.0025);
    expect(Math.abs(fewer.outcomes / all.outcomes - 1)).toBeLessThan(0.02);
    expect(fewer.costUsd / all.costUsd).toBeCloseTo(1, 6);
  }
});
