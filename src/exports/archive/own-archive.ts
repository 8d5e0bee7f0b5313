/** The folder of a ledger's archive: created, recognized, and cleaned up after an interrupted run. */
import { constants } from 'node:fs';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Archiving, ArchiveState } from '../../contracts/archiving.ts';
import type { Store } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import { systemRuntime } from '../../runtime.ts';
import { encodeLedgerLine } from '../ledger/ledger-lines.ts';
import { contentsOf, writeWhole } from './folder.ts';
import type { ArchiveManifest } from './manifest.ts';
import { newManifest, ofAnotherLedger, readManifest, requireOwnArchive, writeManifest } from './manifest.ts';

/** The process that holds this lock is the only one that uses the archive. The file stays empty, and is not removed. */
export const LOCK = '.lock';

const PRUNED = 'pruned.jsonl';

/** A name that is unique even on a case-insensitive file system. */
export function newName(): string {
  return Buffer.from(systemRuntime().newId()).toString('hex');
}

/** Files that may be in a folder whose first run was interrupted before its manifest was written. */
const OWN_FILES = new Set([LOCK, PRUNED, `${PRUNED}.part`, 'manifest.json.part']);

/**
 * Creates the folder if there is none. Its parent must exist.
 * @throws RouterError `invalid-value` for a folder with other files, `store-unusable` where it cannot be used
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    if ((await readManifest(folder)) === undefined) {
      await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      const others = (await readdir(folder)).filter(name => !OWN_FILES.has(name));
      if (others.length > 0)
        throw new RouterError('invalid-value', `the folder has other files and is not an archive: ${others[0]}`, {
          path: folder,
          accepted: 'an empty folder, a new one, or the archive of this ledger',
        });
    }
    await access(folder, constants.W_OK);
  } catch (error) {
    if (RouterError.isInstance(error)) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? `there is no folder ${dirname(folder)}` : code === 'ENOTDIR' ? 'this is a file' : message;
    throw new RouterError('store-unusable', why, { path: folder, accepted: 'a folder that this user may write to' });
  }
}

/**
 * The manifest of the ledger's own archive, without the runs that an interrupted call left. If the ledger has no archive, this
 * creates one.
 *
 * @throws RouterError `store-unusable` for the archive of another ledger, and for a second one of this; `invalid-data` for a
 * damaged one
 */
export async function ownManifest(
  store: Store,
  { archiving, folder }: { readonly archiving: Archiving; readonly folder: string },
): Promise<ArchiveManifest> {
  const manifest = await foundOrBegun(store, { archiving, folder });
  return tidied(folder, manifest, await store.archive?.());
}

/** @throws RouterError `store-unusable` where the folder has no archive, and the ledger has one elsewhere */
export async function requireOnlyArchive(store: Pick<Store, 'archive'>, folder: string): Promise<void> {
  if ((await readManifest(folder)) !== undefined) return;
  if (((await store.archive?.())?.runs.size ?? 0) > 0) throw archivedAlready(folder);
}

export function archivedAlready(folder: string): RouterError {
  return new RouterError('store-unusable', 'the ledger has an archive already, in another folder', {
    path: folder,
    accepted: 'the folder of that archive: a second one would have a part of the ledger only',
  });
}

async function foundOrBegun(
  store: Store,
  { archiving, folder }: { readonly archiving: Archiving; readonly folder: string },
): Promise<ArchiveManifest> {
  const found = await readManifest(folder);
  const state = await store.archive?.();
  if (found !== undefined && state === undefined && found.runs.length > 0) throw ofAnotherLedger(folder);
  const archive = await archiving.claim(found?.archive ?? newName());
  if (found !== undefined) {
    if (found.archive !== archive) throw ofAnotherLedger(folder);
    return found;
  }
  if ((state?.runs.size ?? 0) > 0) throw archivedAlready(folder);
  // Nothing is pruned from here on.
  const lines = (await store.prunedCells()).map(cell => encodeLedgerLine({ kind: 'pruned', cell }));
  await writeWhole(join(folder, PRUNED), lines.map(line => `${line}\n`).join(''));
  const manifest = newManifest(archive, { path: PRUNED, ...(await contentsOf(join(folder, PRUNED))) });
  await writeManifest(folder, manifest);
  return manifest;
}

/**
 * The manifest without the runs of an interrupted call: the ledger still has their records. Their files are set aside and not
 * deleted: if the ledger was restored from a copy, they may have records that it lacks.
 *
 * @throws RouterError `invalid-data` if a run is missing
 */
async function tidied(
  folder: string,
  manifest: ArchiveManifest,
  state: ArchiveState | undefined,
): Promise<ArchiveManifest> {
  requireOwnArchive(folder, manifest, state);
  const runs = manifest.runs.filter(({ run }) => state.runs.has(run));
  const left = { ...manifest, runs };
  if (runs.length < manifest.runs.length) await writeManifest(folder, left);
  const listed = new Set(runs.flatMap(({ files }) => [files.records.path, files.contributions.path]));
  for (const kind of ['records', 'contributions'] as const)
    for (const name of await filesBelow(join(folder, kind))) {
      const path = `${kind}/${name}`;
      if (path.endsWith('.part')) await rm(join(folder, path));
      else if (path.endsWith('.parquet') && !listed.has(path)) await setAside(folder, path);
    }
  return left;
}

async function setAside(folder: string, path: string): Promise<void> {
  const to = join(folder, 'unlisted', path);
  await mkdir(dirname(to), { recursive: true });
  await rename(join(folder, path), to);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries.map(name => name.replaceAll('\\', '/'));
}
