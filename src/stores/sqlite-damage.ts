/** A row of the SQLite store whose text cannot be read. Not a fault of the connection. */
export class DamagedRow extends Error {
  constructor(row: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`a row is damaged: ${row}: ${why}`, { cause });
  }
}
