/** Four to eight candidates over twelve features: does exploring all of them cost more than it finds? */
import { seededRandom } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import { sigmoid } from '../../src/core/math/sigmoid.ts';
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { Figure, Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';
import type { FeatureWorld } from './feature-worlds.ts';
import { bestFixedPercent, runFeatures } from './feature-worlds.ts';

const CANDIDATES = [4, 6, 8];
/** Failure cost, as a multiple of the most expensive candidate's price. */
const FAILURE_COSTS = [10, 100];
const FEATURES = 12;
const INTENTS = 1700;

/**
 * Prices log-uniform over two decades; on the logit scale a model succeeds from .8 (cheapest) to 2 (most expensive), ± .4, a
 * feature adds ± .8 to all models and ± .6 to each. A feature of twelve has a tenth to a thirtieth of the traffic.
 */
function manyCandidates(candidates: number, { times, seed }: { times: number; seed: number }): FeatureWorld {
  const random = seededRandom(`many candidates ${candidates} ${seed}`);
  const costsUsd = Array.from({ length: candidates }, () => 1e-4 * 100 ** random.next()).sort((x, y) => x - y);
  const levels = costsUsd.map((_, k) => 0.8 + (1.2 * k) / (candidates - 1) + 0.4 * normal(random));
  return {
    costsUsd,
    failureCostUsd: times * (costsUsd.at(-1) as number),
    intents: INTENTS,
    features: Array.from({ length: FEATURES }, () => {
      const difficulty = 0.8 * normal(random);
      return {
        traffic: 1 + 2 * random.next(),
        success: levels.map(level => sigmoid(level + difficulty + 0.6 * normal(random))),
      };
    }),
  };
}

export const MANY_CANDIDATES: Part = {
  name: 'many candidates',
  run({ seeds, progress }) {
    const runs = fewer(seeds, 5);
    const cells = CANDIDATES.flatMap(candidates => FAILURE_COSTS.map(times => ({ candidates, times })));
    const measured = cells.map(({ candidates, times }) => {
      const each = runs.map(seed => {
        progress(`${candidates} candidates`);
        const world = manyCandidates(candidates, { times, seed });
        const [router, greedy] = runFeatures(world, [thompson(), epsilonGreedy()], { seed: `${seed}` });
        return {
          router: router?.overOraclePercent ?? Number.NaN,
          greedy: greedy?.overOraclePercent ?? Number.NaN,
          fixed: bestFixedPercent(world),
        };
      });
      return { candidates, times, each };
    });
    const all = measured.flatMap(({ each }) => each);
    return [
      {
        name: 'many candidates: cost over the oracle, minus that of ε-greedy',
        ...meanOf(all.map(({ router, greedy }) => router - greedy)),
        unit: '%',
        bar: atMost(0),
      },
      ...measured.flatMap(({ candidates, times, each }): readonly Figure[] => [
        { name: `  ${candidates} candidates, failure ${times}×`, ...meanOf(each.map(run => run.router)), unit: '%' },
        { name: '    ε-greedy 0.1, pooled priors', ...meanOf(each.map(run => run.greedy)), unit: '%' },
        { name: '    best single model in hindsight', ...meanOf(each.map(run => run.fixed)), unit: '%' },
      ]),
    ];
  },
};
