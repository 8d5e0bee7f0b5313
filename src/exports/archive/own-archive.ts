/** The folder of a ledger's archive: created, recognized, and cleaned up after an interrupted run. */
import { constants } from 'node:fs';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Archiving, ArchiveState } from '../../contracts/archiving.ts';
import type { Store } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import { lockFile } from '../../file-lock.ts';
import { systemRuntime } from '../../runtime.ts';
import { encodeLedgerLine } from '../ledger/ledger-lines.ts';
import { contentsOf, writeWhole } from './folder.ts';
import type { ArchiveManifest, FileKind } from './manifest.ts';
import {
  filesOf,
  manifestPath,
  newManifest,
  ofAnotherLedger,
  readManifest,
  requireOwnArchive,
  writeManifest,
} from './manifest.ts';

/** The process that holds this lock is the only one that uses the archive. The file stays empty, and is not removed. */
const LOCK = '.lock';

const PRUNED = 'pruned.jsonl';

const SET_ASIDE = 'unlisted';

/**
 * Takes the folder for this process, until the function that it returns is called.
 * @throws RouterError `store-unusable` where another process has it, or the folder cannot be written
 */
export async function holdArchive(folder: string): Promise<() => void> {
  await makeFolder(folder);
  const release = lockFile(join(folder, LOCK));
  if (release === undefined)
    throw new RouterError('store-unusable', 'another process writes to this archive', { path: folder });
  return release;
}

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
 * deleted: if the ledger was restored from a copy, they may have records that it lacks. Other files of a run whose files are all
 * there are left by an erasure, and are deleted.
 *
 * @throws RouterError `invalid-data` if a run is missing
 */
export async function tidied(
  folder: string,
  manifest: ArchiveManifest,
  state: ArchiveState | undefined,
): Promise<ArchiveManifest> {
  requireOwnArchive(folder, manifest, state);
  const runs = manifest.runs.filter(({ run }) => state.runs.has(run));
  const left = { ...manifest, runs };
  if (runs.length < manifest.runs.length) await writeManifest(folder, left);
  const paths: string[] = [];
  for (const kind of ['records', 'contributions', 'erased', SET_ASIDE])
    for (const name of await filesBelow(join(folder, kind))) paths.push(`${kind}/${name}`);
  const found = new Set(paths);
  const listed = new Set(runs.flatMap(filesOf).map(({ path }) => path));
  const whole = new Set(runs.filter(run => filesOf(run).every(({ path }) => found.has(path))).map(({ run }) => run));
  for (const path of paths) {
    const isUnlisted = FILE_OF_RUN.test(path) && !path.startsWith(SET_ASIDE) && !listed.has(path);
    if (path.endsWith('.part') || (isUnlisted && whole.has(runOf(path)))) await rm(join(folder, path));
    else if (isUnlisted) await setAside(folder, path);
  }
  await rm(`${manifestPath(folder)}.part`, { force: true });
  return left;
}

const FILE_OF_RUN = /\.(?:parquet|jsonl)$/;

/** The run of a file: `records/day=2026-08-01/RUN.parquet`, or `RUN_VERSION.parquet` after an erasure. */
const runOf = (path: string): string => basename(path).replace(/[_.].*/, '');

/** Files of all runs that were set aside, and do not count. */
export async function filesSetAside(folder: string, kind: FileKind): Promise<readonly string[]> {
  const names = await filesBelow(join(folder, SET_ASIDE, kind));
  return names.filter(name => name.endsWith('.parquet')).map(name => `${SET_ASIDE}/${kind}/${name}`);
}

async function setAside(folder: string, path: string): Promise<void> {
  const to = join(folder, SET_ASIDE, path);
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
