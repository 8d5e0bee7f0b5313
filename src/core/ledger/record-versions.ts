/** Records as earlier versions of this package wrote them, read as records of today. */
import type { LabelledRecord, LedgerRecord } from './records.ts';

/**
 * Version of the ledger's records, written into every export. An older reader refuses a newer version; a newer reader
 * reads every older one.
 *
 * - 1: the intent's first evidence has the kind `settled`.
 * - 2: it has the kind `labelled`.
 */
export const LEDGER_VERSION = 2;

/** A record of any version, as a file has it. */
export type StoredRecord = LedgerRecord | (Omit<LabelledRecord, 'kind'> & { readonly kind: 'settled' });

/** The record as the present version writes it. Whatever reads records from a file calls this. */
export function upgradeRecord(stored: StoredRecord): LedgerRecord {
  return stored.kind === 'settled' ? { ...stored, kind: 'labelled' } : stored;
}

/** What earlier versions called records of this kind; `undefined` for a kind that was never renamed. */
export function formerKind(kind: LedgerRecord['kind'] | undefined): StoredRecord['kind'] | undefined {
  return kind === 'labelled' ? 'settled' : undefined;
}
