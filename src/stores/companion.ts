/** Names that SQLite and the spool give to files beside a ledger. */

/**
 * A database's own log and locks, and the spool of a ledger with its owner's lock and the changes that were set aside.
 */
const COMPANION = /^(.+?)(?:-wal|-shm|-journal|\.spool\.jsonl.*)$/;

/** The ledger to which a file of this name belongs, whether it exists or not; `undefined` for other names. */
export function ledgerOfCompanion(path: string): string | undefined {
  return COMPANION.exec(path)?.[1];
}
