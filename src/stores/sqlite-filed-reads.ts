/**
 * Reads of the SQLite store, which find everything that was acknowledged: they file the journal first. Where this process cannot (it may
 * only read, the disk is full, another one keeps the lock), they wait for a process that can, and then read a copy in memory.
 */
import { RouterError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Connection, SqliteConnection } from './sqlite-connection.ts';
import { transaction } from './sqlite-connection.ts';
import { isBusy, isFull, isUnwritable } from './sqlite-database.ts';
import type { FiledCopy } from './sqlite-filed-copy.ts';
import { filedCopy, isCopyOf } from './sqlite-filed-copy.ts';
import type { NotedId } from './sqlite-journal.ts';
import { fileNoted, isStillNoted, lastNoted } from './sqlite-journal.ts';
import type { Run } from './sqlite-view.ts';

/**
 * How often, and how long each time, a reader waits for another process to file its changes, which takes at most 50 ms. A process that was
 * killed leaves them to the next one.
 */
const MAX_WAITS = 20;
const WAIT_MS = 50;

export function filedReads(path: string, file: SqliteConnection, { sleep }: Pick<Runtime, 'sleep'>): Run {
  let copy: FiledCopy | undefined;

  /** `undefined` where the journal has a row that has to be read, and that this process cannot file. */
  function readableNow(connection: Connection, awaited: NotedId | undefined): Connection | undefined {
    const last = lastNoted(connection);
    // A read need not see changes that other processes note after it began.
    if (last === undefined || (awaited !== undefined && !isStillNoted(connection, awaited))) return connection;
    try {
      transaction(connection, fileNoted);
      copy = undefined;
      return connection;
    } catch (error) {
      if (![isUnwritable, isFull, isBusy].some(isOf => isOf(error))) throw error;
      if (copy !== undefined && isCopyOf(copy, connection)) return copy.connection;
      // The connection itself retries when the file is locked.
      if (isBusy(error)) throw error;
      return undefined;
    }
  }

  async function whenFiled<T>(step: (connection: Connection) => T): Promise<{ readonly result: T } | undefined> {
    let awaited: NotedId | undefined;
    for (let waits = 0; waits <= MAX_WAITS; waits++) {
      if (waits > 0) await sleep(WAIT_MS);
      const read = await file.run(connection => {
        const readable = readableNow(connection, awaited);
        if (readable !== undefined) return { result: step(readable) };
        awaited ??= lastNoted(connection);
        return undefined;
      });
      if (read !== undefined) return read;
    }
    return undefined;
  }

  return async step => {
    const read = await whenFiled(step).catch((error: unknown) => {
      if (!RouterError.isInstance(error) || !isBusy(error.cause)) throw error;
    });
    if (read !== undefined) return read.result;
    return file.run(connection => {
      copy = filedCopy(path, connection);
      return step(copy.connection);
    });
  };
}
