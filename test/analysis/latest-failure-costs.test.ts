import { expect, test } from 'vitest';
import { latestFailureCosts } from '../../src/analysis/latest-failure-costs.ts';
import { sameFailureCost } from '../../src/core/report/failure-costs.ts';
import { FAILURE, SUCCESS } from '../core/support/cells.ts';
import { attempt } from '../core/support/intents.ts';
import { storeWith } from '../engine/state/stored.ts';

/** Failure cost of each intent, in order of time, USD. */
async function costsIn(usd: readonly number[], more: { readonly segment?: string; readonly evidence?: [] } = {}) {
  const store = await storeWith(
    usd.map((failureCostUsd, i) => ({
      attempts: [attempt('mini', 1e6)],
      failureCostNanoUsd: failureCostUsd * 1e9,
      evidence: [i % 2 === 0 ? SUCCESS : FAILURE],
      ...more,
    })),
  );
  let reads = 0;
  const counted: typeof store = {
    ...store,
    load: async id => {
      reads++;
      return store.load(id);
    },
  };
  const cells = await store.cells('f');
  const of = async (failureCostUsd: number, configuredAtMs?: number, segment?: string) =>
    (
      await latestFailureCosts(counted, 'f', {
        cells,
        failureCostUsd,
        ...(configuredAtMs === undefined ? {} : { configuredAtMs }),
      })
    )(segment);
  const at = async (i: number): Promise<number> => (await store.load(`i${i}`))[0]?.atMs ?? 0;
  return { of, at, reads: () => reads };
}

test('where every outcome of the week had the usual failure cost, no intent is read', async () => {
  const { of, reads } = await costsIn([2, 2, 2]);
  expect(await of(2)).toEqual(sameFailureCost(2));
  expect(reads()).toBe(0);
});

test('where intents state other failure costs than the usual one, the costs of the latest intents are used', async () => {
  const { of } = await costsIn([4, 4, 4]);
  expect(await of(2)).toEqual(sameFailureCost(4));
  const mixed = await costsIn([1, 3, 1, 1]);
  expect(await mixed.of(1)).toEqual([
    { fraction: 0.75, usd: 1 },
    { fraction: 0.25, usd: 3 },
  ]);
});

test('intents without any outcome are read too: the statistics do not have their failure costs', async () => {
  const { of } = await costsIn([4, 4], { evidence: [] });
  expect(await of(2)).toEqual(sameFailureCost(4));
});

test('one intent since a change of the configuration sets the failure cost, if all intents before it and all after it have one cost each', async () => {
  const { of, at } = await costsIn([1, 1, 1, 5]);
  expect(await of(5, await at(3))).toEqual(sameFailureCost(5));
  expect(await of(5)).toHaveLength(2);
  // Intents that stated different failure costs are expected to state different ones again.
  const mixed = await costsIn([1, 2, 1, 5]);
  expect(await mixed.of(5, await mixed.at(3))).toHaveLength(3);
});

test('a segment has the failure costs of its own intents, or the usual one if it has no intent', async () => {
  const { of } = await costsIn([4, 4], { segment: 'tier=free' });
  expect(await of(2, undefined, 'tier=free')).toEqual(sameFailureCost(4));
  expect(await of(2, undefined, 'tier=paid')).toEqual(sameFailureCost(2));
});
