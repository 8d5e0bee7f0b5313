/** The cells of one feature that the statistics in memory are made of: as the store told them, and what was added since. */
import type { CellsRead } from '../../contracts/store.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { cellKeyString } from '../../core/cells/cell.ts';
import type { Grains } from '../../core/cells/grains.ts';
import { canonicalKey, NO_GRAINS } from '../../core/cells/grains.ts';
import { isServedByOther } from '../../core/cells/served-version.ts';
import { difference, sumOf } from '../../core/cells/sums.ts';

export interface HeldCells {
  /** Adds the delta of a commit of this process. A call does not wait until it is merged. */
  add(delta: readonly Cell[]): void;
  /**
   * Takes what was read. Yields, slice by slice, what to add to statistics that were made of the cells held before; what is
   * added meanwhile counts from the next reading on.
   */
  take(read: Pick<CellsRead, 'cells' | 'complete' | 'grains'>): Generator<readonly Cell[], void>;
  all(): readonly Cell[];
}

/** Cells of one slice: a few milliseconds of work. */
const SLICE = 250;

/** Cells that wait to be merged. More take more memory; fewer are merged more often. */
const MAX_UNMERGED = 1_024;

export function heldCells(): HeldCells {
  const cells = new Map<string, Cell>();
  /** The first reading, from `settled` on not in `cells` yet: nothing needs to find it there before the next reading. */
  let first: readonly Cell[] = [];
  let settled = 0;
  let unmerged: Cell[] = [];
  let grains = NO_GRAINS;

  /** Replaces the cell of its key; returns the difference, if there is one. */
  function set(cell: Cell): Cell | undefined {
    const id = cellKeyString(cell.key);
    const before = cells.get(id);
    if (isEmpty(cell)) cells.delete(id);
    else cells.set(id, cell);
    const changed = before === undefined ? cell : { key: cell.key, sums: difference(cell.sums, before.sums) };
    return isEmpty(changed) ? undefined : changed;
  }

  function addTo({ key, sums }: Cell): void {
    const canonical = canonicalKey(key, grains);
    const before = cells.get(cellKeyString(canonical));
    set({ key: canonical, sums: before === undefined ? sums : sumOf([before.sums, sums]) });
  }

  /** The rest of the first reading goes into `cells`, a slice with each step. */
  function* settleFirst(): Generator<readonly Cell[], void> {
    while (settled < first.length) {
      for (const cell of first.slice(settled, settled + SLICE)) cells.set(cellKeyString(cell.key), cell);
      settled += SLICE;
      yield [];
    }
    first = [];
    settled = 0;
  }

  function merge(): void {
    Array.from(settleFirst());
    for (const cell of unmerged) addTo(cell);
    unmerged = [];
  }

  /** Boundaries only grow, so most cells are where they were. */
  function fold(next: Grains): void {
    if (next.dayBefore <= grains.dayBefore && next.weekBefore <= grains.weekBefore) return;
    grains = next;
    const moved = [...cells].filter(([, { key }]) => canonicalKey(key, grains) !== key);
    for (const [id] of moved) cells.delete(id);
    for (const [, cell] of moved) addTo(cell);
  }

  return {
    add(delta) {
      unmerged.push(...delta);
      if (unmerged.length > MAX_UNMERGED) merge();
    },
    *take(read) {
      yield* settleFirst();
      merge();
      fold(read.grains);
      const gone = new Map(read.complete ? cells : []);
      if (gone.size > 0) for (const { key } of read.cells) gone.delete(cellKeyString(key));
      // Whether a model has answered itself decides what the answers of others in its place teach: its own come first.
      const own = read.cells.filter(({ key }) => !isServedByOther(key.version));
      const byOthers = read.cells.filter(({ key }) => isServedByOther(key.version));
      const changes = [...own, ...byOthers, ...[...gone.values()].map(({ key }) => ({ key, sums: {} }))];
      if (read.complete && cells.size === 0) {
        first = changes;
        for (let start = 0; start < changes.length; start += SLICE) yield changes.slice(start, start + SLICE);
        return;
      }
      for (let start = 0; start < changes.length; start += SLICE)
        yield changes.slice(start, start + SLICE).flatMap(cell => set(cell) ?? []);
    },
    all() {
      merge();
      return [...cells.values()];
    },
  };
}

function isEmpty({ sums }: Cell): boolean {
  for (const _ in sums) return false;
  return true;
}
