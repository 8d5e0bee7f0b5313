/** Folders and files of a test, which are gone after the tests of its file. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders whose name begins like this need not be removed by a test. If a test leaves anything else behind, it fails. */
export const REMOVED_AFTER_TESTS = 'removed-after-tests-';

/** A new empty folder, which `own-temporary-folder.ts` removes after the tests of the file. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), REMOVED_AFTER_TESTS));
}
