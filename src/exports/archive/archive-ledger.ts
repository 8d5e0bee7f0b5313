/**
 * Moves a ledger's old, closed intents into an archive: Parquet files by day, which are on the disk before anything is removed.
 */
import { callback, finite, optional, optionsWith, storeWith, text, wholeFromOne } from '../../argument-checks.ts';
import { forgottenBefore } from '../../contracts/archiving.ts';
import type { Store } from '../../contracts/store.ts';
import { invalidValue, RouterError } from '../../errors.ts';
import type { ArchiveContext } from './add-run.ts';
import { addRun, changing, MAX_RETRIES } from './add-run.ts';
import { openDuckDb } from './duckdb.ts';
import { requirePlainName } from './folder.ts';
import { holdArchive, ownManifest, requireOnlyArchive } from './own-archive.ts';

export interface ArchiveOptions {
  /** Only intents whose last record is before this time, milliseconds since the epoch. */
  readonly beforeMs: number;
  /**
   * Ids of archived intents are kept, so that none begins again; those whose last record is before this time are forgotten. Must be before
   * `beforeMs`; default: a year before it.
   */
  readonly forgetBeforeMs?: number;
  /** Called repeatedly with the number of intents archived so far. */
  readonly progress?: (intents: number) => void;
  /** Intents in one run; default 10,000. More of them make larger files and a longer transaction. */
  readonly intentsPerRun?: number;
}

/** The result of {@link archiveLedger}. */
export interface ArchiveResult {
  readonly intents: number;
  readonly records: number;
  readonly runs: number;
  /** Size of the new files. */
  readonly bytes: number;
}

const checkStore = storeWith('consistently', 'prunedCells');
const checkOptions = optionsWith<ArchiveOptions>({
  beforeMs: finite,
  forgetBeforeMs: optional(finite),
  progress: optional(callback),
  intentsPerRun: optional(wholeFromOne),
});

/**
 * Writes the records of closed intents as Parquet (docs/archive.md), reads them back, and then removes them from the ledger; the statistics
 * stay. The process may end at any point: archive and ledger together are the whole ledger at each moment, and the next call continues.
 * Other processes may write to the ledger meanwhile.
 *
 * It needs the package `@duckdb/node-api`, which is loaded when this is called.
 *
 * @param folder - The archive of this ledger, or a name for a new one, whose parent folder exists
 * @throws RouterError `invalid-value` for wrong arguments, a folder with other files and a store that cannot be archived;
 *   `store-unusable` for the archive of another ledger and where the folder cannot be written; `invalid-data` for a damaged
 *   archive or record. Nothing that is not in the archive was removed then
 *
 * @example
 * ```ts
 * import { archiveLedger } from 'outcome-router/archive';
 * import { sqlite } from 'outcome-router/stores/sqlite';
 * const { intents } = await archiveLedger(sqlite('router.db'), 'archive', { beforeMs: Date.now() - 90 * 86_400_000 });
 * ```
 */
export async function archiveLedger(store: Store, folder: string, options: ArchiveOptions): Promise<ArchiveResult> {
  checkStore(store, 'archiveLedger.store');
  text(folder, 'archiveLedger.folder');
  checkOptions(options, 'archiveLedger');
  const { beforeMs, forgetBeforeMs = -Infinity } = options;
  if (forgetBeforeMs >= beforeMs)
    throw invalidValue(forgetBeforeMs, 'archiveLedger.forgetBeforeMs', 'a time before `beforeMs`');
  const { archiving } = store;
  if (archiving === undefined || store.archive === undefined)
    throw new RouterError(
      'invalid-value',
      `the store ${store.name} cannot be archived: its ledger ends with its process`,
      {
        path: 'archiveLedger.store',
        accepted: 'a store on SQLite or PostgreSQL',
      },
    );
  const db = await openDuckDb();
  try {
    requirePlainName(folder);
    // Whether the ledger has another archive is checked before the folder is created, which would otherwise be left behind.
    await requireOnlyArchive(store, folder);
    const release = await holdArchive(folder);
    try {
      return await archiveInto(store, { archiving, db, folder }, options);
    } finally {
      release();
    }
  } finally {
    await db.close();
  }
}

async function archiveInto(store: Store, context: ArchiveContext, options: ArchiveOptions): Promise<ArchiveResult> {
  const { archiving, folder } = context;
  const { beforeMs, forgetBeforeMs = forgottenBefore(beforeMs), progress, intentsPerRun = 10_000 } = options;
  let manifest = await ownManifest(store, context);
  const archived = { intents: 0, records: 0, runs: 0, bytes: 0 };
  let fromMs = -Infinity;
  for (let retries = 0; ; ) {
    const intents = await archiving.closed({ fromMs, beforeMs, limit: intentsPerRun });
    if (intents.length === 0) break;
    const entry = await addRun(store, context, { manifest, intents });
    if (entry === undefined) {
      if (++retries > MAX_RETRIES) throw changing(folder);
      continue;
    }
    manifest = { ...manifest, runs: [...manifest.runs, entry] };
    fromMs = entry.fromMs;
    archived.intents += entry.intents;
    archived.records += entry.rows.records;
    archived.runs++;
    archived.bytes += entry.files.records.bytes + entry.files.contributions.bytes;
    progress?.(archived.intents);
  }
  await archiving.forget({ repliesBeforeMs: beforeMs, idsBeforeMs: forgetBeforeMs });
  return archived;
}
