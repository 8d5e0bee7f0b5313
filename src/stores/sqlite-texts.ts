/** Records of the SQLite store as text: a page of them comes as one value, which costs a third of what its rows do. */
import type { RecordTexts } from '../contracts/record-texts.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';

/** Of each row in the order of their numbers: the lengths of its id and its text, its revision, the id and the text. */
export const PAGE_OF_TEXTS = `SELECT count(*) AS count, CAST(group_concat(
    octet_length(intent_id) || ',' || octet_length(json) || ',' || revision || ',' || intent_id || json, '') AS BLOB) AS bytes
  FROM (SELECT intent_id, revision, json FROM ledger_8 WHERE seq BETWEEN $start AND $end
    AND ($feature IS NULL OR feature = $feature) ORDER BY seq)`;

/** The row that the statement returns. */
export interface TextsRow {
  readonly count: number;
  /** `null` if there are no rows. */
  readonly bytes: Uint8Array | null;
}

const COMMA = 44;
const ZERO = 48;
const QUOTE = 34;
/** How `JSON.stringify` begins a record. */
const HEAD = new TextEncoder().encode('{"intentId":"');

const decoder = new TextDecoder();

export function textsOfRow(
  { count, bytes }: TextsRow,
  recordOf: (row: { intent_id: string; revision: number; json: string }) => LedgerRecord | undefined,
): RecordTexts {
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
