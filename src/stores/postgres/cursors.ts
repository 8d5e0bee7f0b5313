/** Cursors of the PostgreSQL store: snapshots of the server, which say of every transaction whether a reading had seen it. */
import type { Cursor } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';

/**
 * The progress of a scan: it has read all rows that the snapshot `lower` sees and, of those that `upper` sees, the rows
 * up to `position`.
 */
export interface ScanCursor {
  readonly lower: string;
  readonly upper?: string;
  /** Number of the transaction, intent and revision of the last row. */
  readonly position?: readonly [xid: string, intentId: string, revision: number];
}

/** Sees nothing: everything is to be read. */
export const NOTHING_SEEN = '1:1:';

/** @param ledger - Names the ledger and its server */
export function encodeCursor(ledger: string, cursor: unknown): Cursor {
  return `${ledger} ${JSON.stringify(cursor)}`;
}

/** @throws RouterError `cursor-expired` for a cursor of another store */
export function decodeCursor(ledger: string, cursor: Cursor): unknown {
  const space = cursor.indexOf(' ');
  if (cursor.slice(0, space) === ledger) {
    try {
      return JSON.parse(cursor.slice(space));
    } catch {
      // The text is not one of our cursors: it was cut off, for example.
    }
  }
  throw new RouterError('cursor-expired', 'the cursor is of another store', {
    path: 'postgres',
    accepted: 'a cursor of this database, on the same server; without one everything is read',
  });
}
