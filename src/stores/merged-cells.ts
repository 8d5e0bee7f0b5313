/**
 * Merges the cells of a year into fewer ones, for statistics that are made at the start of a process: a place's older hours become days,
 * days of little weight become weeks, and the oldest weeks become one cell. The statistics themselves merge in the same way once they
 * have so many cells. A day in which something changed stays in hours.
 */
import { FINE_GROUPS, MAX_GROUPS, TAIL_HALF_LIVES } from '../core/beliefs/constants.ts';
import { halfLifeBuckets, labelClock, REMEMBERED_DAYS } from '../core/beliefs/half-life.ts';
import type { Cell, SumName } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { dayOf, foldCells, weekOf } from '../core/cells/grains.ts';
import { sumOf } from '../core/cells/sums.ts';
import { changePoint } from '../core/math/change-point.ts';

/** First hours of weeks. */
export interface WeightBounds {
  /** From this hour on, days weigh enough to stay days. */
  readonly weighsFrom: number;
  /** Weeks before this hour do not count for the half-life either. */
  readonly oneBefore: number;
}

/** @param cells of one place */
export function mergedCells(cells: readonly Cell[], { weighsFrom, oneBefore }: WeightBounds): readonly Cell[] {
  if (cells.length <= MAX_GROUPS) return cells;
  const sorted = cells.toSorted((one, other) => one.key.bucket - other.key.bucket);
  const dayBefore = dayOf(sorted.at(-FINE_GROUPS)?.key.bucket ?? 0);
  // The newest cells stay, even where a place has few of them in a month.
  const weekBefore = Math.min(weighsFrom, weekOf(dayBefore));
  const changes = [...changesIn(sorted, 'labelled', 'successes'), ...changesIn(sorted, 'n', 'rejected')];
  const [days, weeks] = [new Set(changes.map(dayOf)), new Set(changes.map(weekOf))];
  // No hour may be counted both in a larger bucket and in its own.
  const stays = ({ key: { bucket } }: Cell): boolean =>
    days.has(dayOf(bucket)) || (bucket < weekBefore && weeks.has(weekOf(bucket)));
  const merged = [
    ...foldCells(
      sorted.filter(cell => !stays(cell)),
      { dayBefore, weekBefore },
    ),
    ...sorted.filter(stays),
  ].sort((one, other) => one.key.bucket - other.key.bucket);
  return stretchesAsOne(
    merged,
    ({ key: { bucket, grain } }) => bucket < oneBefore && grain === 'week' && !weeks.has(bucket),
  );
}

/** Each stretch of such cells as one cell in its middle, which gives it the weight of its average age. */
function stretchesAsOne(cells: readonly Cell[], isOne: (cell: Cell) => boolean): readonly Cell[] {
  const found: Cell[] = [];
  for (let first = 0; first < cells.length; ) {
    let end = first;
    while (end < cells.length && isOne(cells[end] as Cell)) end++;
    if (end === first) {
      found.push(cells[first++] as Cell);
      continue;
    }
    const { key } = cells[Math.floor((first + end) / 2)] as Cell;
    found.push({ key, sums: sumOf(cells.slice(first, end).map(({ sums }) => sums)) });
    first = end;
  }
  return found;
}

/** The bounds of a feature: what is older than 8 half-lives is one group in the statistics. */
export function weightBounds(cells: readonly Cell[], { weekBefore }: Pick<Grains, 'weekBefore'>): WeightBounds {
  const clock = labelClock();
  let last = Number.NEGATIVE_INFINITY;
  for (const { key, sums } of cells) {
    clock.add(key, Number(sums.labelled ?? 0n));
    last = Math.max(last, key.bucket);
  }
  const first = weekOf(last - TAIL_HALF_LIVES * halfLifeBuckets(clock, last));
  return { weighsFrom: Math.max(weekBefore, first), oneBefore: Math.min(first, weekOf(last - 24 * REMEMBERED_DAYS)) };
}

/** The buckets with which changes of a rate begin. One too many only keeps one more day in hours. */
function changesIn(cells: readonly Cell[], trials: SumName, hits: SumName): readonly number[] {
  const countOf = ({ sums }: Cell, name: SumName): number => Math.max(0, Number(sums[name] ?? 0n));
  const found: number[] = [];
  for (let rest = cells; ; ) {
    const labelled = (group: number): number => countOf(rest[group] as Cell, trials);
    const successes = (group: number): number => Math.min(countOf(rest[group] as Cell, hits), labelled(group));
    const next = changePoint(rest.length, { labelled, successes });
    if (next < 0) return found;
    rest = rest.slice(next);
    found.push(rest[0]?.key.bucket ?? 0);
  }
}
