/** Budget pacing: the spent fraction of the budget, and the total cost against the best mixture that the budget allows. */
import { thompson } from '../../src/policies/thompson.ts';
import { simulate } from '../../src/replay/worlds/simulate.ts';
import type { PlanRates } from '../../src/core/beliefs/plan-graph.ts';
import type { Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';
import { REGRET_ROWS } from './worlds.ts';

const INTENTS = 10_000;

/** Lowest expected cost per intent of a mixture of plans that spends at most `perIntentUsd`: at most two plans mix. */
function optimum(
  truth: readonly PlanRates[],
  { perIntentUsd, failureCostUsd }: { perIntentUsd: number; failureCostUsd: number },
): number {
  const score = (plan: PlanRates): number => plan.costUsd + failureCostUsd * plan.fail;
  let best = Number.POSITIVE_INFINITY;
  for (const cheap of truth) {
    if (cheap.costUsd > perIntentUsd) continue;
    best = Math.min(best, score(cheap));
    for (const expensive of truth) {
      if (expensive.costUsd <= perIntentUsd) continue;
      const share = (perIntentUsd - cheap.costUsd) / (expensive.costUsd - cheap.costUsd);
      best = Math.min(best, score(cheap) + share * (score(expensive) - score(cheap)));
    }
  }
  return best;
}

export const PACING: Part = {
  name: 'pacing',
  run({ seeds, progress }) {
    const runs = fewer(seeds, 4);
    return ['article', 'four models'].flatMap(name => {
      const world = REGRET_ROWS.map(row => row.world).find(each => each.name === name);
      if (world === undefined) throw new Error(`no world is called ${name}`);
      const truth = world.truth(0);
      const costs = truth.map(({ costUsd }) => costUsd);
      const perIntentUsd = (Math.min(...costs) + Math.max(...costs)) / 2;
      const budgetUsd = perIntentUsd * INTENTS;
      const lp = optimum(truth, { perIntentUsd, failureCostUsd: world.failureCostUsd }) * INTENTS;
      const spent: number[] = [];
      const loss: number[] = [];
      for (const seed of runs) {
        const budget = { budgetUsd, expectedIntents: INTENTS };
        const { spendUsd, regretUsd, oracleUsd } = simulate(world, thompson(), { intents: INTENTS, seed, budget });
        spent.push((100 * spendUsd) / budgetUsd);
        loss.push((regretUsd + oracleUsd) / lp);
        progress('pacing');
      }
      return [
        { name: `pacing: ${name}, spend at most`, value: Math.max(...spent), unit: '%', bar: atMost(102) },
        { name: `pacing: ${name}, spend`, ...meanOf(spent), unit: '%' },
        { name: `pacing: ${name}, cost over the optimum`, ...meanOf(loss), unit: 'x', bar: atMost(1.15) },
      ] as const;
    });
  },
};
