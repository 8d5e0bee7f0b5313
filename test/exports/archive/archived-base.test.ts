import { expect, test } from 'vitest';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { archivedBase } from '../../../src/exports/archive/archived-base.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { HOUR, sorted } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { DAY, filledFile, LATER, MARCH } from './old-ledger.ts';

const { newPath } = sqliteFiles();

test('damage to the statistics and to the pruned base is found and repaired from the archive exactly', async () => {
  const store = await filledFile(newPath());
  await store.prune(MARCH + 8 * HOUR);
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: MARCH + 2 * DAY });
  const read = async (): Promise<unknown> => [
    sorted(await store.cells('support')),
    sorted(await store.prunedCells('support')),
  ];
  const before = await read();
  const { base, close } = await archivedBase(folder);
  const [cell] = await store.prunedCells('support');
  if (cell === undefined) throw new Error('there is a base');
  const damage = [{ key: cell.key, sums: { n: 1n, cost3: -(2n ** 150n) } }];
  await store.correctCells('support', damage, { id: 'damage', pruned: damage });
  expect(await read()).not.toEqual(before);
  expect(await rebuildCells(store, 'support', { base })).toMatchObject({ corrected: 2 });
  expect(await read()).toEqual(before);
  // Another run is counted too.
  await archiveLedger(store, folder, { beforeMs: LATER });
  expect(await rebuildCells(store, 'support', { base })).toMatchObject({ corrected: 0 });
  await close();
  await store.close();
});

test('a folder without an archive is refused', async () => {
  await expect(archivedBase(newPath())).rejects.toThrow('there is no archive');
});
