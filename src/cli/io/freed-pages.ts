/** Removes data that SQLite has deleted but not yet overwritten: freed pages, and the write-ahead log. */
import { DatabaseSync } from 'node:sqlite';

/** How long to wait while a router writes. */
const TIMEOUT_MS = 30_000;

/** Rewrites the database into new pages, which takes as long as copying it. The application may continue. */
export function rewriteFile(file: string): void {
  const database = new DatabaseSync(file, { timeout: TIMEOUT_MS });
  try {
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE);');
  } finally {
    database.close();
  }
}
