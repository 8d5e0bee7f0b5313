import { Command } from 'commander';
import { expect, test } from 'vitest';
import { archivedStore, withArchiveOption } from '../../../src/cli/io/archive.ts';
import { memory } from '../../../src/stores/memory.ts';

test('the option --archive names a folder, and without the option the store is used unchanged', async () => {
  const command = withArchiveOption(new Command('read'));
  command.parse(['--archive', 'old'], { from: 'user' });
  expect(command.opts()).toEqual({ archive: 'old' });
  const store = memory();
  expect(await archivedStore(store, {})).toBe(store);
  const together = await archivedStore(store, command.opts());
  await expect(together.consistently(async view => view.features())).rejects.toThrow('there is no archive');
  await together.close();
});
