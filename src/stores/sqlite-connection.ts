/** The SQLite store's connection: opened on first use, reopened after an I/O error, and patient with other processes' locks. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { RouterError } from '../errors.ts';
import { isBusy, isUnwritable, LOCK_SLICE_MS, openDatabase, unusable } from './sqlite-database.ts';
import { DamagedRow } from './sqlite-damage.ts';
import type { Image } from './sqlite-image.ts';
import { openImage } from './sqlite-image.ts';
import type { Journal } from './sqlite-journal.ts';
import { forgetJournal, newJournal } from './sqlite-journal.ts';
import type { Statements } from './sqlite-statements.ts';
import { prepare } from './sqlite-statements.ts';

export interface Connection {
  readonly database: DatabaseSync;
  readonly statements: Statements;
  readonly journal: Journal;
  /** Identifies copies in memory on which the journal is filed (`filedCopy`); absent for a connection to the file. */
  readonly copyNumber?: number;
}

export interface SqliteConnection {
  /** Runs one synchronous step. Rejects with a RouterError that names the file and what to do. */
  run<T>(step: (connection: Connection) => T): Promise<T>;
  /** Runs one step in a transaction that holds SQLite's write lock. */
  write<T>(step: (connection: Connection) => T): Promise<T>;
  /**
   * Runs the step at once as `write` does; returns `undefined` if another process holds the lock. @throws the RouterError with which
   * `write` rejects
   */
  writeNow<T extends object>(step: (connection: Connection) => T): T | undefined;
  /**
   * Waits for the steps in flight, at most until `late`, then closes the file. Steps that still wait for a lock are
   * refused.
   */
  close(late?: Promise<void>): Promise<void>;
}

export interface ConnectionOptions {
  readonly synchronous: 'NORMAL' | 'FULL';
  /** How long a step waits for another process's lock. */
  readonly lockTimeoutMs: number;
}

export function sqliteConnection(path: string, { synchronous, lockTimeoutMs }: ConnectionOptions): SqliteConnection {
  const maxTries = Math.max(1, Math.ceil(lockTimeoutMs / LOCK_SLICE_MS));
  let current: (Connection & Pick<Image, 'change'>) | undefined;
  let closed = false;
  /** Settles with the last of the steps in flight. */
  let idle: Promise<unknown> = Promise.resolve();

  function connect(): Connection {
    if (current !== undefined) return current;
    if (closed) throw new RouterError('store-unusable', 'the store is closed', { path });
    const { database, change } = opened();
    current = { database, statements: prepare(database), journal: newJournal(), change };
    return current;
  }

  /** The file, or where this user may only read it, an image of it. */
  function opened(): Image {
    try {
      const database = openDatabase(path, { synchronous });
      const files = filesOf(path).map(inodeOf);
      return { database, change: () => changeOf(path, files) };
    } catch (error) {
      const image = isUnwritable(error) ? openImage(path) : undefined;
      if (image === undefined) throw error;
      return image;
    }
  }

  function disconnect(): void {
    const old = current;
    current = undefined;
    old?.database.close();
  }

  /**
   * SQLite continues to write to a file or a write-ahead log that was removed or replaced, and nothing of that would be kept.
   * An image whose file was written to meanwhile may have been read in a state that it never had.
   */
  function checkInPlace(): void {
    const change = current?.change();
    if (change === undefined) return;
    disconnect();
    throw new RouterError('store-unusable', change, {
      path,
      accepted: 'the file in its place: the next use opens what is there, or makes a new one',
    });
  }

  function once<T>(step: (connection: Connection) => T): T {
    try {
      const result = step(connect());
      checkInPlace();
      return result;
    } catch (error) {
      // After an I/O error we reconnect on the next use; the cause may be fixed by then.
      const isOfFile = !isBusy(error) && !RouterError.isInstance(error) && !(error instanceof DamagedRow);
      if (isOfFile) disconnect();
      throw error;
    }
  }

  async function tryStep<T>(step: (connection: Connection) => T): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return once(step);
      } catch (error) {
        if (!isBusy(error) || tries >= maxTries) throw unusable(path, error);
        await yieldToEventLoop();
      }
    }
  }

  /** Opens the file in a separate turn of the event loop. */
  async function opening(): Promise<void> {
    await yieldToEventLoop();
    await tryStep(() => {});
    await yieldToEventLoop();
  }

  function run<T>(step: (connection: Connection) => T): Promise<T> {
    // Opening takes some milliseconds, which the first caller should not have to spend at once.
    const done = current === undefined ? opening().then(async () => tryStep(step)) : tryStep(step);
    idle = Promise.allSettled([idle, done]).then(() => undefined);
    return done;
  }

  return {
    run,
    write: step => run(connection => transaction(connection, step)),
    writeNow(step) {
      try {
        return once(connection => transaction(connection, step));
      } catch (error) {
        if (isBusy(error)) return undefined;
        throw unusable(path, error);
      }
    },
    async close(late) {
      await (late === undefined ? idle : Promise.race([idle, late]));
      closed = true;
      disconnect();
    },
  };
}

/** The files that hold committed data. */
function filesOf(path: string): readonly string[] {
  return [path, `${path}-wal`];
}

/** What happened to the files since they were opened; `undefined` if nothing did. `inodes` are those of {@link filesOf} at that time. */
function changeOf(path: string, inodes: readonly (number | undefined)[]): string | undefined {
  const gone = filesOf(path).findIndex((file, index) => inodeOf(file) !== inodes[index]);
  if (gone < 0) return undefined;
  return `${gone === 0 ? 'the file' : 'its write-ahead log (-wal)'} was removed or replaced while it was open`;
}

/** `undefined` where there is no such file, as for a database in memory. */
function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** The step in a transaction that holds SQLite's write lock. */
export function transaction<T>(connection: Connection, step: (connection: Connection) => T): T {
  const { database, statements, journal } = connection;
  statements.begin.run();
  try {
    const result = step(connection);
    statements.end.run();
    return result;
  } catch (error) {
    forgetJournal(journal);
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself (full disk, I/O error); the first error tells the reason.
    }
    throw error;
  }
}

/** The step in a transaction that only reads, so that all its statements find the same state. */
export function atOneMoment<T>(database: DatabaseSync, step: () => T): T {
  database.exec('BEGIN');
  try {
    return step();
  } finally {
    try {
      database.exec('COMMIT');
    } catch {
      // SQLite has ended it by itself (I/O error); the step's error tells the reason.
    }
  }
}
