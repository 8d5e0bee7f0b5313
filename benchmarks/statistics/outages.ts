/**
 * A model that fails for a while and recovers completely. A policy that notices the failure stops using the model, and so does
 * not see the recovery: noticing may not cost more than it saves.
 */
import { simulate } from '../../src/replay/worlds/simulate.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { Figure, Part, Settings } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';
import { PLAIN_THOMPSON, rivalRegret } from './rivals.ts';

const INTENTS = 10_000;
/** The intent at which the outage begins. */
const FROM = INTENTS / 2;
/** Success of the model while it is down. */
const DOWN = 0.1;
/** Bar, as a multiple of the cost of plain Thompson sampling, which keeps all outcomes and so continues with the model. */
const BAR = 1.25;

interface OutageRow {
  readonly name: string;
  readonly world: (isDown: (step: number) => boolean) => World;
}

const ROWS: readonly OutageRow[] = [
  {
    name: 'premium',
    world: isDown =>
      modelsWorld({
        name: 'premium is down',
        failureCostUsd: 15,
        models: [
          { name: 'm0', costUsd: 0.0019, success: 0.7 },
          { name: 'm1', costUsd: 0.014, success: step => (isDown(step) ? DOWN : 0.95) },
        ],
      }),
  },
  {
    name: 'the cheap favourite',
    world: isDown =>
      modelsWorld({
        name: 'the cheap favourite is down',
        failureCostUsd: 1,
        models: [
          { name: 'm0', costUsd: 0.0019, success: step => (isDown(step) ? DOWN : 0.95) },
          { name: 'm1', costUsd: 0.06, success: 0.97 },
        ],
      }),
  },
];

const LENGTHS = [30, 300, 3000];

const TRAFFIC = [
  { every: '10 min', stepMs: 600_000 },
  { every: '10 s', stepMs: 10_000 },
  { every: '1 s', stepMs: 1000 },
  { every: '0.1 s', stepMs: 100 },
];

function figuresOf({ name, world }: OutageRow, length: number, { seeds, progress }: Settings): readonly Figure[] {
  const passing = world(step => step >= FROM && step < FROM + length);
  const unnoticed = seeds.map(seed => rivalRegret(passing, PLAIN_THOMPSON, { intents: INTENTS, seed }));
  const { value: bar } = meanOf(unnoticed);
  return TRAFFIC.map(({ every, stepMs }): Figure => {
    const regrets = seeds.map(seed => {
      progress(`outages: ${name}`);
      return simulate(passing, thompson(), { intents: INTENTS, seed, stepMs }).regretUsd / bar;
    });
    return {
      name: `outage of ${length} intents: ${name}, every ${every}, over plain Thompson's $${bar.toFixed(0)}`,
      ...meanOf(regrets),
      unit: 'x',
      bar: atMost(BAR),
    };
  });
}

export const OUTAGES: Part = {
  name: 'outages',
  run({ seeds, progress }) {
    const settings = { seeds: fewer(seeds, 4), progress };
    return ROWS.flatMap(row => LENGTHS.flatMap(length => figuresOf(row, length, settings)));
  },
};
