/** Recomputes the cells from the ledger. Any difference means that cells and ledger were inconsistent. */
import { callback, optional, optionsWith, storeWith, text } from '../argument-checks.ts';
import { foldIntent } from '../core/ledger/records.ts';
import { contribution } from '../core/cells/contribution.ts';
import type { Cell } from '../core/cells/cell.ts';
import { missingCells } from '../core/cells/differences.ts';
import { foldCells } from '../core/cells/grains.ts';
import type { CellMap } from '../core/cells/sums.ts';
import { addCell } from '../core/cells/sums.ts';
import { correctionId } from '../contracts/correction-id.ts';
import type { Store, StoreView } from '../contracts/store.ts';

/** Intents loaded concurrently: more hides more network latency and needs more memory. */
const BATCH_SIZE = 64;

/** Ids listed at once: more needs more memory. */
const PAGE_SIZE = 5_000;

/** The result of {@link rebuildCells}. */
export interface RebuildResult {
  readonly feature: string;
  /** Intents whose records are in the ledger. */
  readonly intents: number;
  /** Cells of the pruned base: what pruned intents contributed, which the ledger no longer shows. */
  readonly prunedCells: number;
  /** Cells, also of the pruned base, that had other values or could not be read; 0 in a consistent store. */
  readonly corrected: number;
}

export interface RebuildOptions {
  /**
   * Returns the correct pruned base of the feature at the moment of the view, from a recount of the archive, say. Default:
   * the stored pruned base is taken as correct.
   */
  readonly base?: (view: StoreView, feature: string) => Promise<readonly Cell[]>;
  /** Called after each batch with the number of intents read so far. */
  readonly progress?: (intents: number) => void;
}

const checkStore = storeWith('consistently', 'correctCells');
const checkOptions = optionsWith<RebuildOptions>({ base: optional(callback), progress: optional(callback) });

/**
 * Compares a feature's cells with the pruned base plus the contributions of every intent in the ledger, all of one moment,
 * and adds the difference. Exact while others write: what they add is in both.
 *
 * @throws RouterError `invalid-value` for wrong arguments
 *
 * @example
 * ```ts
 * const { corrected } = await rebuildCells(store, 'support.reply');
 * ```
 */
export async function rebuildCells(
  store: Store,
  feature: string,
  options: RebuildOptions = {},
): Promise<RebuildResult> {
  checkStore(store, 'rebuildCells.store');
  text(feature, 'rebuildCells.feature');
  checkOptions(options, 'rebuildCells');
  for (let attempt = 0; ; attempt++) {
    const { missing, pruned, ...rebuilt } = await store.consistently(async view => recount(view, feature, options));
    // The correction is named after the difference, so that two rebuilds of the same damage repair it once. Where the name was used before,
    // another rebuild has repaired the damage, or the same damage has occurred again: another recount shows which.
    const id = `${correctionId(`rebuild ${feature}`, [...missing, ...pruned])} ${attempt}`;
    if (rebuilt.corrected === 0 || (await store.correctCells(feature, missing, { id, pruned }))) return rebuilt;
  }
}

interface Recount extends RebuildResult {
  /** What is missing from the cells, and from the pruned base. */
  readonly missing: readonly Cell[];
  readonly pruned: readonly Cell[];
}

async function recount(view: StoreView, feature: string, { base: baseOf, progress }: RebuildOptions): Promise<Recount> {
  let damaged = 0;
  const { cells, grains } = await view.cellsSince(feature, undefined, () => void damaged++);
  const stored = await view.prunedCells(feature);
  const base = baseOf === undefined ? stored : foldCells(await baseOf(view, feature), grains);
  const pruned = missingCells(stored, base);
  const expected: CellMap = new Map();
  const count = (more: readonly Cell[]): void => {
    for (const cell of foldCells(more, grains)) addCell(expected, cell);
  };
  count(base);
  let intents = 0;
  for await (const ids of idsOf(view, feature)) {
    for (const records of await Promise.all(ids.map(async id => view.load(id)))) {
      const intent = foldIntent(records);
      if (intent === undefined) continue;
      intents++;
      count(contribution(intent));
    }
    progress?.(intents);
  }
  const missing = missingCells(cells, expected.values());
  const corrected = Math.max(missing.length, damaged) + pruned.length;
  return { feature, intents, prunedCells: base.length, corrected, missing, pruned };
}

/** Ids of a feature's intents, in batches. A scan would read the records of all features. */
async function* idsOf(view: StoreView, feature: string): AsyncGenerator<readonly string[]> {
  let page: readonly string[] = [];
  do {
    const after = page.at(-1);
    page = await view.intents({ feature, limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) });
    for (let start = 0; start < page.length; start += BATCH_SIZE) yield page.slice(start, start + BATCH_SIZE);
  } while (page.length === PAGE_SIZE);
}
