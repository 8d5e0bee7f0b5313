/**
 * The records of a CSV file, with the columns that are asked for alone: a bill has a million lines of fifty columns, of which ten are
 * needed, and an object of every field of every line is most of what reading one costs.
 */
import { RouterError } from '../../errors.ts';
import { csvText } from '../focus/csv.ts';

/** A record's fields by column; a column that the file does not have is absent. */
export type CsvRecord = Readonly<Record<string, string | undefined>>;

export interface CsvRecords {
  /** In the order of the file. */
  readonly header: readonly string[];
  /** The records behind the header, in their order. */
  records(columns: readonly string[]): AsyncGenerator<CsvRecord>;
}

const COMMA = 44;
const QUOTE = 34;

/**
 * Reads the header. Fields are quoted as RFC 4180 has it; an apostrophe that keeps a spreadsheet from running a formula is taken off.
 *
 * @throws RouterError `invalid-data` with the line of a record with too many or too few fields, or of a quote that does not end
 */
export async function csvRecords(chunks: AsyncIterator<string>, begun: string): Promise<CsvRecords> {
  const source = lineSource(chunks, begun.replace(/^\uFEFF/, ''));
  const header: string[] = [];
  const hasHeader = await source.next(fields => header.push(...fields.map(field => field.trim())));
  if (!hasHeader) throw invalid(1, 'the bill is empty');
  return {
    header,
    async *records(columns) {
      const names = columns.filter(column => header.includes(column));
      const wanted = names.map(name => header.indexOf(name));
      const last = Math.max(...wanted);
      for (let line = 2; ; line++) {
        let record: Record<string, string | undefined> | undefined;
        const isOne = await source.next((fields, count) => {
          if (count !== header.length)
            throw invalid(line, `the line has ${count} fields, and the header has ${header.length}`);
          record = {};
          for (let i = 0; i < names.length; i++)
            record[names[i] as string] = csvText(fields[wanted[i] as number] ?? '');
        }, last);
        if (!isOne || record === undefined) return;
        yield record;
      }
    },
  };
}

/** Cuts text into records. `take` gets the fields up to the last one that is needed, and the number of all. */
function lineSource(chunks: AsyncIterator<string>, begun: string) {
  let text = begun;
  let at = 0;
  let isOver = false;
  let line = 0;

  const more = async (): Promise<void> => {
    const { value, done } = await chunks.next();
    if (done === true) isOver = true;
    else text = text.slice(at) + value;
    if (done !== true) at = 0;
  };

  return {
    async next(take: (fields: readonly string[], count: number) => void, last = Infinity): Promise<boolean> {
      line++;
      for (;;) {
        while (at < text.length && (text[at] === '\n' || text[at] === '\r')) at++;
        if (at < text.length) {
          const fields: string[] = [];
          const { end, count } = cut(text, at, { fields, last, isOver });
          if (end >= 0) {
            at = end;
            take(fields, count);
            return true;
          }
          if (isOver) throw invalid(line, 'a quoted field does not end');
        } else if (isOver) return false;
        await more();
      }
    },
  };
}

/** The fields of the record at a place, and the place behind it; `end` is -1 where the text ends before the record does. */
function cut(
  text: string,
  from: number,
  { fields, last, isOver }: { readonly fields: string[]; readonly last: number; readonly isOver: boolean },
): { readonly end: number; readonly count: number } {
  let at = from;
  let lineEnd = text.indexOf('\n', at);
  for (let count = 1; ; count++) {
    let field: string | undefined;
    let end: number;
    if (text.charCodeAt(at) === QUOTE) {
      let close = text.indexOf('"', at + 1);
      while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
      // A quote at the very end may be the first of two.
      if (close < 0 || (close === text.length - 1 && !isOver)) return { end: -1, count };
      if (count - 1 <= last) field = text.slice(at + 1, close).replaceAll('""', '"');
      if (lineEnd >= 0 && lineEnd < close) lineEnd = text.indexOf('\n', close);
      end = close + 1;
      if (text.charCodeAt(end) === 13) end++;
    } else {
      end = text.indexOf(',', at);
      if (end < 0 || (lineEnd >= 0 && end > lineEnd)) end = lineEnd >= 0 ? lineEnd : text.length;
      if (count - 1 <= last) field = text.slice(at, end).replace(/\r$/, '');
    }
    if (field !== undefined) fields.push(field);
    if (text.charCodeAt(end) === COMMA) {
      at = end + 1;
      continue;
    }
    if (end >= text.length) return { end: isOver ? end : -1, count };
    return { end: end + 1, count };
  }
}

function invalid(line: number, message: string): RouterError {
  return new RouterError('invalid-data', message, { path: `line ${line}`, accepted: 'CSV with a header line' });
}
