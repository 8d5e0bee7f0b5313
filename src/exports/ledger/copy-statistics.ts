/** The last part of a copy: the pruned base, and the statistics of both sides compared to the integer. */
import { correctionId } from '../../contracts/correction-id.ts';
import type { CellsRead, Store, StoreView } from '../../contracts/store.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { missingCells } from '../../core/cells/differences.ts';
import { foldCells } from '../../core/cells/grains.ts';
import { RouterError } from '../../errors.ts';

export interface CopiedStatistics {
  readonly features: number;
  /** Cells that are equal on both sides. */
  readonly cells: number;
}

export interface StatisticsOptions {
  /** Intents with a damaged record: their contributions become a part of the target's pruned base. */
  readonly leftOut?: number;
  /** As in `CopyOptions`. If a feature has a damaged row, its statistics are those of the copied records. */
  readonly damaged?: ((error: unknown) => void) | undefined;
}

/**
 * Adds the cells that the target's pruned base lacks, after all records were copied.
 *
 * @throws RouterError `store-unusable` if the statistics of both sides differ in anything else; nothing is added then
 */
export async function copyStatistics(
  view: StoreView,
  target: Store,
  { leftOut = 0, damaged }: StatisticsOptions = {},
): Promise<CopiedStatistics> {
  const features = new Set([...(await view.features()), ...(await target.features())]);
  for (const { key } of await view.prunedCells()) features.add(key.feature);
  let cells = 0;
  for (const feature of features) {
    let isWhole = true;
    const tell = (error: unknown): void => {
      isWhole = false;
      damaged?.(error);
    };
    const ours = await view.cellsSince(feature, undefined, damaged && tell);
    const lacking = await lackingCells(ours, target, feature);
    if (!isWhole || lacking.cells.length > 0) {
      const base = await view.prunedCells(feature);
      const folded = (list: readonly Cell[]): readonly Cell[] => foldCells(list, lacking.grains);
      const lackingBase = missingCells(folded(await target.prunedCells(feature)), folded(base));
      const pruned = isWhole && leftOut > 0 ? lacking.cells : lackingBase;
      if (isWhole && missingCells(pruned, lacking.cells).length > 0) throw different(feature, lacking.cells.length);
      await target.correctCells(feature, pruned, { id: correctionId(`copy ${feature}`, [...base, ...pruned]), pruned });
      const left = await lackingCells(ours, target, feature);
      if (isWhole && left.cells.length > 0) throw different(feature, left.cells.length);
    }
    if (isWhole) cells += ours.cells.length;
  }
  return { features: features.size, cells };
}

async function lackingCells(
  ours: CellsRead,
  target: Store,
  feature: string,
): Promise<Pick<CellsRead, 'cells' | 'grains'>> {
  const theirs = await target.cellsSince(feature);
  // If one side has a bucket of a day, the hours of the other side are merged to compare.
  const grains = {
    dayBefore: Math.max(ours.grains.dayBefore, theirs.grains.dayBefore),
    weekBefore: Math.max(ours.grains.weekBefore, theirs.grains.weekBefore),
  };
  return { cells: missingCells(foldCells(theirs.cells, grains), foldCells(ours.cells, grains)), grains };
}

function different(feature: string, cells: number): RouterError {
  return new RouterError('store-unusable', `the statistics of source and target differ in ${cells} cells`, {
    path: feature,
    accepted:
      'a source whose statistics agree with its ledger (`outcome-router rebuild`), that is not pruned while it is copied, and a target without other writers',
  });
}
