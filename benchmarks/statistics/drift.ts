/** Rates that change while the router runs, at traffic from one intent per hour to ten a second. */
import type { World } from '../../src/replay/worlds/world.ts';
import { explicitly, modelsWorld } from '../../src/replay/worlds/world.ts';
import { simulate } from '../../src/replay/worlds/simulate.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { Figure, Part, Settings } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';
import { COMMIT, EPSILON_GREEDY, PLAIN_THOMPSON, rivalRegret, TRACK_AND_STOP } from './rivals.ts';

const INTENTS = 10_000;
/** Change of a rate in the middle of a run. */
const HALF_WAY = INTENTS / 2;

interface DriftRow {
  readonly world: World;
  /** Regret bar at every rate of traffic: USD above the oracle over 10,000 intents. */
  readonly bar: number;
}

interface Drifting {
  readonly cheap?: (step: number) => number;
  readonly premium?: (step: number) => number;
  readonly evidence?: NonNullable<World['evidence']>;
}

/** The article's two models at a failure cost of $15. */
function drifting(name: string, { cheap, premium, evidence }: Drifting): World {
  return modelsWorld({
    name,
    failureCostUsd: 15,
    models: [
      { name: 'm0', costUsd: 0.0019, success: cheap ?? 0.7 },
      { name: 'm1', costUsd: 0.014, success: premium ?? 0.95 },
    ],
    ...(evidence === undefined ? {} : { evidence }),
  });
}

const falling =
  ({ at = HALF_WAY, to = 0.55 }) =>
  (step: number): number =>
    step < at ? 0.95 : to;
const between =
  (from: number, to: number) =>
  (step: number): number =>
    from + ((to - from) * step) / INTENTS;

const DROP = falling({});
const ROWS: readonly DriftRow[] = [
  { bar: 430, world: drifting('premium drops half-way', { premium: DROP }) },
  { bar: 500, world: drifting('premium drops at 1,000', { premium: falling({ at: 1000 }) }) },
  { bar: 650, world: drifting('a small drop', { cheap: () => 0.92, premium: falling({ to: 0.88 }) }) },
  { bar: 1400, world: drifting('slow drift', { cheap: between(0.8, 0.95), premium: between(0.95, 0.83) }) },
  { bar: 2700, world: drifting('drop, 10 % labelled', { premium: DROP, evidence: explicitly({ fraction: 0.1 }) }) },
  {
    bar: 1100,
    world: drifting('drop, delay 0-500', {
      premium: DROP,
      evidence: explicitly({ delaySteps: random => 501 * random.next() }),
    }),
  },
  { bar: 130, world: drifting('no drift', {}) },
];

const TRAFFIC = [
  { every: '1 h', stepMs: 3_600_000 },
  { every: '10 min', stepMs: 600_000 },
  { every: '10 s', stepMs: 10_000 },
  { every: '1 s', stepMs: 1000 },
  { every: '0.1 s', stepMs: 100 },
];

function figuresOf({ world, bar }: DriftRow, { seeds, progress }: Settings): readonly Figure[] {
  const ours = TRAFFIC.map(({ every, stepMs }): Figure => {
    const regrets = seeds.map(seed => {
      progress(`drift: ${world.name}`);
      return simulate(world, thompson(), { intents: INTENTS, seed, stepMs }).regretUsd;
    });
    // At one intent an hour the run takes 14 months, and evidence ages within it: for comparison only.
    const goal = every === '1 h' ? {} : { bar: atMost(bar) };
    return { name: `drift: ${world.name}, every ${every}`, ...meanOf(regrets), unit: 'USD', ...goal };
  });
  const theirs = [PLAIN_THOMPSON, EPSILON_GREEDY, COMMIT, TRACK_AND_STOP].map((rival): Figure => {
    const regrets = seeds.map(seed => rivalRegret(world, rival, { intents: INTENTS, seed }));
    return { name: `  ${rival.name}`, ...meanOf(regrets), unit: 'USD' };
  });
  return [...ours, ...theirs];
}

export const DRIFT: Part = {
  name: 'drift',
  run({ seeds, progress }) {
    const settings = { seeds: fewer(seeds, 4), progress };
    return ROWS.flatMap(row => figuresOf(row, settings));
  },
};
