/**
 * The records of a CSV file, with only the requested columns: a bill has a million lines of fifty columns, of which ten are
 * needed, and creating an object with every field of every line is most of the cost of reading one.
 */
import { RouterError } from '../../errors.ts';
import { csvText } from '../focus/csv.ts';

/** A record's fields by column; a column that the file does not have is absent. */
export type CsvRecord = Readonly<Record<string, string | undefined>>;

export interface CsvRecords {
  /** In the order of the file. */
  readonly header: readonly string[];
  /** The records after the header, in their order, several at a time: an await for each would be much of the cost of reading. */
  records(columns: readonly string[]): AsyncGenerator<readonly CsvRecord[]>;
}

/** Larger batches would live long enough to be promoted by the garbage collector, which is slower. */
const AT_A_TIME = 64;
const COMMA = 44;
const QUOTE = 34;

/**
 * Reads the header. Fields are quoted as in RFC 4180; an apostrophe that keeps a spreadsheet from running a formula is removed.
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
      const isWanted = header.map((name, i) => columns.includes(name) && header.indexOf(name) === i);
      const names = header.filter((_, i) => isWanted[i]);
      const blank: Record<string, string | undefined> = Object.fromEntries(names.map(name => [name, undefined]));
      let line = 2;
      let batch: CsvRecord[] = [];
      const take = (fields: readonly string[], count: number): void => {
        if (count !== header.length)
          throw invalid(line, `the line has ${count} fields, and the header has ${header.length}`);
        line++;
        // A copy keeps the members in the same order, which is faster than adding them one by one.
        const record = { ...blank };
        for (let i = 0; i < names.length; i++) record[names[i] as string] = csvText(fields[i] as string);
        batch.push(record);
      };
      for (;;) {
        const isMore = await source.some(take, isWanted);
        yield batch;
        batch = [];
        if (!isMore) return;
      }
    },
  };
}

/** Cuts text into records. `take` gets the fields up to the last one that is needed, and the number of all fields. */
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

  /** Takes one record; false if the text has no complete record. */
  const one = (take: TakeRecord, isWanted?: readonly boolean[]): boolean => {
    while (at < text.length && (text[at] === '\n' || text[at] === '\r')) at++;
    if (at >= text.length) return false;
    const fields: string[] = [];
    const { end, count } = cut(text, at, { fields, isWanted, isOver });
    if (end < 0) {
      if (isOver) throw invalid(line + 1, 'a quoted field does not end');
      return false;
    }
    line++;
    at = end;
    take(fields, count);
    return true;
  };

  return {
    /** The first record; `false` where there is none. */
    async next(take: TakeRecord): Promise<boolean> {
      while (!one(take)) {
        if (isOver) return false;
        await more();
      }
      return true;
    },
    /** Some of the records that the text has so far; `false` if no more can follow. */
    async some(take: TakeRecord, isWanted: readonly boolean[]): Promise<boolean> {
      for (let count = 0; one(take, isWanted); ) if (++count === AT_A_TIME) return true;
      if (isOver) return false;
      await more();
      return true;
    },
  };
}

/** @param fields the wanted fields. @param count the number of all fields */
type TakeRecord = (fields: readonly string[], count: number) => void;

/** The fields of the record at an index, and the index after it; `end` is -1 where the text ends before the record does. */
function cut(
  text: string,
  from: number,
  {
    fields,
    isWanted,
    isOver,
  }: { readonly fields: string[]; readonly isWanted: readonly boolean[] | undefined; readonly isOver: boolean },
): { readonly end: number; readonly count: number } {
  let at = from;
  let lineEnd = text.indexOf('\n', at);
  for (let count = 1; ; count++) {
    const isTaken = isWanted === undefined || isWanted[count - 1] === true;
    let end: number;
    if (text.charCodeAt(at) === QUOTE) {
      let close = text.indexOf('"', at + 1);
      while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
      // A quote at the very end may be the first of two.
      if (close < 0 || (close === text.length - 1 && !isOver)) return { end: -1, count };
      if (isTaken) fields.push(text.slice(at + 1, close).replaceAll('""', '"'));
      if (lineEnd >= 0 && lineEnd < close) lineEnd = text.indexOf('\n', close);
      end = close + 1;
      if (text.charCodeAt(end) === 13) end++;
    } else {
      end = text.indexOf(',', at);
      if (end < 0 || (lineEnd >= 0 && end > lineEnd)) end = lineEnd >= 0 ? lineEnd : text.length;
      if (isTaken) fields.push(text.slice(at, text.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end));
    }
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
