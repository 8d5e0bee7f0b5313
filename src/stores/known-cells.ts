/** The statistics that this process knows, for the time in which the store does not answer. */
import type { Cell } from '../core/cells/cell.ts';
import { cellKeyString } from '../core/cells/cell.ts';
import { sumOf } from '../core/cells/sums.ts';

export interface KnownCells {
  /** `undefined` for a feature that was never read: this process's own changes are not the whole of it. */
  of(feature: string): readonly Cell[] | undefined;
  /** Replaces a feature's cells by those just read from the store. */
  set(feature: string, cells: readonly Cell[]): void;
  /** Adds a change that this process made since. */
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
