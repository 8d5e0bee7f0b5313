/** Agents that get stuck: what it gains to learn whether to move on at an alarm, beside the market's rule, which always does. */
import { seededRandom } from '../../src/core/math/random.ts';
import type { Figure, Part } from '../statistics/check.ts';
import { atMost, meanOf } from '../statistics/check.ts';
import { learnStuck } from './stuck.ts';
import type { StuckWorld } from './stuck-worlds.ts';
import { costPerIntentOf, randomStuckWorld, STUCK_WORLDS } from './stuck-worlds.ts';

/** Intents of a run. */
const INTENTS = 2000;

/** Moving on helps if its cost is below this fraction of the better of both models. Nearer to 1, no learner can tell. */
const HELPS_BELOW = 0.9;

const percent = (ratio: number): number => 100 * (ratio - 1);

/** The cost of moving on at every alarm, over the better model. */
function ruleOver(world: StuckWorld): number {
  const { cheap, climb, expensive } = costPerIntentOf(world);
  return climb / Math.min(cheap, expensive);
}

/** The router's cost with the plan that moves on, over its cost without that plan. */
function withOverWithout(world: StuckWorld, seed: number): number {
  const [own, without] = [true, false].map(learnsToClimb =>
    learnStuck(world, { learnsToClimb, intents: INTENTS, seed }),
  ) as [number, number];
  return own / without;
}

export const STUCK: Part = {
  name: 'stuck agents',
  run({ seeds, progress }): readonly Figure[] {
    const worlds = STUCK_WORLDS.map(world => {
      progress(`stuck agents: ${world.name}`);
      const ratio = meanOf(seeds.map(seed => withOverWithout(world, seed)));
      return { name: world.name, rule: ruleOver(world), ratio };
    });
    const [helping, others] = [true, false].map(helps => worlds.filter(each => each.rule < HELPS_BELOW === helps)) as [
      typeof worlds,
      typeof worlds,
    ];
    const worst = (list: typeof worlds) =>
      list.toSorted((a, b) => b.ratio.value - a.ratio.value)[0] as (typeof worlds)[0];
    const excess = ({ ratio }: (typeof worlds)[0]): number => percent(ratio.value - 2 * ratio.standardError);
    const furthest = others.toSorted((a, b) => excess(b) - excess(a))[0] as (typeof worlds)[0];
    const mean = (list: typeof worlds) => meanOf(list.map(({ ratio }) => percent(ratio.value)));
    return [
      {
        name: `the router with the plan over without, ${helping.length} worlds where moving on helps: mean`,
        ...mean(helping),
        unit: '%',
        bar: atMost(-5),
      },
      {
        name: `  worst (${worst(helping).name})`,
        value: percent(worst(helping).ratio.value),
        unit: '%',
        bar: atMost(-5),
      },
      { name: `  in the ${others.length} other worlds: mean`, ...mean(others), unit: '%', bar: atMost(1) },
      {
        name: `  worst, less two standard errors (${furthest.name}: ${percent(furthest.ratio.value).toFixed(1)} %)`,
        value: excess(furthest),
        unit: '%',
        bar: atMost(3),
      },
      {
        name: 'always moving on over the better model, where it does not help: mean',
        ...meanOf(others.map(({ rule }) => percent(rule))),
        unit: '%',
      },
      { name: '  worst', value: percent(Math.max(...others.map(({ rule }) => rule))), unit: '%' },
      { name: '  where it helps', ...meanOf(helping.map(({ rule }) => percent(rule))), unit: '%' },
    ];
  },
};

/** Random worlds for each seed. */
const UNSEEN_PER_SEED = 8;

export const STUCK_UNSEEN: Part = {
  name: 'stuck agents in unseen worlds',
  run({ seeds, progress }): readonly Figure[] {
    const [firstSeed = 0] = seeds;
    const ratios: number[] = [];
    const rules: number[] = [];
    for (let number = firstSeed; number < firstSeed + UNSEEN_PER_SEED * seeds.length; number++) {
      const world = randomStuckWorld(seededRandom(`random stuck world ${number}`), `stuck ${number}`);
      ratios.push(percent(withOverWithout(world, number)));
      rules.push(percent(ruleOver(world)));
      progress(world.name);
    }
    const mean = meanOf(ratios);
    return [
      { name: 'the router with the plan over without, unseen worlds', ...mean, unit: '%' },
      { name: '  with two standard errors', value: mean.value + 2 * mean.standardError, unit: '%', bar: atMost(1) },
      { name: '  always moving on over the better model', ...meanOf(rules), unit: '%' },
    ];
  },
};
