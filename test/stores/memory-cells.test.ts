import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../src/core/cells/grains.ts';
import type { FeatureCells } from '../../src/stores/memory-cells.ts';
import { addTo, coarsen, featureCells } from '../../src/stores/memory-cells.ts';
import { HOUR, NOON, sorted } from './histories.ts';

const LAST_HOUR = NOON / HOUR;
const YEAR_H = 365 * 24;

function cell(bucket: number, subject: string): Cell {
  const key = { scope: 'plan', feature: 'f', segment: '', subject, version: '', bucket } as const;
  return { key, sums: { n: 1n, cost: BigInt(bucket) } };
}

function withHours(hours: readonly Cell[], table: 'cells' | 'base' = 'cells'): FeatureCells {
  const feature = featureCells();
  for (const [serial, each] of hours.entries()) addTo(feature, table, each, { serial, sharedUntil: -1 });
  return feature;
}

const plain = (table: ReadonlyMap<string, Cell>): readonly Cell[] =>
  sorted([...table.values()].map(({ key, sums }) => ({ key, sums: { ...sums } })));

test('boundaries move in slices, and after each slice every cell is in the bucket in which the boundaries then put it', () => {
  const hours = Array.from({ length: YEAR_H }, (_, i) =>
    ['mini', 'premium'].map(plan => cell(LAST_HOUR - i, plan)),
  ).flat();
  const [feature, base] = [withHours(hours), withHours(hours, 'base')];
  let slices = 0;
  for (let before = feature.grains; coarsen(feature, NOON); before = feature.grains, slices++) {
    expect(feature.grains.dayBefore).toBeGreaterThanOrEqual(before.dayBefore);
    expect(feature.grains.weekBefore).toBeGreaterThanOrEqual(before.weekBefore);
    expect(feature.grains).not.toEqual(before);
    expect(plain(feature.cells)).toEqual(sorted(foldCells(hours, feature.grains)));
  }
  expect(slices).toBeGreaterThan(3);
  expect(feature.grains).toEqual(grainsAt(NOON));
  while (coarsen(base, NOON));
  expect(plain(base.base)).toEqual(plain(feature.cells));
});

test('a cell that is shared with a snapshot is replaced by the next addition and by merging, and stays as it was', () => {
  const hours = [cell(LAST_HOUR - YEAR_H, 'mini'), cell(LAST_HOUR - YEAR_H + 1, 'mini'), cell(LAST_HOUR, 'mini')];
  const feature = withHours(hours);
  const shared = [...feature.cells.values()];
  addTo(feature, 'cells', cell(LAST_HOUR, 'mini'), { serial: 7, sharedUntil: 6 });
  addTo(feature, 'cells', cell(LAST_HOUR, 'mini'), { serial: 8, sharedUntil: 6 });
  coarsen(feature, NOON);
  expect(shared.map(({ key, sums }) => ({ key, sums }))).toEqual(hours);
  expect(new Set([...feature.cells.values()].map(({ sums }) => sums.n))).toEqual(new Set([2n, 3n]));
});

test('a merged cell has the serial number of the last change of its parts', () => {
  const feature = withHours([5, 3, 4].map(i => cell(LAST_HOUR - YEAR_H + i, 'mini')));
  coarsen(feature, NOON);
  expect([...feature.cells.values()].map(({ serial }) => serial)).toEqual([2]);
});
