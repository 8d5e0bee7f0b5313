/** Records of the SQLite store as text: a page of them comes as a few values, which costs a fifth of what its rows do. */
import type { RecordTexts } from '../contracts/record-texts.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';

const ROWS = `FROM (SELECT intent_id, revision, json FROM ledger_8 WHERE seq BETWEEN $start AND $end
    AND ($feature IS NULL OR feature = $feature) ORDER BY seq)`;

/** The columns of the rows in the order of their numbers. JSON contains no line breaks as this store writes it. */
export const PAGE_OF_LINES = `SELECT count(*) AS count, CAST(group_concat(intent_id, char(10)) AS BLOB) AS ids,
    CAST(group_concat(revision, ',') AS BLOB) AS revisions, CAST(group_concat(json, char(10)) AS BLOB) AS texts ${ROWS}`;

/** Of each row in the order of their numbers: the lengths of its id and its text, its revision, the id and the text. */
export const PAGE_OF_TEXTS = `SELECT count(*) AS count, CAST(group_concat(
    octet_length(intent_id) || ',' || octet_length(json) || ',' || revision || ',' || intent_id || json, '') AS BLOB) AS bytes ${ROWS}`;

/** The row of {@link PAGE_OF_LINES}; its values are `null` if there are no rows. */
export interface LinesRow {
  readonly count: number;
  readonly ids: Uint8Array | null;
  readonly revisions: Uint8Array | null;
  readonly texts: Uint8Array | null;
}

/** The row of {@link PAGE_OF_TEXTS}. */
export interface TextsRow {
  readonly count: number;
  /** `null` if there are no rows. */
  readonly bytes: Uint8Array | null;
}

type RecordOf = (row: { intent_id: string; revision: number; json: string }) => LedgerRecord | undefined;

const NEWLINE = 10;
const COMMA = 44;
const ZERO = 48;
const QUOTE = 34;
/** How `JSON.stringify` begins a record. */
const HEAD = new TextEncoder().encode('{"intentId":"');

const decoder = new TextDecoder();

/** `undefined` for rows that are not one line each that begins with the id of its row: those are read with their lengths. */
export function textsOfLines({ count, ...columns }: LinesRow, recordOf: RecordOf): RecordTexts | undefined {
  if (columns.ids === null || columns.revisions === null || columns.texts === null) return undefined;
  const [ids, numbers, page] = [columns.ids, columns.revisions, buffer(columns.texts)];
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  const revisions = new Float64Array(count);
  let [at, id, digit] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    starts[i] = at;
    for (const code of HEAD) if (page[at++] !== code) return undefined;
    // In JSON, a quote inside an id is escaped. An unescaped one would end the text, and another id would be read.
    for (; id < ids.length && ids[id] !== NEWLINE; id++)
      if (ids[id] === QUOTE || page[at++] !== ids[id]) return undefined;
    if (page[at] !== QUOTE) return undefined;
    id++;
    const newline = page.indexOf(NEWLINE, at);
    ends[i] = newline < 0 ? page.length : newline;
    at = (ends[i] as number) + 1;
    let revision = 0;
    for (let code = numbers[digit++]; code !== undefined && code !== COMMA; code = numbers[digit++]) {
      if (code < ZERO) return undefined;
      revision = 10 * revision + code - ZERO;
    }
    revisions[i] = revision;
  }
  // There are as many lines as rows, because no id and no text contains a line break.
  if (at !== page.length + 1 || id !== ids.length + 1) return undefined;
  for (const column of [columns.ids, columns.revisions]) free(column);
  return {
    length: count,
    bytes: page,
    starts,
    ends,
    revisions,
    record(index) {
      const json = decoder.decode(page.subarray(starts[index], ends[index]));
      const idFrom = (starts[index] as number) + HEAD.length;
      const id = decoder.decode(page.subarray(idFrom, page.indexOf(QUOTE, idFrom)));
      return recordOf({ intent_id: id, revision: revisions[index] as number, json });
    },
  };
}

/**
 * Frees a value of a row that is not read again. The garbage collector would find it late, because a ledger's pages are thousands of small
 * objects with much memory each: they took 80 MB, and a quarter more time.
 */
export function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer.byteLength === byteLength) (buffer as ArrayBuffer).transfer(0);
}

const buffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

export function textsOfRow({ count, bytes }: TextsRow, recordOf: RecordOf): RecordTexts {
  const page = bytes ?? new Uint8Array();
  const ids = new Uint32Array(count);
  const starts = new Uint32Array(count);
  const limits = new Uint32Array(count);
  const ends = new Uint32Array(count);
  const revisions = new Float64Array(count);
  let at = 0;
  function number(): number {
    let value = 0;
    for (let code = page[at++] as number; code !== COMMA; code = page[at++] as number) value = 10 * value + code - ZERO;
    return value;
  }
  for (let i = 0; i < count; i++) {
    const idLength = number();
    const length = number();
    revisions[i] = number();
    ids[i] = at;
    const start = at + idLength;
    at = start + length;
    starts[i] = start;
    limits[i] = at;
    ends[i] = isNamed(page, ids[i] as number, start) ? at : start;
  }
  const text = (from: number, to: number): string => decoder.decode(page.subarray(from, to));
  return {
    length: count,
    bytes: page,
    starts,
    ends,
    revisions,
    record(index) {
      const [id, start] = [ids[index] as number, starts[index] as number];
      const json = text(start, limits[index] as number);
      return recordOf({ intent_id: text(id, start), revision: revisions[index] as number, json });
    },
  };
}

/** Whether the text that follows an id begins with this id. */
function isNamed(page: Uint8Array, id: number, start: number): boolean {
  for (let i = 0; i < HEAD.length; i++) if (page[start + i] !== HEAD[i]) return false;
  const named = start + HEAD.length;
  for (let i = id; i < start; i++) if (page[named + i - id] !== page[i]) return false;
  return page[named + start - id] === QUOTE;
}
