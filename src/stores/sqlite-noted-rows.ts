/** Rows of the SQLite store's journal as text: how changes are noted, and which changes of a row can be filed. */
import { crc32 } from 'node:zlib';
import { checkChange } from '../contracts/change.ts';
import type { Change } from '../contracts/store.ts';
import { cellKeyString, decodeSums, encodeSums, parseCellKey } from '../core/cells/cell.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import { isFileable } from './fileable-change.ts';
import type { EncodedChange } from './sqlite-commit.ts';
import { DamagedRow } from './sqlite-damage.ts';

/** The columns of a row of the table `journal` that are read. */
export interface StoredRow {
  readonly seq: number;
  readonly changes: string;
}

export interface NotedRow {
  readonly seq: number;
  readonly changes: readonly EncodedChange[];
  /** The part of the row that remains when the others are filed, because it cannot be filed. Absent: nothing. */
  readonly damaged?: string;
}

/** A change as text: intent, feature, expected revision, due time, records, cells. */
type Noted = readonly [
  string,
  string,
  number,
  number | null,
  readonly LedgerRecord[],
  readonly (readonly [string, object])[],
];

/** A row of the journal: the checksum of its changes, and the changes. */
export function rowOf(changes: readonly EncodedChange[]): string {
  return rowText(`[${changes.map(textOf).join()}]`);
}

const rowText = (json: string): string => `${crc32(json).toString(16)} ${json}`;

function textOf({ change, json }: EncodedChange): string {
  const { intentId, feature, expectedRevision, dueAtMs, delta } = change;
  const cells = delta.map(({ key, sums }) => `[${JSON.stringify(cellKeyString(key))},${encodeSums(sums)}]`);
  const names = `${JSON.stringify(intentId)},${JSON.stringify(feature)}`;
  return `[${names},${expectedRevision},${dueAtMs},[${(json as readonly string[]).join()}],[${cells.join()}]]`;
}

/**
 * Reads the changes that another process has noted. A change that is damaged, or that does not continue its intent because an
 * earlier change is damaged, does not affect the other changes of its row.
 *
 * @param follows - Returns whether the change is the next one of its intent, and then counts it
 */
export function readRow({ seq, changes: text }: StoredRow, follows: (change: Change) => boolean): NotedRow {
  const list = changesIn(text);
  if (list === undefined) return { seq, changes: [], damaged: text };
  const changes: EncodedChange[] = [];
  const damaged = list.filter(noted => {
    const encoded = decode(noted);
    if (encoded === undefined || !follows(encoded.change)) return true;
    changes.push(encoded);
    return false;
  });
  return damaged.length === 0 ? { seq, changes } : { seq, changes, damaged: rowText(JSON.stringify(damaged)) };
}

/**
 * `undefined` for text that is not as it was written. A row without a checksum comes from an earlier version, or was
 * repaired by hand.
 */
function changesIn(text: string): readonly unknown[] | undefined {
  const list = listIn(jsonOf(text));
  if (list === undefined || list.length === 0) return undefined;
  return text.startsWith('[') || text === rowText(jsonOf(text)) ? list : undefined;
}

const jsonOf = (text: string): string => text.slice(text.indexOf('['));

function listIn(json: string): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Returns `undefined` for a value that is not a change that the tables can hold. */
function decode(noted: unknown): EncodedChange | undefined {
  try {
    const [intentId, feature, expectedRevision, dueAtMs, records, cells] = noted as Noted;
    const delta = cells.map(([key, sums]) => ({ key: parseCellKey(key), sums: decodeSums(JSON.stringify(sums)) }));
    const change = { intentId, feature, expectedRevision, dueAtMs, records, delta };
    checkChange(change);
    return isFileable(change) ? { change, json: records.map(record => JSON.stringify(record)) } : undefined;
  } catch {
    return undefined;
  }
}

/** Names a row that was set aside, and those intents of its changes that can be read. */
export function asideRow({ seq, changes }: StoredRow): DamagedRow {
  const ids = listIn(jsonOf(changes))?.map(noted => JSON.stringify((noted as Noted | null)?.[0]));
  const which =
    ids === undefined || ids.length === 0 ? 'which cannot be read' : `of intent ${[...new Set(ids)].join(', ')}`;
  return new DamagedRow(
    `journal (seq ${seq})`,
    `it keeps acknowledged changes, ${which}, that the ledger does not have`,
  );
}
