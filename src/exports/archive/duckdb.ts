/**
 * DuckDB, which reads and writes the archive's Parquet files: loaded at its first use, with little memory, and without network
 * access.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RouterError } from '../../errors.ts';

/** A value of a row: text, or an integer of any size. */
type SqlValue = string | number | bigint | null;

export type SqlRow = readonly SqlValue[];

/** Type of a column as Parquet stores it. Never HUGEINT: DuckDB would write it as a float. */
export type ColumnType = 'VARCHAR' | 'INTEGER' | 'BIGINT' | 'DOUBLE';

/** A table of a query, filled from memory. */
export interface FilledTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  /** One list of values per column. */
  readonly values: readonly (readonly (string | number | bigint)[])[];
}

export interface DuckDb {
  rows(sql: string): Promise<readonly SqlRow[]>;
  /** Any number of rows, in parts; other queries may run meanwhile. */
  stream(sql: string): AsyncGenerator<readonly SqlRow[]>;
  /** Makes a table, or replaces the one of this name. */
  makeTable(table: FilledTable): Promise<void>;
  close(): Promise<void>;
}

/** DuckDB's part of the 1 GB of memory that a command may use. Larger: fewer sorts use a temporary file. */
const MEMORY_LIMIT = '600MB';

/** More threads need more memory each. */
const THREADS = 2;

/** Rows that DuckDB processes at once. */
const CHUNK_ROWS = 2048;

/** @throws RouterError `unsupported-runtime` where the package is not installed */
export async function openDuckDb(): Promise<DuckDb> {
  const { DuckDBInstance, DuckDBDataChunk, VARCHAR, INTEGER, BIGINT, DOUBLE } = await loaded();
  const types = { VARCHAR, INTEGER, BIGINT, DOUBLE };
  const folder = await mkdtemp(join(tmpdir(), 'outcome-router-duckdb-'));
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    threads: String(THREADS),
    temp_directory: folder,
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const underWay = new Set<Promise<unknown>>();

  return {
    async rows(sql) {
      const answer = connection.runAndReadAll(sql);
      underWay.add(answer);
      try {
        return (await answer).getRows() as SqlRow[];
      } finally {
        underWay.delete(answer);
      }
    },
    async *stream(sql) {
      // Each stream has its own connection, because a connection gives one result at a time.
      const own = await instance.connect();
      try {
        const result = await own.stream(sql);
        for (
          let chunk = await result.fetchChunk();
          chunk !== null && chunk.rowCount > 0;
          chunk = await result.fetchChunk()
        )
          yield chunk.getRows() as SqlRow[];
      } finally {
        own.closeSync();
      }
    },
    async makeTable({ name, columns, values }) {
      await connection.run(
        `CREATE OR REPLACE TABLE ${name} (${columns.map(column => `"${column.name}" ${column.type} NOT NULL`).join(', ')})`,
      );
      const appender = await connection.createAppender(name);
      const count = values[0]?.length ?? 0;
      for (let start = 0; start < count; start += CHUNK_ROWS) {
        const parts = values.map(list => list.slice(start, start + CHUNK_ROWS));
        const chunk = DuckDBDataChunk.create(
          columns.map(({ type }) => types[type]),
          parts[0]?.length ?? 0,
        );
        chunk.setColumns(parts);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    },
    async close() {
      // Closing a connection during a query would end the process.
      await Promise.allSettled(underWay);
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function loaded(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new RouterError('unsupported-runtime', 'the package `@duckdb/node-api` is not installed', {
      path: 'archive',
      accepted: '`npm install @duckdb/node-api`',
      cause,
    });
  }
}

/** A text in SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
