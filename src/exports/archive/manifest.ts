/** The list of an archive's files. A file that is not listed does not count. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveState } from '../../contracts/archiving.ts';
import { RouterError } from '../../errors.ts';
import type { ArchivedFile } from './folder.ts';
import { writeWhole } from './folder.ts';

const FORMAT = 'outcome-router/archive';

/** Version of the files and of this manifest. An archive in which nothing was erased is of version 1, which older readers know too. */
const VERSION = 2;

/** Intents that were archived together, all decided on one UTC day. */
export interface ArchiveRun {
  readonly run: string;
  /** `2026-08-01` */
  readonly day: string;
  /** Times of the first and the last decision, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly intents: number;
  /** Rows of the two files, and the model spend of all intents in nano-dollars. */
  readonly rows: { readonly records: number; readonly contributions: number };
  readonly spendNanoUsd: string;
  readonly files: {
    readonly records: ArchivedFile;
    readonly contributions: ArchivedFile;
    /** Statistics of intents whose records were erased in the other two files, as lines of a ledger export. */
    readonly erased?: ArchivedFile;
  };
}

export interface ArchiveManifest {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Name of the archive, which its ledger has too. */
  readonly archive: string;
  /** Statistics of intents that were pruned before the archive began, as lines of a ledger export. */
  readonly pruned: ArchivedFile;
  readonly runs: readonly ArchiveRun[];
}

/** A kind of Parquet file; all files of a kind are in the folder with its name. */
export type FileKind = 'records' | 'contributions';

export const filesOf = ({ files }: ArchiveRun): readonly ArchivedFile[] => [
  files.records,
  files.contributions,
  ...(files.erased === undefined ? [] : [files.erased]),
];

export const manifestPath = (folder: string): string => join(folder, 'manifest.json');

export function newManifest(archive: string, pruned: ArchivedFile): ArchiveManifest {
  return { format: FORMAT, version: 1, archive, pruned, runs: [] };
}

export async function writeManifest(folder: string, manifest: ArchiveManifest): Promise<void> {
  const version = manifest.runs.some(({ files }) => files.erased !== undefined) ? VERSION : 1;
  await writeWhole(manifestPath(folder), `${JSON.stringify({ ...manifest, version }, undefined, 1)}\n`);
}

/**
 * `undefined` if there is no manifest.
 * @throws RouterError `invalid-data` for a manifest that is damaged, of another program or of a newer version
 */
export async function readManifest(folder: string): Promise<ArchiveManifest | undefined> {
  const path = manifestPath(folder);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  const manifest = parsed(text, path) as Partial<ArchiveManifest> | null;
  if (manifest?.format !== FORMAT) throw damaged(path, 'it is not the list of an archive');
  if (typeof manifest.version === 'number' && manifest.version > VERSION)
    throw new RouterError(
      'invalid-data',
      `the archive was written by a newer outcome-router (version ${manifest.version})`,
      {
        path,
        accepted: `up to ${VERSION}: upgrade this process`,
      },
    );
  if (!isManifest(manifest)) throw damaged(path, 'a part of it is missing');
  return manifest;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path, 'it is not JSON');
  }
}

function isManifest(given: Partial<ArchiveManifest>): given is ArchiveManifest {
  const { version, archive, pruned, runs } = given;
  return (
    (version === 1 || version === VERSION) &&
    typeof archive === 'string' &&
    isFile(pruned) &&
    Array.isArray(runs) &&
    runs.every(isRun)
  );
}

function isRun(given: unknown): boolean {
  const { run, day, fromMs, toMs, files } = (given ?? {}) as Partial<ArchiveRun>;
  const isNamed =
    typeof run === 'string' && typeof day === 'string' && Number.isFinite(fromMs) && Number.isFinite(toMs);
  const { records, contributions, erased } = files ?? {};
  return isNamed && isFile(records) && isFile(contributions) && (erased === undefined || isFile(erased));
}

/** A path that leads out of the folder cannot belong to an archive. */
const FILE_PATH =
  /^(?:pruned\.jsonl|(?:records|contributions)\/day=[\d-]+\/[\w-]+\.parquet|erased\/day=[\d-]+\/[\w-]+\.jsonl)$/;

function isFile(file: Partial<ArchivedFile> | undefined): boolean {
  return FILE_PATH.test(file?.path ?? '') && Number.isFinite(file?.bytes) && typeof file?.sha256 === 'string';
}

/**
 * @throws RouterError `store-unusable` for the archive of another ledger, `invalid-data` if the folder lacks a part of this
 * ledger's archive
 */
export function requireOwnArchive(
  folder: string,
  { archive, runs }: ArchiveManifest,
  state: ArchiveState | undefined,
): asserts state is ArchiveState {
  if (state?.archive !== archive) throw ofAnotherLedger(folder);
  const listed = new Set(runs.map(({ run }) => run));
  const missing = [...state.runs].find(run => !listed.has(run));
  if (missing !== undefined) throw damaged(manifestPath(folder), `it does not list the run ${missing}`);
}

export function ofAnotherLedger(folder: string): RouterError {
  return new RouterError('store-unusable', 'the archive belongs to another ledger', {
    path: folder,
    accepted: 'the archive of this ledger, or a new folder',
  });
}

export function damaged(path: string, why: string): RouterError {
  return new RouterError('invalid-data', `the archive is damaged: ${why}`, { path, accepted: 'the file from a copy' });
}
