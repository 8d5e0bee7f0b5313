/**
 * Adding sums up. All of it is exact and keeps the canonical form: a sum that is 0 has no entry, so that equal sums are
 * deeply equal.
 */
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { Cell, CellKey, CellScope, RoundedCell, SumName, Sums } from './cell.ts';
import { cellKeyString } from './cell.ts';

/** Sums that one owner adds to in place: with thousands of cells, copying them would take most of the time. */
export type GrowingSums = Partial<Record<SumName, bigint>>;

/** A cell whose sums grow in place. */
export interface GrowingCell {
  readonly key: CellKey;
  readonly sums: GrowingSums;
}

/** Cells by {@link cellKeyString}. */
export type CellMap = Map<string, GrowingCell>;

/** Adds sums to a total, in place. */
export function addInto(total: GrowingSums, sums: Sums): void {
  for (const name in sums) {
    const value = (total[name as SumName] ?? 0n) + (sums[name as SumName] ?? 0n);
    if (value === 0n) delete total[name as SumName];
    else total[name as SumName] = value;
  }
}

/** Adds in place to the sums that a map has for a key; they begin empty. */
export function addAt<Key>(totals: Map<Key, GrowingSums>, key: Key, sums: Sums): void {
  let total = totals.get(key);
  if (total === undefined) totals.set(key, (total = {}));
  addInto(total, sums);
}

/** Adds a cell to the one of the same key. The cell itself is not kept. */
export function addCell(cells: CellMap, { key, sums }: Cell): void {
  const id = cellKeyString(key);
  const known = cells.get(id);
  if (known === undefined) cells.set(id, { key, sums: { ...sums } });
  else addInto(known.sums, sums);
}

/** False for a cell that changes nothing. */
export const hasSums = ({ sums }: Pick<RoundedCell, 'sums'>): boolean => Object.keys(sums).length > 0;

/** The sum of all cells, as a new object. */
export function sumOf(all: Iterable<Sums>): Sums {
  const total: GrowingSums = {};
  for (const sums of all) addInto(total, sums);
  return total;
}

/** a − b. It is built without deleting an entry, which would make every later read of it slow. */
export function difference(a: Sums, b: Sums): Sums {
  const sums: GrowingSums = {};
  for (const name in a) {
    const value = (a[name as SumName] ?? 0n) - (b[name as SumName] ?? 0n);
    if (value !== 0n) sums[name as SumName] = value;
  }
  for (const name in b) {
    const value = b[name as SumName] ?? 0n;
    if (value !== 0n && a[name as SumName] === undefined) sums[name as SumName] = -value;
  }
  return sums;
}

/** The sums of one scope's cells by a property of the cell (its plan, model, bucket …), over all other properties. */
export function sumsBy<Key>(
  cells: Iterable<Cell>,
  { scope, by }: { readonly scope: CellScope; readonly by: (cell: Cell) => Key },
): ReadonlyMap<Key, Sums> {
  const totals = new Map<Key, GrowingSums>();
  for (const cell of cells) if (cell.key.scope === scope) addAt(totals, by(cell), cell.sums);
  return totals;
}

/** The sums of every plan, over all segments and buckets of the given cells. */
export function sumsByPlan(cells: Iterable<Cell>): ReadonlyMap<PlanKey, Sums> {
  return sumsBy(cells, { scope: 'plan', by: cell => cell.key.subject });
}
