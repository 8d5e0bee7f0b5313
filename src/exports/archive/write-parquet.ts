/** Writes one Parquet file of an archive, which is checked and on the disk before it has its final name. */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RouterError } from '../../errors.ts';
import type { DuckDb } from './duckdb.ts';
import { sqlText } from './duckdb.ts';
import type { ArchivedFile } from './folder.ts';
import { contentsOf, putInPlace, sync } from './folder.ts';
import type { FileKind } from './manifest.ts';

/** Records are in the order of the ledger; contributions by place and time, which compresses best. */
const ORDER: Readonly<Record<FileKind, string>> = {
  records: 'position, intent_id, revision',
  contributions: 'feature, segment, subject, decided_at_ms, intent_id',
};

interface ParquetFile {
  readonly kind: FileKind;
  /** Relative to the folder of the archive. A file of this name is replaced. */
  readonly path: string;
  /** What is written, in SQL after `FROM`: a table, and conditions. */
  readonly rows: string;
  /** Rejects unless the file has what was to be written. */
  readonly check: (path: string) => Promise<void>;
}

/** @throws RouterError what `check` rejects with; `store-unusable` where the file cannot be written. The old file stays then */
export async function writeParquet(
  db: DuckDb,
  folder: string,
  { kind, path, rows, check }: ParquetFile,
): Promise<ArchivedFile> {
  const part = `${join(folder, path)}.part`;
  try {
    await mkdir(dirname(part), { recursive: true });
    await db.rows(
      `COPY (SELECT * FROM ${rows} ORDER BY ${ORDER[kind]}) TO ${sqlText(part)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await sync(part);
    await check(part);
    const file = { path, ...(await contentsOf(part)) };
    await putInPlace(part, join(folder, path));
    return file;
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw RouterError.isInstance(error) ? error : notWritten(part, error);
  }
}

export function differs(path: string): RouterError {
  return new RouterError('invalid-data', 'the file does not have what was written', {
    path,
    accepted: 'a disk without errors; nothing is lost',
  });
}

/** DuckDB's errors have only a text, no code. */
function notWritten(path: string, cause: unknown): RouterError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const isFull = /no space left/i.test(why);
  return new RouterError('store-unusable', isFull ? 'the disk is full' : `the archive cannot be written: ${why}`, {
    path,
    accepted: 'a folder on a disk with space, which this user may write to; nothing is lost',
    cause,
  });
}
