/** Erases intents in a ledger and its archive together: their records are gone, and every sum stays. */
import type { Archiving, RemovedIntent } from '../../contracts/archiving.ts';
import { isIntentRemoved } from '../../contracts/archiving.ts';
import type { Store } from '../../contracts/store.ts';
import { addRun, changing, MAX_RETRIES } from './add-run.ts';
import { eraseInRun } from './erase-in-run.ts';
import { eraseSetAside } from './erase-set-aside.ts';
import type { FoundIntent, WantedIntents } from './find-intents.ts';
import { findIntents } from './find-intents.ts';
import type { ArchiveManifest, ArchiveRun } from './manifest.ts';
import { damaged, filesOf, manifestPath, readManifest, writeManifest } from './manifest.ts';
import { holdArchive, tidied } from './own-archive.ts';
import type { ArchiveMoment, ArchiveReader } from './reader.ts';
import { openArchive } from './reader.ts';

/** The result of an erasure in a ledger and its archive. */
export interface ErasedIntents {
  readonly intents: number;
  readonly records: number;
  /** Intents that had no outcome yet: they will never have one, and stay counted as pending. */
  readonly pending: number;
  /** Files of the archive that were written again, or for the first time. */
  readonly files: number;
}

/** A store that can be archived. */
export type ArchivedStore = Store & { readonly archiving: Archiving };

export interface EraseOptions extends WantedIntents {
  /** Called repeatedly with the number of runs that were searched or written again so far. */
  readonly progress?: ((runs: number) => void) | undefined;
}

/**
 * The process may end at any point: every sum of ledger and archive together is the same at each moment, all records are there or all
 * are erased, and the next call continues. What the ledger has is moved into the archive first, as one run, so that one change of the
 * manifest erases all.
 *
 * @throws RouterError `invalid-value` for a folder without an archive, `store-unusable` for the archive of another ledger and where the
 *   folder cannot be written, `invalid-data` for a damaged archive, of which nothing was changed then
 */
export async function eraseArchived(
  store: ArchivedStore,
  folder: string,
  options: EraseOptions,
): Promise<ErasedIntents> {
  const reader = await openArchive(folder);
  try {
    const release = await holdArchive(folder);
    try {
      return await eraseHeld(store, { reader, folder }, options);
    } finally {
      release();
    }
  } finally {
    await reader.close();
  }
}

interface HeldArchive {
  readonly moment: ArchiveMoment;
  /** Held by this process. */
  readonly folder: string;
}

interface FoundRun {
  readonly run: ArchiveRun;
  readonly intents: readonly FoundIntent[];
}

async function eraseHeld(
  store: ArchivedStore,
  { reader, folder }: { readonly reader: ArchiveReader; readonly folder: string },
  { progress, ...wanted }: EraseOptions,
): Promise<ErasedIntents> {
  let steps = 0;
  const state = await store.archive?.();
  const listed = await readManifest(folder);
  if (listed === undefined) throw damaged(manifestPath(folder), 'it is missing');
  const tidy = await tidied(folder, listed, state);
  const held = { moment: await reader.at(state), folder };
  const found: FoundRun[] = [];
  for (const run of tidy.runs) {
    const intents = await intentsIn(held.moment, run, wanted);
    if (intents.length > 0) found.push({ run, intents });
    progress?.(++steps);
  }
  const ids = [...wanted.ids, ...found.flatMap(({ intents }) => intents.map(({ id }) => id))];
  const filesSetAside = await eraseSetAside(held.moment.db, folder, { ...wanted, ids });
  const { manifest, run } = await movedIn(store, held, { manifest: tidy, ids: wanted.ids });
  if (run !== undefined) found.push({ run, intents: await intentsIn(held.moment, run, wanted) });
  const erased = new Map<string, ArchiveRun>();
  for (const { run: old, intents } of found) {
    const before = await held.moment.erased(old);
    erased.set(old.run, await eraseInRun(held.moment.db, folder, { run: old, intents, before }));
    progress?.(++steps);
  }
  const intents = found.flatMap(each => each.intents);
  await noteErased(store, intents);
  const left = { ...manifest, runs: manifest.runs.map(each => erased.get(each.run) ?? each) };
  if (erased.size > 0) await writeManifest(folder, left);
  // The files that are not listed any more.
  await tidied(folder, left, await store.archive?.());
  return {
    intents: intents.length,
    records: intents.reduce((sum, { records }) => sum + records, 0),
    pending: intents.filter(({ hasOutcome }) => !hasOutcome).length,
    files: [...erased.values()].flatMap(filesOf).length + filesSetAside,
  };
}

/** The wanted intents of a run, whose files are checked if it has some. */
async function intentsIn(
  moment: ArchiveMoment,
  run: ArchiveRun,
  wanted: WantedIntents,
): Promise<readonly FoundIntent[]> {
  const intents = await findIntents(moment.db, await moment.files('records', [run]), wanted);
  if (intents.length > 0) {
    await moment.files('contributions', [run]);
    await moment.erased(run);
  }
  return intents;
}

/** Moves what the ledger has of the intents into the archive, closed or not. */
async function movedIn(
  store: ArchivedStore,
  { moment: { db }, folder }: HeldArchive,
  { manifest, ids }: { readonly manifest: ArchiveManifest; readonly ids: readonly string[] },
): Promise<{ readonly manifest: ArchiveManifest; readonly run?: ArchiveRun }> {
  const { archiving } = store;
  for (let tries = 0; tries <= MAX_RETRIES; tries++) {
    const intents = await archiving.stored(ids);
    if (intents.length === 0) return { manifest };
    const run = await addRun(store, { archiving, db, folder }, { manifest, intents, evenOpen: true });
    if (run !== undefined) return { manifest: { ...manifest, runs: [...manifest.runs, run] }, run };
  }
  throw changing(folder);
}

/** The ledger says of their ids from now on that the records are gone. Ids that it does not remember any more may have begun again. */
async function noteErased(store: ArchivedStore, intents: readonly FoundIntent[]): Promise<void> {
  const remembered: RemovedIntent[] = [];
  for (const { id, lastMs } of intents) {
    const isRemembered = await store.load(id).then(
      () => false,
      (error: unknown) => {
        if (isIntentRemoved(error)) return true;
        throw error;
      },
    );
    if (isRemembered) remembered.push({ id, lastMs, isArchived: false });
  }
  if (remembered.length > 0) await store.archiving.adopt(remembered);
}
