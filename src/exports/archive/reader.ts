/** Reads an archive: the files of the runs that a ledger lists, each checked before its first use. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveState } from '../../contracts/archiving.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { contribution } from '../../core/cells/contribution.ts';
import { addCell, type CellMap } from '../../core/cells/sums.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import { readRecord } from '../../core/ledger/record-versions.ts';
import { RouterError } from '../../errors.ts';
import { recentlyUsed } from '../../recently-used.ts';
import { decodeLedgerLine } from '../ledger/ledger-lines.ts';
import { cellOfSums, rowsOfFiles, sumContributions } from './contribution-columns.ts';
import type { DuckDb, SqlRow } from './duckdb.ts';
import { openDuckDb, sqlText } from './duckdb.ts';
import type { ArchivedFile } from './folder.ts';
import { contentsOf, requirePlainName } from './folder.ts';
import type { ArchiveRun, FileKind } from './manifest.ts';
import { damaged, manifestPath, readManifest, requireOwnArchive } from './manifest.ts';

/** An opened archive. Close it after use. */
export interface ArchiveReader {
  /**
   * The archive at one moment of its ledger.
   * @param state the ledger's list of its archive's runs
   * @throws RouterError `store-unusable` for the archive of another ledger, `invalid-data` for a damaged one
   */
  at(state: ArchiveState | undefined): Promise<ArchiveMoment>;
  close(): Promise<void>;
}

export interface ArchiveMoment {
  readonly runs: readonly ArchiveRun[];
  /** Checked files of runs as a list in SQL, for `read_parquet`. */
  files(kind: FileKind, runs: readonly ArchiveRun[]): Promise<string>;
  /** Checks that files exist, and their sizes: reading them all would take longer. */
  requireFiles(kind: FileKind, runs: readonly ArchiveRun[]): Promise<void>;
  /** The run of a file that DuckDB names. */
  fileOf(name: string): ArchiveRun;
  readonly db: DuckDb;
  /** The records of all intents of a run, by intent, each in revision order. The last few runs are kept. */
  recordsOf(run: ArchiveRun): Promise<ReadonlyMap<string, readonly LedgerRecord[]>>;
  /** Statistics of intents that were pruned before the archive began, and of those that were erased in it. */
  pruned(): Promise<readonly Cell[]>;
  /** Statistics of intents of one run that were erased. */
  erased(run: ArchiveRun): Promise<readonly Cell[]>;
}

/** Runs whose records are kept in memory: readers of charges read the same ones again. */
const KEPT_RUNS = 3;

/** @throws RouterError `invalid-value` for a folder without an archive */
export async function openArchive(folder: string): Promise<ArchiveReader> {
  if ((await readManifest(folder)) === undefined)
    throw new RouterError('invalid-value', 'there is no archive', {
      path: folder,
      accepted: 'the folder that `outcome-router archive --to` was given',
    });
  requirePlainName(folder);
  const db = await openDuckDb();
  const checkedFiles = new Map<string, Promise<void>>();
  const kept = recentlyUsed<string, Promise<ReadonlyMap<string, readonly LedgerRecord[]>>>(KEPT_RUNS);

  async function checkOnce(file: ArchivedFile): Promise<void> {
    // Files can have the same content: those of runs from which all intents were erased.
    const key = `${file.path} ${file.sha256}`;
    let checking = checkedFiles.get(key);
    if (checking === undefined) checkedFiles.set(key, (checking = check(join(folder, file.path), file)));
    return checking;
  }

  async function files(kind: FileKind, runs: readonly ArchiveRun[]): Promise<string> {
    for (const run of runs) await checkOnce(run.files[kind]);
    return `[${runs.map(run => sqlText(join(folder, run.files[kind].path))).join(', ')}]`;
  }

  async function readRun(run: ArchiveRun): Promise<ReadonlyMap<string, readonly LedgerRecord[]>> {
    const list = await files('records', [run]);
    const records = new Map<string, LedgerRecord[]>();
    const rows = db.stream(`SELECT intent_id, json FROM read_parquet(${list}) ORDER BY intent_id, revision`);
    for await (const part of rows)
      for (const [id, json] of part as readonly (readonly [string, string])[]) {
        let own = records.get(id);
        if (own === undefined) records.set(id, (own = []));
        own.push(recordOf(json, run));
      }
    return records;
  }

  async function cellsOf(file: ArchivedFile): Promise<readonly Cell[]> {
    await checkOnce(file);
    const lines = (await readFile(join(folder, file.path), 'utf8')).split('\n').filter(line => line !== '');
    return lines.flatMap((line, index) => {
      const decoded = decodeLedgerLine(line, index + 1);
      return decoded.kind === 'pruned' ? [decoded.cell] : [];
    });
  }

  const erased = async (run: ArchiveRun): Promise<readonly Cell[]> =>
    run.files.erased === undefined ? [] : cellsOf(run.files.erased);

  return {
    async at(state) {
      const manifest = await readManifest(folder);
      if (manifest === undefined) throw damaged(manifestPath(folder), 'it is missing');
      requireOwnArchive(folder, manifest, state);
      const runs = manifest.runs.filter(({ run }) => state.runs.has(run));
      const byFile = new Map(runs.map(run => [join(folder, run.files.records.path), run]));
      return {
        runs,
        files,
        async requireFiles(kind, some) {
          for (const { files: own } of some) await checkSize(join(folder, own[kind].path), own[kind]);
        },
        fileOf: name => byFile.get(name) as ArchiveRun,
        db,
        recordsOf(run) {
          // By its content: a run from which intents were erased has another file.
          const { sha256 } = run.files.records;
          const records = kept.get(sha256) ?? readRun(run);
          kept.set(sha256, records);
          return records;
        },
        async pruned() {
          const cells = [...(await cellsOf(manifest.pruned))];
          for (const run of runs) cells.push(...(await erased(run)));
          return cells;
        },
        erased,
      };
    },
    close: async () => db.close(),
  };
}

