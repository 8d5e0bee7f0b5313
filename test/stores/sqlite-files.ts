/** Files for tests of the SQLite store. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, vi } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import type { Change } from '../../src/contracts/store.ts';
import { isBusy, openDatabase } from '../../src/stores/sqlite-database.ts';
import { transaction } from '../../src/stores/sqlite-connection.ts';
import { fileNoted, newJournal } from '../../src/stores/sqlite-journal.ts';
import { prepare } from '../../src/stores/sqlite-statements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { changesOf, decided, history, NOON } from './histories.ts';

/** A folder, and names of new files in it. It is deleted after the tests of the file that calls this. */
export function sqliteFiles(): { readonly directory: string; readonly newPath: () => string } {
  const directory = temporaryFolder();
  let files = 0;
  return { directory, newPath: () => join(directory, `store-${files++}.db`) };
}

/** The first change of an intent. */
export function opening(id: string): Change {
  const [change] = changesOf(history(id, 'support', [decided(NOON)]));
  if (change === undefined) throw new Error('no change');
  return change;
}

/** A check that an error is `store-unusable`, names the path, and has the message. */
export function unusableBecause(message: RegExp, path = tmpdir()): (error: unknown) => boolean {
  return error =>
    RouterError.isInstance(error) &&
    error.code === 'store-unusable' &&
    message.test(error.message) &&
    error.path?.startsWith(path) === true;
}

/** Files what the store has only noted, as a reader does, for tests that look into its tables. */
export function fileJournal(path: string): void {
  const database = openDatabase(path, { synchronous: 'NORMAL' });
  transaction({ database, statements: prepare(database), journal: newJournal() }, fileNoted);
  database.close();
}

/** Opens the file and closes it again. Another process does the same before the statement of this number. */
export function openBesideAnother(path: string, statement: number): void {
  const { prepare, exec } = DatabaseSync.prototype;
  let statements = 0;
  const otherProcess = (): void => {
    if (statements++ !== statement) return;
    try {
      openDatabase(path, { synchronous: 'NORMAL' }).close();
    } catch (error) {
      // Once this connection writes the schema itself, it holds the lock.
      if (!isBusy(error)) throw error;
    }
  };
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, sql) {
    otherProcess();
    return prepare.call(this, sql);
  });
  const executed = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    otherProcess();
    exec.call(this, sql);
  });
  try {
    openDatabase(path, { synchronous: 'NORMAL' }).close();
  } finally {
    prepared.mockRestore();
    executed.mockRestore();
  }
  expect(statements).toBeGreaterThan(statement);
}
