/**
 * Thompson sampling that knows how the success rates of features are distributed, and what each model costs. What it pays above the
 * oracle is the price of sampling itself: no pooling of features can give better priors.
 */
import type { Random } from '../../src/core/math/random.ts';
import type { FeatureWorld } from './feature-worlds.ts';

/** Features drawn from their distribution. More: slower. Fewer: a feature with many outcomes has no draw like it. */
const DRAWS = 2000;

/** @param draw success rates by model of one further feature @returns expected cost above that of each feature's best model, % */
export function truePriorPercent(
  { costsUsd, failureCostUsd, features, intents }: FeatureWorld,
  draw: (random: Random) => readonly number[],
  random: Random,
): number {
  const scoresOf = (success: readonly number[]): readonly number[] =>
    success.map((rate, k) => (costsUsd[k] as number) + failureCostUsd * (1 - rate));
  const drawn = Array.from({ length: DRAWS }, () => draw(random));
  const bestOf = drawn.map(success => best(scoresOf(success)));
  const total = features.reduce((sum, { traffic }) => sum + traffic, 0);
  const likelihoods = features.map(() => new Float64Array(DRAWS).fill(1));
  let [mine, least] = [0, 0];
  for (let intent = 0; intent < intents; intent++) {
    let left = random.next() * total;
    const f = features.findIndex(({ traffic }) => (left -= traffic) < 0);
    const success = features[f]?.success ?? [];
    const likely = likelihoods[f] as Float64Array;
    let rest = random.next() * likely.reduce((sum, likelihood) => sum + likelihood, 0);
    const model = bestOf[likely.findIndex(likelihood => (rest -= likelihood) < 0)] ?? 0;
    const scores = scoresOf(success);
    mine += scores[model] as number;
    least += Math.min(...scores);
    const isSuccess = random.next() < (success[model] as number);
    drawn.forEach((rates, i) => {
      const rate = rates[model] as number;
      likely[i] = (likely[i] as number) * (isSuccess ? rate : 1 - rate);
    });
    // Only their ratios matter, and without this scaling they would become too small.
    const most = likely.reduce((x, y) => Math.max(x, y));
    likely.forEach((likelihood, i) => (likely[i] = likelihood / most));
  }
  return 100 * (mine / least - 1);
}

function best(scores: readonly number[]): number {
  return scores.indexOf(Math.min(...scores));
}
