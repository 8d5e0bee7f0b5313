/** Reads records from CSV or JSON lines, without interpreting their fields. */
import { Readable } from 'node:stream';
import type { CsvError, Options } from 'csv-parse';
import { parse } from 'csv-parse';

/** One record of the table. `row` counts from 1, the header of a CSV included. */
export type TableRecord =
  | { readonly kind: 'header'; readonly row: number; readonly columns: readonly string[] }
  | { readonly kind: 'fields'; readonly row: number; readonly get: (column: string) => string }
  | { readonly kind: 'broken'; readonly row: number; readonly problem: string };

/** Records per batch. Smaller: a million passes of the event loop take longer than reading. */
const BATCH_SIZE = 1_000;

/** In text without these, every line is a record and every comma ends a field. Quotes need a parser, and so do other line ends. */
const NEEDS_PARSER = /["\r]/;

/** Splits plain text by itself, several times as fast as a complete CSV parser. */
export async function* csvRecords(text: AsyncIterable<string>): AsyncGenerator<readonly TableRecord[]> {
  const chunks = text[Symbol.asyncIterator]();
  const reader = fieldsReader();
  let rest = '';
  let isFirst = true;
  /** A parser takes the first line end that it sees for that of all lines. */
  let seen: Options = {};
  for (let part = await chunks.next(); part.done !== true; part = await chunks.next()) {
    const known = rest + (isFirst ? part.value.replace(/^\uFEFF/, '') : part.value);
    isFirst = false;
    if (NEEDS_PARSER.test(part.value)) {
      yield* parsedRecords(resumed(known, chunks), reader, seen);
      return;
    }
    const lines = known.split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) seen = { record_delimiter: '\n' };
    yield lines.flatMap(line => reader.read(line.split(',')));
  }
  if (rest !== '') yield reader.read(rest.split(','));
}

async function* resumed(known: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield known;
  for (let part = await rest.next(); part.done !== true; part = await rest.next()) yield part.value;
}

async function* parsedRecords(
  text: AsyncIterable<string>,
  reader: FieldsReader,
  options: Options,
): AsyncGenerator<readonly TableRecord[]> {
  const source = Readable.from(text);
  const parser = parse({ relax_column_count: true, skip_records_with_error: true, ...options });
  source.on('error', error => parser.destroy(error));
  source.pipe(parser);
  let batch: TableRecord[] = [];
  parser.on('skip', (error: CsvError) => batch.push(reader.broken(csvProblem(error))));
  for await (const fields of parser as AsyncIterable<readonly string[]>) {
    batch.push(...reader.read(fields));
    if (batch.length < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Counts the rows of a CSV and reads their fields by the names in its header. */
interface FieldsReader {
  /** A blank line gives no record. */
  read(fields: readonly string[]): readonly TableRecord[];
  broken(problem: string): TableRecord;
}

const NO_RECORD: readonly TableRecord[] = [];

function fieldsReader(): FieldsReader {
  let row = 0;
  let width = 0;
  let columns: ReadonlyMap<string, number> | undefined;
  const broken = (problem: string): TableRecord => ({ kind: 'broken', row: ++row, problem });
  return {
    broken,
    read(fields) {
      if (fields.length === 1 && fields[0] === '') {
        row++;
        return NO_RECORD;
      }
      if (columns === undefined) {
        width = fields.length;
        columns = new Map(fields.map((name, index) => [name.trim().toLowerCase(), index]));
        return [{ kind: 'header', row: ++row, columns: [...columns.keys()] }];
      }
      if (fields.length !== width) return [broken(`${fields.length} fields where the header has ${width}`)];
      const indexes = columns;
      const get = (column: string): string => {
        const index = indexes.get(column);
        return index === undefined ? '' : (fields[index] as string).trim();
      };
      return [{ kind: 'fields', row: ++row, get }];
    },
  };
}

/** The message without the field's value, which may be the rest of the file. */
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
