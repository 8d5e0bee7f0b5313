/** Writes the files of a run again without some intents, and keeps what these contributed to the statistics as sums. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Cell } from '../../core/cells/cell.ts';
import { addCell, type CellMap } from '../../core/cells/sums.ts';
import { encodeLedgerLine } from '../ledger/ledger-lines.ts';
import { cellOfSums, rowsOfFiles, sumContributions } from './contribution-columns.ts';
import type { DuckDb } from './duckdb.ts';
import { sqlText } from './duckdb.ts';
import type { FoundIntent } from './find-intents.ts';
import { IS_ERASED, makeErased } from './find-intents.ts';
import type { ArchivedFile } from './folder.ts';
import { contentsOf, writeWhole } from './folder.ts';
import type { ArchiveRun, FileKind } from './manifest.ts';
import { newName } from './own-archive.ts';
import { differs, writeParquet } from './write-parquet.ts';

interface RunToErase {
  readonly run: ArchiveRun;
  readonly intents: readonly FoundIntent[];
  /** Statistics of the intents that were erased in this run before. */
  readonly before: readonly Cell[];
}

/**
 * Writes new files beside those of the run, which stay. The new ones count once the manifest lists them.
 *
 * @throws RouterError `invalid-data` if a file does not have what was written, `store-unusable` where it cannot be written
 */
export async function eraseInRun(
  db: DuckDb,
  folder: string,
  { run, intents, before }: RunToErase,
): Promise<ArchiveRun> {
  await makeErased(
    db,
    intents.map(({ id }) => id),
  );
  const contributions = rowsOfFiles(`[${sqlText(join(folder, run.files.contributions.path))}]`);
  const erased = (await db.rows(sumContributions(`${contributions} WHERE ${IS_ERASED}`))).map(cellOfSums);
  const [gone] = await db.rows(`SELECT count(*) FROM ${contributions} WHERE ${IS_ERASED}`);
  const cells: CellMap = new Map();
  for (const cell of [...before, ...erased]) addCell(cells, cell);
  const name = `${run.run}_${newName()}`;
  const to = (kind: FileKind): string => `${kind}/day=${run.day}/${name}.parquet`;
  const files = {
    records: await writeWithout(db, folder, { kind: 'records', from: run.files.records.path, to: to('records') }),
    contributions: await writeWithout(db, folder, {
      kind: 'contributions',
      from: run.files.contributions.path,
      to: to('contributions'),
    }),
    erased: await writeCells(folder, `erased/day=${run.day}/${name}.jsonl`, [...cells.values()]),
  };
  const spend = erased.reduce((sum, { key, sums }) => sum + (key.scope === 'plan' ? (sums.cost ?? 0n) : 0n), 0n);
  return {
    ...run,
    intents: run.intents - intents.length,
    rows: {
      records: run.rows.records - intents.reduce((sum, { records }) => sum + records, 0),
      contributions: run.rows.contributions - Number(gone?.[0] ?? 0),
    },
    spendNanoUsd: String(BigInt(run.spendNanoUsd) - spend),
    files,
  };
}

/** Writes a file again without the intents of `makeErased`. */
export async function writeWithout(
  db: DuckDb,
  folder: string,
  { kind, from, to }: { readonly kind: FileKind; readonly from: string; readonly to: string },
): Promise<ArchivedFile> {
  const rows = (path: string): string => `read_parquet(${sqlText(path)}, hive_partitioning = false)`;
  const left = `${rows(join(folder, from))} WHERE NOT ${IS_ERASED}`;
  return writeParquet(db, folder, {
    kind,
    path: to,
    rows: left,
    async check(part) {
      const [expected, written] = [`SELECT * FROM ${left}`, `SELECT * FROM ${rows(part)}`];
      for (const [a, b] of [
        [expected, written],
        [written, expected],
      ])
        if ((await db.rows(`(${a}) EXCEPT ALL (${b}) LIMIT 1`)).length > 0) throw differs(part);
    },
  });
}

async function writeCells(folder: string, path: string, cells: readonly Cell[]): Promise<ArchivedFile> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeWhole(join(folder, path), cells.map(cell => `${encodeLedgerLine({ kind: 'pruned', cell })}\n`).join(''));
  return { path, ...(await contentsOf(join(folder, path))) };
}
