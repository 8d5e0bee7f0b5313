import { expect, it } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';
import { copyStatistics } from '../../../src/exports/ledger/copy-statistics.ts';
import { memory } from '../../../src/stores/memory.ts';
import { anIntent, commitAll, HOUR, NOON } from '../../stores/histories.ts';

async function ledgerOf(...ids: readonly string[]): Promise<Store> {
  const store = memory();
  await commitAll(
    store,
    ids.map(id => anIntent(id)),
  );
  return store;
}

async function firstCell(store: Store): Promise<Cell> {
  const [cell] = await store.cells('support');
  if (cell === undefined) throw new Error('no cell');
  return cell;
}

it('the target gets the pruned base of intents that it does not have', async () => {
  const source = await ledgerOf('pruned');
  await source.prune(NOON + HOUR);
  await commitAll(source, [anIntent('kept')]);
  const target = await ledgerOf('kept');
  const cells = (await source.cells('support')).length;
  expect(await copyStatistics(source, target)).toEqual({ features: 1, cells });
  expect(await target.cells('support')).toEqual(await source.cells('support'));
  expect(await target.prunedCells()).toEqual(await source.prunedCells());
});

it('a base that the target already has is not added again', async () => {
  const source = await ledgerOf('pruned');
  await source.prune(NOON + HOUR);
  const target = memory();
  await copyStatistics(source, target);
  await copyStatistics(source, target);
  expect(await target.prunedCells()).toEqual(await source.prunedCells());
});

it.each([
  ['the source has more than its ledger and base say', 'source'],
  ['the target has more than its ledger and base say', 'target'],
] as const)('if %s, nothing is added, and the error states the feature and the number of cells', async (_, side) => {
  const stores = { source: await ledgerOf('a'), target: await ledgerOf('a') };
  const { key } = await firstCell(stores[side]);
  await stores[side].correctCells('support', [{ key, sums: { n: 1n } }], { id: 'damage' });
  await expect(copyStatistics(stores.source, stores.target)).rejects.toMatchObject({
    code: 'store-unusable',
    path: 'support',
    message: expect.stringContaining('differ in 1 cells') as string,
  });
  expect(await stores.target.prunedCells()).toEqual([]);
});

it('a target that others write to may have statistics that the source does not have', async () => {
  const source = await ledgerOf('a');
  const target = await ledgerOf('a', 'of another process');
  await expect(copyStatistics(source, target)).rejects.toMatchObject({ code: 'store-unusable' });
});

it.each(['source', 'target'])('days of the %s are compared with hours of the other side', async side => {
  const stores = { source: await ledgerOf('a'), target: await ledgerOf('a') };
  const grains = grainsAt(NOON + 20 * 24 * HOUR);
  const coarse = (store: Store): Store => ({
    ...store,
    cellsSince: async feature => ({
      cells: foldCells(await store.cells(feature), grains),
      complete: true,
      grains,
      next: '',
    }),
  });
  const { source, target } = stores;
  const copied = side === 'source' ? copyStatistics(coarse(source), target) : copyStatistics(source, coarse(target));
  expect(await copied).toMatchObject({ features: 1 });
});
