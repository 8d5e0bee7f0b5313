/** The cells whose intents have had time to get all their outcomes. */
import type { Cell } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import { hoursIn } from '../cells/grains.ts';

/** Cells old enough that silence has been applied to all their intents; all cells where silence has no meaning. */
export function matureCells(
  cells: readonly Cell[],
  { silence }: { readonly silence?: { readonly afterMs: number } },
  nowMs = Number.POSITIVE_INFINITY,
): readonly Cell[] {
  if (silence === undefined || nowMs === Number.POSITIVE_INFINITY) return cells;
  const endMs = nowMs - silence.afterMs;
  return cells.filter(({ key }) => (key.bucket + hoursIn(key)) * BUCKET_MS <= endMs);
}
