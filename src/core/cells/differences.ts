/** The difference that would turn one set of cells into another. */
import type { Cell } from './cell.ts';
import { cellKeyString } from './cell.ts';
import { difference, hasSums } from './sums.ts';

/**
 * The cells to add to `cells` to get exactly `others`; empty where both are the same. Compares bucket by bucket: fold both with the same
 * boundaries first.
 */
export function missingCells(cells: Iterable<Cell>, others: Iterable<Cell>): readonly Cell[] {
  const left = new Map([...cells].map(cell => [cellKeyString(cell.key), cell]));
  const missing: Cell[] = [];
  for (const { key, sums } of others) {
    const id = cellKeyString(key);
    missing.push({ key, sums: difference(sums, left.get(id)?.sums ?? {}) });
    left.delete(id);
  }
  for (const { key, sums } of left.values()) missing.push({ key, sums: difference({}, sums) });
  return missing.filter(hasSums);
}
