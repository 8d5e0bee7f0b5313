/**
 * The cells of a year in fewer ones, for statistics that are made at the start of a process: the older hours of a place as days, as
 * the statistics merge them themselves once there are so many. A day in which something changed stays in hours.
 */
import { FINE_GROUPS, MAX_GROUPS } from '../core/beliefs/constants.ts';
import type { Cell, SumName } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { dayOf, foldCells } from '../core/cells/grains.ts';
import { changePoint } from '../core/math/change-point.ts';

/** @param cells of one place, in the buckets of the boundaries or finer ones */
export function mergedCells(cells: readonly Cell[], { weekBefore }: Grains): readonly Cell[] {
  if (cells.length <= MAX_GROUPS) return cells;
  const sorted = cells.toSorted((one, other) => one.key.bucket - other.key.bucket);
  const dayBefore = dayOf(sorted.at(-FINE_GROUPS)?.key.bucket ?? 0);
  const ofChange = new Set(
    [...changesIn(sorted, 'labelled', 'successes'), ...changesIn(sorted, 'n', 'rejected')].map(dayOf),
  );
  const staysFine = ({ key }: Cell): boolean => ofChange.has(dayOf(key.bucket));
  return [
    ...foldCells(
      sorted.filter(cell => !staysFine(cell)),
      { dayBefore, weekBefore },
    ),
    ...sorted.filter(staysFine),
  ].sort((one, other) => one.key.bucket - other.key.bucket);
}

/** The buckets that changes of a rate begin with. One too many is a day more in hours. */
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
