/**
 * The pruned base that an archived ledger must have: intents pruned before the archive began, plus the archived ones,
 * recounted.
 */
import { callback, optional, optionsWith, text, yesOrNo } from '../../argument-checks.ts';
import type { StoreView } from '../../contracts/store.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { RecountOptions } from './reader.ts';
import { archivedCells, openArchive } from './reader.ts';

export interface ArchivedBase {
  /** For `rebuildCells`. One recount serves all features, unless another run was archived meanwhile. */
  base(view: StoreView, feature: string): Promise<readonly Cell[]>;
  close(): Promise<void>;
}

const checkOptions = optionsWith<RecountOptions>({ fromRecords: optional(yesOrNo), progress: optional(callback) });

/**
 * Recounts an archive, to compare the statistics of its ledger with it to the integer. It needs the package `@duckdb/node-api`.
 *
 * @param folder - The folder of the archive
 * @throws RouterError `invalid-value` for wrong arguments and a folder without an archive; `base` rejects as readings of `withArchive` do
 *
 * @example
 * ```ts
 * import { archivedBase } from 'outcome-router/archive';
 * import { rebuildCells } from 'outcome-router/finops';
 * const archive = await archivedBase('archive');
 * const { corrected } = await rebuildCells(store, 'support.reply', { base: archive.base });
 * await archive.close();
 * ```
 */
export async function archivedBase(folder: string, options: RecountOptions = {}): Promise<ArchivedBase> {
  text(folder, 'archivedBase.folder');
  checkOptions(options, 'archivedBase');
  const reader = await openArchive(folder);
  let counted: { readonly runs: number; readonly byFeature: ReadonlyMap<string, readonly Cell[]> } | undefined;
  return {
    async base(view, feature) {
      const moment = await reader.at(await view.archive?.());
      // Runs are only added, never removed.
      if (counted?.runs !== moment.runs.length) {
        const cells = [...(await moment.pruned()), ...(await archivedCells(moment, options))];
        counted = { runs: moment.runs.length, byFeature: Map.groupBy(cells, ({ key }) => key.feature) };
      }
      return counted.byFeature.get(feature) ?? [];
    },
    close: async () => reader.close(),
  };
}
