/** Worlds of several features whose success rates are known, so that a policy's choices are compared with an oracle's. */
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate } from '../../src/core/math/samplers.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import type { OutcomeRow } from '../../src/replay/table/outcome-table.ts';
import type { ReplayTableOptions } from '../../src/replay/table/table-setting.ts';
import { replayTable } from '../../src/replay/table/replay-table.ts';

export interface FeatureWorld {
  readonly failureCostUsd: number;
  /** Mean USD per reply by model, cheapest first; single costs are lognormal with σ = 1. */
  readonly costsUsd: readonly number[];
  /** P(success) by model, and the feature's part of the traffic. */
  readonly features: readonly { readonly success: readonly number[]; readonly traffic: number }[];
  readonly intents: number;
}

export interface FeatureRun {
  /** Expected cost of the chosen models above that of each feature's best model, % of the latter. */
  readonly overOraclePercent: number;
  /** Intents that did not get their feature's best model, by feature. */
  readonly wasted: readonly number[];
}

const TEN_MINUTES_MS = 600_000;

/** One run of each policy, without statistics at the start, on the same intents. */
export function runFeatures(
  world: FeatureWorld,
  policies: readonly Policy[],
  {
    seed,
    poolPriors = true,
    prior,
  }: { readonly seed: string; readonly poolPriors?: boolean; readonly prior?: ReplayTableOptions['prior'] },
): readonly FeatureRun[] {
  const models = world.costsUsd.map((_, k) => `m${k}`);
  const replay = replayTable(rowsOf(world, models, seed), policies, {
    candidates: models,
    priorCostUsd: Object.fromEntries(models.map((model, k) => [model, world.costsUsd[k] as number])),
    failureCostUsd: world.failureCostUsd,
    stepMs: TEN_MINUTES_MS,
    seed,
    poolPriors,
    ...(prior === undefined ? {} : { prior }),
  });
  return replay.policies.map(({ features }) => {
    const wasted = world.features.map(() => 0);
    let [mine, best] = [0, 0];
    for (const { feature, plans } of features) {
      const scores = scoresOf(world, Number(feature));
      const least = Math.min(...scores);
      models.forEach((model, k) => {
        const intents = plans[model]?.intents ?? 0;
        mine += intents * (scores[k] as number);
        best += intents * least;
        if ((scores[k] as number) > least) wasted[Number(feature)] = (wasted[Number(feature)] as number) + intents;
      });
    }
    return { overOraclePercent: 100 * (mine / best - 1), wasted };
  });
}

/** The same for the single model that is best over all features in hindsight. */
export function bestFixedPercent(world: FeatureWorld): number {
  let best = 0;
  const fixed = world.costsUsd.map(() => 0);
  world.features.forEach(({ traffic }, f) => {
    const scores = scoresOf(world, f);
    best += traffic * Math.min(...scores);
    scores.forEach((score, k) => (fixed[k] = (fixed[k] as number) + traffic * score));
  });
  return 100 * (Math.min(...fixed) / best - 1);
}

/** Expected cost of an intent by model. */
function scoresOf({ features, costsUsd, failureCostUsd }: FeatureWorld, feature: number): readonly number[] {
  return costsUsd.map((usd, k) => usd + failureCostUsd * (1 - (features[feature]?.success[k] ?? 0)));
}

function* rowsOf(world: FeatureWorld, models: readonly string[], seed: string): Generator<OutcomeRow> {
  const random = seededRandom(`feature world ${seed}`);
  const total = world.features.reduce((sum, { traffic }) => sum + traffic, 0);
  for (let i = 0; i < world.intents; i++) {
    let left = random.next() * total;
    const f = world.features.findIndex(({ traffic }) => (left -= traffic) < 0);
    for (const [k, model] of models.entries()) {
      yield {
        id: String(i),
        feature: String(f),
        model,
        // The rate itself: a replay draws the outcome.
        success: world.features[f]?.success[k] as number,
        costUsd: lognormalVariate(world.costsUsd[k] as number, 1, random),
      };
    }
  }
}
