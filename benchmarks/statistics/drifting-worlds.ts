/**
 * Random worlds in which up to two models change, at slow and at fast traffic: cost over the oracle's. Worlds in which an idle model
 * rises to be the best are rows of their own, beside the rivals there, because a try of it costs more than such a rise is worth.
 */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { clamp } from '../../src/core/math/clamp.ts';
import { normal } from '../../src/core/math/samplers.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { simulate } from '../../src/replay/worlds/simulate.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { explicitly, modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Figure, Part } from './check.ts';
import { atMost, meanOf } from './check.ts';
import { COMMIT, EPSILON_GREEDY, PLAIN_THOMPSON, rivalRegret, TRACK_AND_STOP } from './rivals.ts';

const INTENTS = 10_000;
/** Worlds differ so much that a hundred of them say little: the costliest one is a fifth of their mean. */
const WORLDS_PER_SEED = 4;
/** One world of each seed in a quick look. */
const SMOKE_SEEDS = 8;
const FAILURE_COSTS_USD = [0.1, 1, 15] as const;
const RIVALS = [PLAIN_THOMPSON, EPSILON_GREEDY, COMMIT, TRACK_AND_STOP];
const TRAFFIC = [
  { every: '10 min', stepMs: 600_000 },
  { every: '0.2 s', stepMs: 200 },
] as const;

interface Change {
  readonly model: number;
  readonly atStep: number;
  readonly by: number;
}

interface Drawn {
  readonly world: World;
  /** A model that was not the best becomes it by rising. No policy knows that without trying it again and again. */
  readonly rises: boolean;
}

/**
 * 2 to 6 models of costs log-uniform from $0.0005 to $0.1 that succeed with .6 + .3·rank + .12·z, within .3 to .99. None, one or two
 * of them change by .05 to .35, up or down; a third of the worlds has delayed labels, a third has 30 % of the labels.
 */
function driftingWorld(random: Random): Drawn {
  const count = 2 + Math.floor(5 * random.next());
  const costs = Array.from({ length: count }, () => 0.0005 * 200 ** random.next()).sort((a, b) => a - b);
  const rates = costs.map((_, k) => clamp(0.6 + (0.3 * k) / (count - 1) + 0.12 * normal(random), [0.3, 0.99]));
  const changes = Array.from(
    { length: Math.floor(3 * random.next()) },
    (): Change => ({
      model: Math.floor(count * random.next()),
      atStep: Math.floor(INTENTS * (0.1 + 0.8 * random.next())),
      by: (random.next() < 0.5 ? -1 : 1) * (0.05 + 0.3 * random.next()),
    }),
  );
  const rateAt = (k: number, step: number): number => {
    const by = changes.reduce((sum, { model, atStep, by }) => (model === k && step >= atStep ? sum + by : sum), 0);
    return clamp((rates[k] as number) + by, [0.05, 0.99]);
  };
  const kind = random.next();
  const longest = 500 * random.next();
  const evidence =
    kind < 1 / 3
      ? explicitly({ delaySteps: stream => longest * stream.next() })
      : kind < 2 / 3
        ? explicitly({ fraction: 0.3 })
        : undefined;
  const failureCostUsd = FAILURE_COSTS_USD[Math.floor(3 * random.next())] as number;
  const bestAt = (step: number): number => {
    const scores = costs.map((costUsd, k) => costUsd + failureCostUsd * (1 - rateAt(k, step)));
    return scores.indexOf(Math.min(...scores));
  };
  const rises = changes.some(
    ({ model, atStep, by }) => by > 0 && bestAt(atStep) === model && bestAt(atStep - 1) !== model,
  );
  const world = modelsWorld({
    name: 'drifting',
    failureCostUsd,
    models: costs.map((costUsd, k) => ({ name: `m${k}`, costUsd, success: step => rateAt(k, step) })),
    ...(evidence === undefined ? {} : { evidence }),
  });
  return { world, rises };
}

export const DRIFTING_WORLDS: Part = {
  name: 'drifting worlds',
  run({ seeds, progress }) {
    const excess = new Map<string, number[]>();
    const ofRising = new Map<string, number[]>();
    const perSeed = seeds.length > SMOKE_SEEDS ? WORLDS_PER_SEED : 1;
    for (const [seed, i] of seeds.flatMap(seed => Array.from({ length: perSeed }, (_, i) => [seed, i] as const))) {
      const { world, rises } = driftingWorld(seededRandom(`drifting world ${seed}${i === 0 ? '' : ` ${i}`}`));
      const results = rises ? ofRising : excess;
      const push = (name: string, percent: number): void =>
        void results.set(name, [...(results.get(name) ?? []), percent]);
      let oracle = Number.NaN;
      for (const { every, stepMs } of TRAFFIC) {
        const { regretUsd, oracleUsd } = simulate(world, thompson(), { intents: INTENTS, seed, stepMs });
        push(every, (100 * regretUsd) / oracleUsd);
        oracle = oracleUsd;
      }
      for (const rival of RIVALS)
        push(rival.name, (100 * rivalRegret(world, rival, { intents: INTENTS, seed })) / oracle);
      progress('drifting worlds');
    }
    const figure = (name: string, results: ReadonlyMap<string, readonly number[]>, of: string): Figure => ({
      name,
      ...meanOf(results.get(of) ?? []),
      unit: '%',
    });
    const rivals = (results: ReadonlyMap<string, readonly number[]>): readonly Figure[] =>
      RIVALS.map(({ name }) => figure(`  ${name}`, results, name));
    return [
      ...TRAFFIC.map(({ every }) => ({ ...figure(`drifting worlds, every ${every}`, excess, every), bar: atMost(6) })),
      ...rivals(excess),
      ...TRAFFIC.map(({ every }) => figure(`drifting worlds, an idle model rises, every ${every}`, ofRising, every)),
      ...rivals(ofRising),
    ];
  },
};
