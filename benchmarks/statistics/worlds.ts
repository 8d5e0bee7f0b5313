/** The worlds of the benchmark: costs are lognormal with the given mean and σ = 1. */
import type { World } from '../../src/replay/worlds/world.ts';
import { cascadeWorld } from '../../src/replay/worlds/cascade-world.ts';
import { explicitly, modelsWorld } from '../../src/replay/worlds/world.ts';

/** Model spend (USD per intent) and success probability. */
type Arm = readonly [costUsd: number, success: number];

function plain(name: string, arms: readonly Arm[], failureCostUsd: number): World {
  return modelsWorld({ name, failureCostUsd, models: named(arms) });
}

function named(arms: readonly Arm[]): { name: string; costUsd: number; success: number }[] {
  return arms.map(([costUsd, success], i) => ({ name: `m${i}`, costUsd, success }));
}

const ARTICLE: readonly Arm[] = [
  [0.0019, 0.7],
  [0.014, 0.95],
];

export interface RegretRow {
  readonly world: World;
  /** Regret bar: USD above the oracle over 10,000 intents. */
  readonly bar: number;
}

export const REGRET_ROWS: readonly RegretRow[] = [
  { bar: 130, world: plain('article', ARTICLE, 15) },
  {
    bar: 50,
    world: plain(
      'invoice',
      [
        [0.004, 0.96],
        [0.06, 0.975],
      ],
      2.5,
    ),
  },
  {
    bar: 290,
    world: plain(
      'near tie',
      [
        [0.0019, 0.945],
        [0.014, 0.95],
      ],
      15,
    ),
  },
  {
    bar: 620,
    world: plain(
      'four models',
      [
        [0.0008, 0.6],
        [0.0019, 0.8],
        [0.006, 0.92],
        [0.014, 0.95],
      ],
      15,
    ),
  },
  {
    bar: 900,
    world: plain(
      'eight models',
      [
        [0.0005, 0.5],
        [0.0008, 0.62],
        [0.0019, 0.75],
        [0.003, 0.85],
        [0.006, 0.91],
        [0.01, 0.93],
        [0.014, 0.95],
        [0.09, 0.955],
      ],
      15,
    ),
  },
  {
    bar: 340,
    world: modelsWorld({
      name: 'delay 0-500',
      models: named(ARTICLE),
      failureCostUsd: 15,
      evidence: explicitly({ delaySteps: random => 501 * random.next() }),
    }),
  },
  {
    bar: 760,
    world: modelsWorld({
      name: '10 % labelled',
      models: named(ARTICLE),
      failureCostUsd: 15,
      evidence: explicitly({ fraction: 0.1 }),
    }),
  },
  {
    bar: 480,
    world: modelsWorld({
      name: 'premium drops to .55',
      failureCostUsd: 15,
      models: [
        { name: 'm0', costUsd: 0.0019, success: 0.7 },
        { name: 'm1', costUsd: 0.014, success: step => (step < 5000 ? 0.95 : 0.55) },
      ],
    }),
  },
];

function cascade(
  name: string,
  { ifCheapDid, ifNot, sensitivity }: { ifCheapDid: number; ifNot: number; sensitivity: number },
): World {
  return cascadeWorld({
    name,
    cheap: { name: 'A', costUsd: 0.0019, success: 0.7 },
    premium: { name: 'B', costUsd: 0.014, successIfCheapDid: ifCheapDid, successIfNot: ifNot },
    sensitivity,
    specificity: 0.95,
    judgeCostUsd: 0.0005,
    failureCostUsd: 15,
  });
}

export const CASCADE_ROWS: readonly RegretRow[] = [
  { bar: 330, world: cascade('cascade nested', { ifCheapDid: 1, ifNot: 0.8333, sensitivity: 0.9 }) },
  { bar: 330, world: cascade('cascade independent', { ifCheapDid: 0.95, ifNot: 0.95, sensitivity: 0.97 }) },
  { bar: 110, world: cascade('cascade near-perfect', { ifCheapDid: 1, ifNot: 0.8333, sensitivity: 0.999 }) },
];
