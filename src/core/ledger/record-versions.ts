/** Records as earlier versions of this package wrote them, read as records of today. */
import type { AttemptedRecord, LabelledRecord, LedgerRecord } from './records.ts';
import type { Attempt } from './vocabulary.ts';

/**
 * Version of the ledger's records, written into every export. An older reader refuses a newer version; a newer reader
 * reads every older one.
 *
 * - 1: the intent's first evidence has the kind `settled`.
 * - 2: this evidence has the kind `labelled`.
 */
export const LEDGER_VERSION = 2;

/** A record of any version, as stored in a file. */
export type StoredRecord = LedgerRecord | (Omit<LabelledRecord, 'kind'> & { readonly kind: 'settled' });

/** The record as the present version writes it. Every reader of records from a file calls this function. */
export function upgradeRecord(stored: StoredRecord): LedgerRecord {
  if (stored.kind === 'settled') return { ...stored, kind: 'labelled' };
  return stored.kind === 'attempted' ? withoutWrongCounts(stored) : stored;
}

/**
 * Earlier versions kept every number in a `run` function's usage: NaN (`null` in a file), negative counts, and fractions.
 */
function withoutWrongCounts(record: AttemptedRecord): AttemptedRecord {
  const { attempt } = record;
  const usage: unknown = (attempt as Attempt | undefined)?.usage;
  if (typeof usage !== 'object' || usage === null || !Object.values(usage).some(isWrong)) return record;
  const counts = Object.fromEntries(Object.entries(usage).filter(([, count]) => !isWrong(count)));
  return { ...record, attempt: { ...attempt, usage: counts } };
}

function isWrong(count: unknown): boolean {
  return count === null || (typeof count === 'number' && !(Number.isSafeInteger(count) && count >= 0));
}

/** The name of this kind of record in earlier versions; `undefined` for a kind that was never renamed. */
export function formerKind(kind: LedgerRecord['kind'] | undefined): StoredRecord['kind'] | undefined {
  return kind === 'labelled' ? 'settled' : undefined;
}

/** The field that holds the content of a record, by kind. */
const BODIES: Readonly<Record<StoredRecord['kind'], string>> = {
  decided: 'decision',
  attempted: 'attempt',
  settled: 'evidence',
  labelled: 'evidence',
  corrected: 'evidence',
};

/**
 * Reads a record that any version of this package has written to a file; `undefined` for anything that is not a record known to this
 * version.
 */
export function readRecord(stored: unknown): LedgerRecord | undefined {
  const record = stored as Readonly<Record<string, unknown>> | null | undefined;
  const body = record?.[BODIES[record.kind as StoredRecord['kind']]];
  return typeof body === 'object' && body !== null ? upgradeRecord(stored as StoredRecord) : undefined;
}
