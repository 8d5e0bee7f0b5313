import { expect, test } from 'vitest';
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, commitAll, NOON } from './histories.ts';
import { sqliteFiles } from './sqlite-files.ts';

const { newPath } = sqliteFiles();

test('an intent that one process archives counts as removed in another process, whose own pruning stops', async () => {
  const path = newPath();
  const [one, other] = [sqlite(path), sqlite(path)];
  await commitAll(one, [anIntent('a')]);
  expect(await other.load('a')).toHaveLength(3);
  await one.archiving?.claim('archive');
  expect(await one.archiving?.remove('run', [{ id: 'a', revisions: 3 }])).toBe(true);
  await expect(other.load('a')).rejects.toMatchObject({ code: 'intent-removed' });
  await expect(other.prune(NOON)).rejects.toThrow('outcome-router archive');
  expect((await other.archive?.())?.runs).toEqual(new Set(['run']));
  await Promise.all([one.close(), other.close()]);
});
