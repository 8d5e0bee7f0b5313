/** Whether the SQLite store's tables can hold a change: checked before a change is acknowledged, and before a noted one is filed. */
import type { Change } from '../contracts/store.ts';
import type { Cell } from '../core/cells/cell.ts';
import { cellKeyString, isCellKey } from '../core/cells/cell.ts';
import { readRecord } from '../core/ledger/record-versions.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';

/** Whether each text, record and cell of the change is valid; `checkChange` checks whether they belong together. */
export function isFileable({ intentId, feature, records, delta }: Change): boolean {
  return [intentId, feature].every(isText) && records.every(isRecord) && delta.every(isCell);
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** Checks only the members that filing reads. */
function isRecord(record: LedgerRecord): boolean {
  if (readRecord(record) === undefined) return false;
  if (record.kind !== 'attempted') return true;
  const { model, replyKeys = [], unpriced = [] } = record.attempt;
  return isText(model) && areTexts(replyKeys) && areTexts(unpriced);
}

const areTexts = (list: unknown): boolean => Array.isArray(list) && list.every(isText);

function isCell({ key, sums }: Cell): boolean {
  const { feature, segment, subject, version } = key;
  if (![feature, segment, subject, version].every(isText) || !isCellKey(cellKeyString(key))) return false;
  return Object.values(sums).every(sum => typeof sum === 'bigint');
}
