/** Rows of the table `ledger` as records. */
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { readRecord } from '../../core/ledger/record-versions.ts';
import { RouterError } from '../../errors.ts';

/** @throws RouterError `store-unusable` when the text is not the record that its columns name */
export function recordOfRow(intentId: string, revision: number, json: string): LedgerRecord {
  let why: unknown = 'not the record that its columns name';
  try {
    const record = readRecord(JSON.parse(json));
    if (record?.intentId === intentId && record.revision === revision) return record;
  } catch (error) {
    why = error instanceof Error ? error.message : error;
  }
  const row = `ledger (intent ${JSON.stringify(intentId)}, revision ${revision})`;
  throw new RouterError('store-unusable', `a row is damaged: ${row}: ${String(why)}`, { path: 'postgres' });
}
