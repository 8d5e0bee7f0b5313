/** Reads records from CSV or JSON lines, without interpreting their fields. */
import { Readable } from 'node:stream';
import type { CsvError } from 'csv-parse';
import { parse } from 'csv-parse';

/** One record of the table. `row` counts from 1, the header of a CSV included. */
export type TableRecord =
  | { readonly kind: 'header'; readonly row: number; readonly columns: readonly string[] }
  | { readonly kind: 'fields'; readonly row: number; readonly get: (column: string) => string }
  | { readonly kind: 'broken'; readonly row: number; readonly problem: string };

/** Records per batch. Smaller: a million passes of the event loop take longer than reading. */
const BATCH_SIZE = 1_000;

export async function* csvRecords(text: AsyncIterable<string>): AsyncGenerator<readonly TableRecord[]> {
  const source = Readable.from(text);
  const parser = parse({ relax_column_count: true, skip_records_with_error: true, bom: true });
  source.on('error', error => parser.destroy(error));
  source.pipe(parser);
  let row = 0;
  let batch: TableRecord[] = [];
  parser.on('skip', (error: CsvError) => batch.push({ kind: 'broken', row: ++row, problem: csvProblem(error) }));
  let columns: ReadonlyMap<string, number> | undefined;
  let width = 0;

  for await (const record of parser as AsyncIterable<readonly string[]>) {
    row++;
    if (record.length === 1 && record[0] === '') continue;
    if (columns === undefined) {
      width = record.length;
      columns = new Map(record.map((name, index) => [name.trim().toLowerCase(), index]));
      batch.push({ kind: 'header', row, columns: [...columns.keys()] });
    } else if (record.length === width) {
      const indexes = columns;
      batch.push({ kind: 'fields', row, get: column => record[indexes.get(column) ?? -1]?.trim() ?? '' });
    } else {
      batch.push({ kind: 'broken', row, problem: `${record.length} fields where the header has ${width}` });
    }
    if (batch.length < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Without the field's value, which may be the rest of the file. */
function csvProblem({ message }: CsvError): string {
  return message.replace(/, value is .*$/su, '');
}

export async function* jsonRecords(text: AsyncIterable<string>): AsyncGenerator<readonly TableRecord[]> {
  let row = 0;
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield lines.flatMap(line => jsonRecord(line, ++row));
  }
  yield jsonRecord(rest, ++row);
}

function jsonRecord(line: string, row: number): readonly TableRecord[] {
  if (line.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return [{ kind: 'broken', row, problem: `not JSON: ${(error as SyntaxError).message}` }];
  }
  if (typeof value !== 'object' || value === null) return [{ kind: 'broken', row, problem: 'not a JSON object' }];
  const fields = value as Readonly<Record<string, unknown>>;
  return [{ kind: 'fields', row, get: column => textOf(Object.hasOwn(fields, column) ? fields[column] : undefined) }];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' ? String(value) : value === undefined || value === null ? '' : JSON.stringify(value);
}
