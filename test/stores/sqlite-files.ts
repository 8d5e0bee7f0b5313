/** Files for tests of the SQLite store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import type { Change } from '../../src/contracts/store.ts';
import { changesOf, decided, history, NOON } from './histories.ts';

/** A folder, and names of new files in it. It is deleted after the tests of the file that calls this. */
export function sqliteFiles(): { readonly directory: string; readonly newPath: () => string } {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
  let files = 0;
  afterAll(() => rmSync(directory, { recursive: true }));
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
