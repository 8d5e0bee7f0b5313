/** The statistics that this process keeps, to answer reads while the store does not. */
import type { Cell } from '../core/cells/cell.ts';
import { cellKeyString } from '../core/cells/cell.ts';
import { sumOf } from '../core/cells/sums.ts';

export interface KnownCells {
  /** `undefined` for a feature that was never read, because this process's own changes are only a part of its cells. */
  of(feature: string): readonly Cell[] | undefined;
  /** Replaces a feature's cells by those just read from the store. */
  set(feature: string, cells: readonly Cell[]): void;
  /** Adds a change that this process made after that read. */
  add(delta: readonly Cell[]): void;
}

export function knownCells(): KnownCells {
  const features = new Map<string, Map<string, Cell>>();
  return {
    of(feature) {
      const table = features.get(feature);
      return table === undefined ? undefined : [...table.values()].filter(({ sums }) => Object.keys(sums).length > 0);
    },
    set(feature, cells) {
      features.set(feature, new Map(cells.map(cell => [cellKeyString(cell.key), cell])));
    },
    add(delta) {
      for (const { key, sums } of delta) {
        const table = features.get(key.feature);
        if (table === undefined) continue;
        const id = cellKeyString(key);
        table.set(id, { key, sums: sumOf([table.get(id)?.sums ?? {}, sums]) });
      }
    },
  };
}
