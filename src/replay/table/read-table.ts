/** Reads an outcome table from a file: CSV or JSON lines, plain or gzip. The format: docs/outcome-table.md. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import {
  callback,
  fromZero,
  objectWith,
  optional,
  optionsWith,
  recordOf,
  text,
  yesOrNo,
} from '../../argument-checks.ts';
import { RouterError } from '../../errors.ts';
import { csvRecords, jsonRecords } from './records.ts';
import type { OutcomeTable, RowProblem } from './outcome-table.ts';
import { tableBuilder } from './table-builder.ts';
import type { TokenPrices } from './parse-row.ts';
import { missingColumns, parseRow } from './parse-row.ts';

export interface ReadTableOptions {
  /** USD per million tokens by model, for rows whose `cost_usd` is blank. */
  readonly prices?: TokenPrices;
  /** Drop and count bad rows instead of stopping at the first. */
  readonly skipBadRows?: boolean;
  /** Selects the rows to read; the others take no memory. */
  readonly only?: (feature: string, model: string) => boolean;
  /** Called every few thousand rows with the number read so far. */
  readonly progress?: (rows: number) => void;
}

export interface TableRead {
  readonly table: OutcomeTable;
  /** Rows in the file, without those that `only` left out. */
  readonly rows: number;
  /** Rows dropped by `skipBadRows`, and the problem with the first of them. */
  readonly badRows: number;
  readonly firstBadRow?: string;
}

const checkOptions = optionsWith<ReadTableOptions>({
  prices: optional(
    recordOf(
      'prices by model: { mini: { input: 0.25, output: 2 } }',
      objectWith<TokenPrices[string]>({ input: fromZero, output: fromZero }),
    ),
  ),
  skipBadRows: optional(yesOrNo),
  only: optional(callback),
  progress: optional(callback),
});

/** Rows between two calls of `progress`. */
const PROGRESS_EVERY = 10_000;

/**
 * Bytes that are read, and decompressed, at a time. Smaller: a million rows pass thousands of times between threads. Larger: more memory.
 */
const PART_BYTES = 128 * 1024;

const ROW = 'CSV with a field for each name of the header, or a JSON object in each line';

/**
 * Reads an outcome table (docs/outcome-table.md): CSV or JSON lines, with gzip too.
 *
 * @throws RouterError `invalid-data` naming the file, the row (the header of a CSV is row 1) and the column: a missing
 * column, a success outside 0 to 1, a blank cost of a model without a price, a second answer of the same model to one
 * request, a file that is empty or ends too early. `invalid-value`
 * for wrong arguments. System errors (no such file) are thrown unchanged.
 *
 * @example
 * ```ts
 * const { table } = await readOutcomeTable('outcomes.csv.gz');
 * ```
 */
export async function readOutcomeTable(file: string, options: ReadTableOptions = {}): Promise<TableRead> {
  text(file, 'readOutcomeTable.file');
  checkOptions(options, 'readOutcomeTable');
  const { skipBadRows = false, only, prices = {} } = options;
  const builder = tableBuilder();
  let rows = 0;
  let badRows = 0;
  let firstBadRow: string | undefined;
  let lastRow = 0;
  const bad = (row: number, { column, problem, accepted }: RowProblem): void => {
    const where = `${file} row ${row}${column === '' ? '' : `, column ${column}`}`;
    const allowed = accepted === undefined ? {} : { accepted };
    if (!skipBadRows) throw new RouterError('invalid-data', problem, { path: where, ...allowed });
    badRows++;
    firstBadRow ??= `${where}: ${problem}`;
  };

  try {
    const { isJson, text } = await openText(file);
    for await (const batch of isJson ? jsonRecords(text) : csvRecords(text)) {
      for (const record of batch) {
        lastRow = record.row;
        if (record.kind === 'header') {
          const missing = missingColumns(record.columns);
          if (missing !== undefined) {
            throw new RouterError('invalid-data', `the column is missing`, {
              path: `${file} row ${record.row}, column ${missing.column}`,
              accepted: missing.accepted,
            });
          }
          continue;
        }
        if (record.kind === 'broken') {
          rows++;
          bad(record.row, { column: '', problem: record.problem, accepted: ROW });
          continue;
        }
        if (only !== undefined && !only(record.get('feature'), record.get('model'))) continue;
        rows++;
        const parsed = parseRow(record.get, prices);
        const wrong = parsed.kind === 'row' ? builder.add(parsed.row) : parsed;
        if (wrong !== undefined) bad(record.row, wrong);
      }
      if (rows % PROGRESS_EVERY < batch.length) options.progress?.(rows);
    }
  } catch (error) {
    throw asBadFile(error, { file, lastRow });
  }
  const table = builder.build();
  if (table.ids.length === 0) {
    const why =
      rows > 0
        ? `none of the ${rows} rows can be read`
        : lastRow > 1
          ? 'no row has the requested feature and model'
          : 'there are no rows to read';
    throw new RouterError('invalid-data', why, {
      path: file,
      accepted: 'a table of outcomes, as docs/outcome-table.md describes it',
      ...(firstBadRow === undefined ? {} : { cause: firstBadRow }),
    });
  }
  return { table, rows, badRows, ...(firstBadRow === undefined ? {} : { firstBadRow }) };
}

interface Text {
  readonly text: AsyncIterable<string>;
  readonly isJson: boolean;
}

/** Decompresses a file that begins with gzip's first bytes, whatever its name. */
async function openText(file: string): Promise<Text> {
  const bytes = createReadStream(file, { highWaterMark: PART_BYTES });
  await once(bytes, 'readable');
  // The first bytes are read and put back, because a pipe cannot be opened twice.
  const start = bytes.read(2) as Buffer | null;
  if (start !== null) bytes.unshift(start);
  const isGzip = start?.[0] === 0x1f && start[1] === 0x8b;
  const stream = isGzip ? bytes.pipe(createGunzip({ chunkSize: PART_BYTES })) : bytes;
  if (isGzip) bytes.on('error', error => stream.destroy(error));
  const text = stream.setEncoding('utf8') as AsyncIterable<string>;
  const chunks = text[Symbol.asyncIterator]();
  const first = await chunks.next();
  const opening = first.done === true ? '' : first.value;
  return { isJson: opening.trimStart().startsWith('{'), text: resumed(first, chunks) };
}

async function* resumed(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  for (let part = first; part.done !== true; part = await rest.next()) yield part.value;
}

function asBadFile(error: unknown, { file, lastRow }: { file: string; lastRow: number }): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'Z_BUF_ERROR') {
    return new RouterError('invalid-data', `the gzip ends too early, after row ${lastRow}`, {
      path: file,
      cause: error,
    });
  }
  if (code.startsWith('Z_')) {
    return new RouterError('invalid-data', `the gzip is damaged after row ${lastRow}: ${error.message}`, {
      path: file,
      cause: error,
    });
  }
  return error;
}
