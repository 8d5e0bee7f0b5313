import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import { cannotSpool, spoolWriter } from '../../src/stores/spool-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { killAndRestart, raceForSpools } from './spool-races.ts';

const directory = temporaryFolder();

// `npm run test:crashes` runs these a thousand times. What the file holds is tested with the file that reads it.
test.each([true, false])(
  'no two processes write to one file and no acknowledged change is lost, when four start together on a path (stale lock: %s)',
  async isStale => {
    expect(await raceForSpools({ rounds: 8, isStale })).toEqual({ sharedFiles: 0, lostChanges: 0 });
  },
  120_000,
);

test('the next start finds all changes that killed processes acknowledged, though another process has drained its own part', async () => {
  expect(await killAndRestart(5)).toEqual({ acknowledged: 20, lost: 0 });
});

test('a writer without a change makes no file, and can be closed without an error', async () => {
  const writer = spoolWriter(join(directory, 'unused'), undefined, { maxBytes: 1, faulted: () => {} });
  writer.clear(() => true);
  await writer.close();
});

test('an error of the file system names the spool, and a RouterError stays unchanged', () => {
  const ours = new RouterError('store-unusable', 'full');
  expect(cannotSpool('spool', ours)).toBe(ours);
  expect(cannotSpool('spool', new Error('EIO'))).toMatchObject({ code: 'store-unusable', path: 'spool' });
  expect(cannotSpool('spool', 'EIO').message).toContain('EIO');
});
