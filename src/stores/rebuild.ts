/** Recomputes the cells from the ledger. Any difference means that cells and ledger were inconsistent. */
import { callback, optional, optionsWith, storeWith, text } from '../argument-checks.ts';
import { foldIntent } from '../core/ledger/records.ts';
import { contribution } from '../core/cells/contribution.ts';
import type { Cell } from '../core/cells/cell.ts';
import { cellKeyString } from '../core/cells/cell.ts';
import type { CellMap } from '../core/cells/sums.ts';
import { addCell, difference } from '../core/cells/sums.ts';
import { RouterError } from '../errors.ts';
import type { Store } from '../contracts/store.ts';

/** Intents loaded concurrently: more hides more network latency and needs more memory. */
const BATCH_SIZE = 64;

/** The result of {@link rebuildCells}. */
export interface Rebuilt {
  readonly feature: string;
  /** Intents whose records are in the ledger. */
  readonly intents: number;
  /** Cells of the pruned base: what pruned intents contributed, which the ledger no longer shows. */
  readonly prunedCells: number;
  /** Cells that had other values before; 0 in a consistent store. All of them where one was damaged. */
  readonly corrected: number;
}

export interface RebuildOptions {
  /** Called after each batch with the number of intents read so far. */
  readonly progress?: (intents: number) => void;
}

const checkStore = storeWith('scan', 'load', 'cells', 'prunedCells', 'replaceCells', 'generation');
const checkOptions = optionsWith<RebuildOptions>({ progress: optional(callback) });

/**
 * Replaces a feature's cells by the pruned base plus the contributions of every intent in the ledger.
 *
 * @throws RouterError `store-unusable` when another process wrote in the meantime; nothing is replaced then.
 *   `invalid-value` for wrong arguments.
 *
 * @example
 * ```ts
 * const { corrected } = await rebuildCells(store, 'support.reply');
 * ```
 */
export async function rebuildCells(store: Store, feature: string, options: RebuildOptions = {}): Promise<Rebuilt> {
  checkStore(store, 'rebuildCells.store');
  text(feature, 'rebuildCells.feature');
  checkOptions(options, 'rebuildCells');
  const { progress } = options;
  const ifGeneration = await store.generation();
  const base = await store.prunedCells(feature);
  const cells: CellMap = new Map();
  for (const cell of base) addCell(cells, cell);
  let intents = 0;
  const fold = async (ids: readonly string[]): Promise<void> => {
    for (const records of await Promise.all(ids.map(id => store.load(id)))) {
      const intent = foldIntent(records);
      if (intent === undefined) continue;
      intents++;
      for (const cell of contribution(intent)) addCell(cells, cell);
    }
    progress?.(intents);
  };
  let ids: string[] = [];
  for await (const record of store.scan({ feature, kind: 'decided' })) {
    // An intent that was decided again has a second record of this kind.
    if (record.revision !== 0) continue;
    ids.push(record.intentId);
    if (ids.length < BATCH_SIZE) continue;
    await fold(ids);
    ids = [];
  }
  await fold(ids);
  const next = [...cells.values()];
  // Cells that cannot be read are replaced too. A store that answers nothing refuses that.
  const before = await store.cells(feature).catch(() => undefined);
  const corrected = before === undefined ? Math.max(1, next.length) : countDifferent(before, next);
  if (!(await store.replaceCells(feature, next, { ifGeneration })))
    throw new RouterError('store-unusable', 'another process wrote to the store while its statistics were rebuilt', {
      path: feature,
      accepted: 'a store without writers: stop them and run it again',
    });
  return { feature, intents, prunedCells: base.length, corrected };
}

function countDifferent(before: readonly Cell[], after: readonly Cell[]): number {
  const left = new Map(before.map(cell => [cellKeyString(cell.key), cell.sums]));
  let different = 0;
  for (const { key, sums } of after) {
    const id = cellKeyString(key);
    if (Object.keys(difference(sums, left.get(id) ?? {})).length > 0) different++;
    left.delete(id);
  }
  return different + left.size;
}