export function recordOf(json: string, { files }: ArchiveRun): LedgerRecord {
  const record = readRecord(JSON.parse(json));
  if (record === undefined)
    throw new RouterError('invalid-data', 'a record in the archive is of a kind that this version does not know', {
      path: files.records.path,
      accepted: 'a newer outcome-router',
    });
  return record;
}

/** @throws RouterError `invalid-data` */
async function check(path: string, file: ArchivedFile): Promise<void> {
  await checkSize(path, file);
  if ((await contentsOf(path)).sha256 !== file.sha256) throw damaged(path, 'the file is not the one that was written');
}

async function checkSize(path: string, { bytes }: ArchivedFile): Promise<void> {
  const size = await stat(path).then(
    found => found.size,
    () => undefined,
  );
  if (size === undefined) throw damaged(path, 'the file is missing');
  if (size !== bytes) throw damaged(path, `the file has ${size} bytes instead of ${bytes}`);
}

export interface RecountOptions {
  /** Fold the records again, instead of adding up the stored contributions. Slower, but it also checks the contributions. */
  readonly fromRecords?: boolean | undefined;
  /** Called with the number of intents read so far. */
  readonly progress?: (intents: number) => void;
}

/** The contributions of the archived intents to the statistics, by the hour, to the integer. Reads a month at a time. */
export async function archivedCells(moment: ArchiveMoment, options: RecountOptions = {}): Promise<readonly Cell[]> {
  const { fromRecords = false, progress } = options;
  const cells: CellMap = new Map();
  let intents = 0;
  for (const runs of Map.groupBy(moment.runs, ({ day }) => day.slice(0, 7)).values()) {
    if (fromRecords) for (const run of runs) await addRecords(cells, moment, run);
    else {
      await moment.requireFiles('records', runs);
      for (const cell of await sumsOf(moment, runs)) addCell(cells, cell);
    }
    intents += runs.reduce((sum, run) => sum + run.intents, 0);
    progress?.(intents);
  }
  return [...cells.values()];
}

async function sumsOf({ db, files }: ArchiveMoment, runs: readonly ArchiveRun[]): Promise<readonly Cell[]> {
  const rows: readonly SqlRow[] = await db.rows(sumContributions(rowsOfFiles(await files('contributions', runs))));
  return rows.map(cellOfSums);
}

async function addRecords(cells: CellMap, moment: ArchiveMoment, run: ArchiveRun): Promise<void> {
  for (const records of (await moment.recordsOf(run)).values()) {
    const intent = foldIntent(records);
    if (intent !== undefined) for (const cell of contribution(intent)) addCell(cells, cell);
  }
}
