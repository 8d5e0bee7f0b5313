import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResolvedFeature } from '../../../src/config/resolved.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import { estimatePlans } from '../../../src/core/report/estimate.ts';
import { sumsByPlan } from '../../../src/core/cells/sums.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { planTotals } from '../../../src/engine/state/plan-totals.ts';
import { fixed } from '../../../src/policies/fixed.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const models = {
  mini: { provider: 'openai', model: 'm', price },
  premium: { provider: 'openai', model: 'p', price },
} as const;
const features = { support: { candidates: ['mini', 'premium'], failureCostUsd: 15 } } as const;
const config = resolveConfig({ models, features }, { policy: fixed('mini') }).features.get(
  'support',
) as ResolvedFeature;

function cell(subject: string, n: bigint, scope: 'plan' | 'node' = 'plan'): Cell {
  const key = { scope, feature: 'support', segment: '', subject, version: '', bucket: 1 };
  return { key, sums: { n, cost: n * 1_000_000n, labelled: n, successes: n } };
}

const cells = fc.array(
  fc.tuple(fc.constantFrom('mini', 'premium'), fc.bigInt(1n, 50n), fc.constantFrom('plan', 'node')),
);
const built = (made: readonly (readonly [string, bigint, string])[]): Cell[] =>
  made.map(([subject, n, scope]) => cell(subject, n, scope as 'plan'));

test('there is no estimate until the estimator is loaded', async () => {
  const totals = planTotals();
  totals.apply('support', [cell('mini', 3n)]);
  expect(totals.estimates(config)).toEqual([]);
  await totals.loaded;
  expect(totals.estimates(config)[0]).toMatchObject({ plan: 'mini', n: 3 });
});

test('estimates include the store’s cells and every commit since, however often they are read in between', async () => {
  await fc.assert(
    fc.asyncProperty(cells, fc.array(cells), fc.boolean(), async (stored, commits, readsBetween) => {
      const totals = planTotals();
      await totals.loaded;
      totals.apply('support', built(stored));
      for (const commit of commits) {
        totals.apply('support', built(commit));
        if (readsBetween) totals.estimates(config);
      }
      const all = sumsByPlan([stored, ...commits].flatMap(built));
      const wanted = estimatePlans(all, { plans: config.plans.map(plan => plan.join('>')), failureCostUsd: 15 });
      expect(totals.estimates(config)).toEqual(wanted);
    }),
  );
});

test('merging never changes the cells that were passed in', async () => {
  const totals = planTotals();
  await totals.loaded;
  const stored = cell('mini', 1n);
  totals.apply('support', [stored]);
  for (let i = 0; i < 5_000; i++) totals.apply('support', [cell('mini', 1n)]);
  expect(totals.estimates(config)[0]?.n).toBe(5_001);
  expect(stored.sums.n).toBe(1n);
});

test('a comparison of plans is not called settled if the feature has several segments: the plans may have got different requests', async () => {
  const statesOf = async (segments: readonly string[]) => {
    const totals = planTotals();
    await totals.loaded;
    for (const segment of segments) {
      const [good, bad] = [cell('mini', 2_000n), cell('premium', 2_000n)].map(each => ({
        ...each,
        key: { ...each.key, segment },
      })) as [Cell, Cell];
      const cost2 = 2_000n * 1_000_000n ** 2n;
      totals.apply('support', [
        { ...good, sums: { ...good.sums, cost2 } },
        { ...bad, sums: { ...bad.sums, cost2, successes: 100n, failureCost: 1_900n * 15_000_000_000n } },
      ]);
    }
    return totals.estimates(config).map(({ state }) => state);
  };
  expect(await statesOf([''])).toEqual(['settled', 'settled']);
  expect(await statesOf(['tier=free', 'tier=paid'])).toEqual(['estimating', 'estimating']);
});

test('plans are compared by cost per success where that is the feature’s objective', async () => {
  const totals = planTotals();
  await totals.loaded;
  const sumsOf = (plan: string, costUsd: number, successes: bigint): Cell => {
    const n = 5_000n;
    const nanoUsd = BigInt(costUsd * 1e9);
    return { ...cell(plan, n), sums: { n, cost: n * nanoUsd, cost2: n * nanoUsd ** 2n, labelled: n, successes } };
  };
  // Premium costs a fifth more per intent, and the same per success.
  totals.apply('support', [sumsOf('mini', 0.01, 2_500n), sumsOf('premium', 0.012, 3_000n)]);
  const states = (objective: ResolvedFeature['objective']) =>
    totals.estimates({ ...config, objective }).map(({ state }) => state);
  expect(states('cost-per-intent')).toEqual(['settled', 'settled']);
  expect(states('cost-per-success')).toEqual(['estimating', 'estimating']);
});
