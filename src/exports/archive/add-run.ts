/** Moves some intents of a ledger into its archive, as one run. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archiving, ClosedIntent } from '../../contracts/archiving.ts';
import type { Store } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import type { DuckDb } from './duckdb.ts';
import type { ArchiveManifest, ArchiveRun } from './manifest.ts';
import { filesOf, writeManifest } from './manifest.ts';
import { archivedAlready, newName } from './own-archive.ts';
import { writeRun } from './write-run.ts';

export interface ArchiveContext {
  readonly archiving: Archiving;
  readonly db: DuckDb;
  /** Held by this process. */
  readonly folder: string;
}

interface NewRun {
  /** Lists the runs that the ledger knows. */
  readonly manifest: ArchiveManifest;
  readonly intents: readonly ClosedIntent[];
  /** Intents that are not closed are moved too. */
  readonly evenOpen?: boolean;
}

/** How often a run is written again because an intent in it has changed meanwhile. */
export const MAX_RETRIES = 10;

/**
 * @returns the last run in the manifest now; `undefined` where an intent has changed meanwhile, and nothing was moved
 * @throws RouterError `store-unusable` where another process archives into another folder
 */
export async function addRun(
  store: Pick<Store, 'archive'>,
  { archiving, db, folder }: ArchiveContext,
  { manifest, intents, evenOpen = false }: NewRun,
): Promise<ArchiveRun | undefined> {
  const entry = await writeRun(db, folder, { run: newName(), intents });
  await writeManifest(folder, { ...manifest, runs: [...manifest.runs, entry] });
  const done = await archiving.remove(
    entry.run,
    intents.map(({ id, records }) => ({ id, revisions: records.length })),
    { runsBefore: manifest.runs.length, evenOpen },
  );
  if (done) return entry;
  await writeManifest(folder, manifest);
  for (const { path } of filesOf(entry)) await rm(join(folder, path), { force: true });
  // The folder belongs to this process, so a run that the folder lacks must be in another folder.
  if (((await store.archive?.())?.runs.size ?? 0) > manifest.runs.length) throw archivedAlready(folder);
  return undefined;
}

export function changing(folder: string): RouterError {
  return new RouterError('store-unusable', 'intents that were to be archived changed while they were written', {
    path: folder,
    accepted: 'an earlier time (--older-than), or another try',
  });
}
