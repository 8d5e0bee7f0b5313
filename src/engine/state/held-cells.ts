/** The cells of one feature from which the statistics in memory are made: as read from the store, plus later changes. */
import type { RoutingRead } from '../../contracts/store.ts';
import type { Cell, RoundedCell } from '../../core/cells/cell.ts';
import { cellKeyString, integerCell } from '../../core/cells/cell.ts';
import type { Grains } from '../../core/cells/grains.ts';
import { canonicalKey, NO_GRAINS } from '../../core/cells/grains.ts';
import { isServedByOther } from '../../core/cells/served-version.ts';
import type { CellMap } from '../../core/cells/sums.ts';
import { addCell, difference, sumOf } from '../../core/cells/sums.ts';

export interface HeldCells {
  /** Adds the delta of a commit of this process. A call does not wait until it is merged. */
  add(delta: readonly Cell[]): void;
  /**
   * Takes over the cells that were read. Yields, slice by slice, the differences to add to statistics that were made of the
   * cells held before. Deltas added meanwhile count from the next reading on.
   */
  take(read: Pick<RoutingRead, 'cells' | 'merged' | 'complete' | 'grains'>): Generator<readonly RoundedCell[], void>;
  all(): readonly Cell[];
}

/** Cells of one slice: a few milliseconds of work. */
const SLICE = 250;

/** Different cells that wait to be merged. More take more memory; fewer are merged more often. */
const MAX_UNMERGED = 1_024;

export function heldCells(): HeldCells {
  const cells = new Map<string, Cell>();
  /** The part of the first reading that is not in `cells` yet: nothing needs it there before the next reading. */
  let unsettled: Iterator<RoundedCell, void> | undefined;
  const unmerged: CellMap = new Map();
  let grains = NO_GRAINS;

  /** Replaces the cell with the same key; returns the difference, if there is one. */
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
    while (unsettled !== undefined) {
      for (let taken = 0; taken < SLICE; taken++) {
        const { value: cell } = unsettled.next();
        if (cell === undefined) {
          unsettled = undefined;
          break;
        }
        cells.set(cellKeyString(cell.key), integerCell(cell));
      }
      yield [];
    }
  }

  function merge(): void {
    Array.from(settleFirst());
    for (const cell of unmerged.values()) addTo(cell);
    unmerged.clear();
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
      for (const cell of delta) addCell(unmerged, cell);
      if (unmerged.size > MAX_UNMERGED) merge();
    },
    *take(read) {
      yield* settleFirst();
      merge();
      fold(read.grains);
      if (read.complete && cells.size === 0) {
        unsettled = read.cells[Symbol.iterator]();
        yield* slices(read.merged ?? read.cells);
        return;
      }
      const gone = new Map(read.complete ? cells : []);
      for (const { key } of gone.size > 0 ? read.cells : []) gone.delete(cellKeyString(key));
      const changes = [...read.cells, ...[...gone.values()].map(({ key }) => ({ key, sums: {} }))];
      for (const slice of slices(changes)) yield slice.flatMap(cell => set(integerCell(cell)) ?? []);
    },
    all() {
      merge();
      return [...cells.values()];
    },
  };
}

/** Own answers come first, because they decide what the answers of substitute models teach. */
function* slices(cells: Iterable<RoundedCell>): Generator<readonly RoundedCell[], void> {
  let slice: RoundedCell[] = [];
  const others: RoundedCell[] = [];
  for (const cell of cells) {
    if (isServedByOther(cell.key.version)) {
      others.push(cell);
      continue;
    }
    slice.push(cell);
    if (slice.length < SLICE) continue;
    yield slice;
    slice = [];
  }
  const rest = [...slice, ...others];
  for (let from = 0; from < rest.length; from += SLICE) yield rest.slice(from, from + SLICE);
}

function isEmpty({ sums }: Cell): boolean {
  for (const _ in sums) return false;
  return true;
}
