/** Files for tests of the SQLite store, in a folder that is deleted after the test file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import type { Change } from '../../src/contracts/store.ts';
import { changesOf, decided, history, NOON } from './histories.ts';

export const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
let files = 0;

afterAll(() => rmSync(directory, { recursive: true }));

export function newPath(): string {
  return join(directory, `store-${files++}.db`);
}

/** The first change of an intent. */
export function opening(id: string): Change {
  const [change] = changesOf(history(id, 'support', [decided(NOON)]));
  if (change === undefined) throw new Error('no change');
  return change;
}

/** A check that an error is `store-unusable`, names the path, and has the message. */
export function unusableBecause(message: RegExp, path = directory): (error: unknown) => boolean {
  return error =>
    RouterError.isInstance(error) &&
    error.code === 'store-unusable' &&
    message.test(error.message) &&
    error.path?.startsWith(path) === true;
}
