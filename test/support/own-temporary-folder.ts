/** Each test file has a folder for temporary files of its own, with the processes that it starts, and fails if it leaves one there. */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { REMOVED_AFTER_TESTS } from './temporary-folder.ts';

const outer = process.env['TMPDIR'];
const own = mkdtempSync(join(tmpdir(), 'outcome-router-tests-'));
// Some tests have another user, who must be able to enter the folders below.
chmodSync(own, 0o755);
process.env['TMPDIR'] = own;

// This hook is registered first, so it runs after all others.
afterAll(() => {
  if (outer === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = outer;
  const left = readdirSync(own).filter(name => !name.startsWith(REMOVED_AFTER_TESTS));
  // A killed process may still write a file while the folder is removed.
  rmSync(own, { recursive: true, maxRetries: 10 });
  if (left.length > 0)
    throw new Error(`The tests of this file left behind in the folder for temporary files: ${left.join(', ')}`);
});
