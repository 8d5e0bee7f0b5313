/** Six models with four efforts each: what does it cost to have the effort as a choice, beside the six models alone? */
import { seededRandom } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import { sigmoid } from '../../src/core/math/sigmoid.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { simulate } from '../../src/replay/worlds/simulate.ts';
import type { World, WorldModel } from '../../src/replay/worlds/world.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';
import { PLAIN_THOMPSON, rivalRegret } from './rivals.ts';

const INTENTS = 10_000;
const MODELS = 6;
const LEVELS = 4;
/** The level at which the models alone are called. */
const MEDIUM = 1;
/** Failure cost, as a multiple of the most expensive model's price. */
const FAILURE_COSTS = [10, 100];

interface EffortWorlds {
  readonly alone: World;
  readonly withEfforts: World;
}

/**
 * Prices log-uniform over two decades; on the logit scale a model succeeds from .8 (cheapest) to 2 (most expensive), ± .4. A
 * step of effort costs 1.4 to 2.2 times as much, and adds .35 ± .25 to the logit, ± .1 at each level: more may also be worse.
 */
function effortWorlds(times: number, seed: number): EffortWorlds {
  const random = seededRandom(`effort arms ${times} ${seed}`);
  const prices = Array.from({ length: MODELS }, () => 1e-4 * 100 ** random.next()).sort((x, y) => x - y);
  const failureCostUsd = times * (prices.at(-1) as number);
  const arms = prices.map((price, k): readonly WorldModel[] => {
    const level = 0.8 + (1.2 * k) / (MODELS - 1) + 0.4 * normal(random);
    const gain = 0.35 + 0.25 * normal(random);
    const growth = 1.4 + 0.8 * random.next();
    return Array.from({ length: LEVELS }, (_, e) => ({
      name: `m${k}-${e}`,
      costUsd: price * growth ** (e - MEDIUM),
      success: sigmoid(level + gain * (e - MEDIUM) + 0.1 * normal(random)),
    }));
  });
  const all = arms.flat();
  const axes = Object.fromEntries(
    all.map(({ name }) => {
      const [family = '', position] = name.split('-');
      return [name, { family, position: Number(position) }];
    }),
  );
  return {
    alone: modelsWorld({
      name: 'six models',
      models: arms.map(each => each[MEDIUM] as WorldModel),
      failureCostUsd,
    }),
    withEfforts: { ...modelsWorld({ name: 'six models, four efforts', models: all, failureCostUsd }), axes },
  };
}

export const EFFORT_ARMS: Part = {
  name: 'effort arms',
  run({ seeds, progress }) {
    const runs = fewer(seeds, 2);
    const measured = FAILURE_COSTS.map(times => ({
      times,
      each: runs.map(seed => {
        progress(`failure ${times}×`);
        const { alone, withEfforts } = effortWorlds(times, seed);
        const run = (world: World) => simulate(world, thompson(), { intents: INTENTS, seed });
        const [six, all] = [run(alone), run(withEfforts)];
        return {
          six: six.regretUsd,
          all: all.regretUsd,
          plain: rivalRegret(withEfforts, PLAIN_THOMPSON, { intents: INTENTS, seed }),
          // The waste with the best of all arms, and with the best of the six.
          gain: (100 * (six.oracleUsd - all.oracleUsd)) / six.oracleUsd,
        };
      }),
    }));
    return measured.flatMap(({ times, each }) => {
      const mean = (name: 'six' | 'all' | 'plain' | 'gain') => meanOf(each.map(run => run[name]));
      const [six, all] = [mean('six'), mean('all')];
      const value = all.value / six.value;
      const relative = Math.hypot(all.standardError / all.value, six.standardError / six.value);
      return [
        {
          name: `effort arms, failure ${times}×: regret, beside the six models alone`,
          value,
          standardError: value * relative,
          unit: 'x' as const,
          bar: atMost(1.5),
        },
        { name: '  six models alone', ...six, unit: 'USD' as const },
        { name: '  six models, four efforts', ...all, unit: 'USD' as const },
        { name: '    plain Thompson', ...mean('plain'), unit: 'USD' as const },
        { name: '  the best of all, cheaper than the best of six by', ...mean('gain'), unit: '%' as const },
      ];
    });
  },
};
