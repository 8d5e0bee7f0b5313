/** The cells of a feature, kept by a reader that reads only what has changed. */
import type { Cell } from '../../src/core/cells/cell.ts';
import { cellKeyString } from '../../src/core/cells/cell.ts';
import { foldCells } from '../../src/core/cells/grains.ts';
import type { CellsRead, Cursor, StoreView } from '../../src/contracts/store.ts';

export interface KeptCells {
  readonly cells: readonly Cell[];
  /** Reads what changed since the last time. */
  read(view: StoreView): Promise<CellsRead>;
}

export function keptCells(feature: string): KeptCells {
  let cells: readonly Cell[] = [];
  let since: Cursor | undefined;
  return {
    get cells() {
      return cells;
    },
    async read(view) {
      const read = await view.cellsSince(feature, since);
      const changed = new Set(read.cells.map(({ key }) => cellKeyString(key)));
      const kept = read.complete ? [] : foldCells(cells, read.grains);
      cells = [...kept.filter(({ key }) => !changed.has(cellKeyString(key))), ...read.cells].filter(
        ({ sums }) => Object.keys(sums).length > 0,
      );
      since = read.next;
      return read;
    },
  };
}
