/** The part of a copy that concerns removed intents: the target refuses them too, and both ledgers share one archive. */
import type { RemovedIntent } from '../../contracts/archiving.ts';
import { recordsLeft } from '../../contracts/archiving.ts';
import type { Store, StoreView } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';

export interface CopiedRemovals {
  /** Number of ids of pruned and archived intents that the target now refuses like the source; 0 if it ends with its process. */
  readonly removed: number;
  /** Name of the archive that belongs to both ledgers now. */
  readonly archive?: string;
}

/** @throws RouterError `store-unusable` if the target has an archive that the source does not have */
export async function requireSameArchive(source: StoreView, target: Store): Promise<void> {
  const theirs = await target.archive?.();
  if (theirs !== undefined && theirs.archive !== (await source.archive?.())?.archive) throw anotherArchive();
}

/**
 * The archive's name is copied last: a target that has the name then knows the ids of all archived intents.
 *
 * @param leftOut - Intents with a damaged record. One that the target does not have is refused there as if it were pruned
 */
export async function copyRemoved(
  view: StoreView,
  target: Store,
  leftOut: ReadonlySet<string>,
): Promise<CopiedRemovals> {
  const { archiving } = target;
  if (archiving === undefined) return { removed: 0 };
  for (const id of leftOut)
    if ((await recordsLeft(target, id)).length === 0)
      await archiving.adopt([{ id, lastMs: Infinity, isArchived: false }]);
  let removed = 0;
  let last: RemovedIntent | undefined;
  do {
    const page: readonly RemovedIntent[] = (await view.removed?.(last?.id ?? '')) ?? [];
    if (page.length > 0) await archiving.adopt(page);
    removed += page.length;
    last = page.at(-1);
  } while (last !== undefined);
  const state = await view.archive?.();
  if (state === undefined) return { removed };
  if ((await archiving.claim(state.archive, [...state.runs])) !== state.archive) throw anotherArchive();
  return { removed, archive: state.archive };
}

function anotherArchive(): RouterError {
  return new RouterError('store-unusable', 'the target has an archive that is not the archive of the source', {
    accepted: 'an empty target, or an earlier copy of the same ledger that was not archived on its own',
  });
}
