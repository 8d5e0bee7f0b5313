/** Regret of the router and of its rivals in the fixed worlds, and of the router in the cascade worlds. */
import { simulate } from '../../src/replay/worlds/simulate.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { Figure, Part, Settings } from './check.ts';
import { atMost, meanOf } from './check.ts';
import { RIVALS, rivalRegret } from './rivals.ts';
import type { RegretRow } from './worlds.ts';
import { CASCADE_ROWS, REGRET_ROWS } from './worlds.ts';

const INTENTS = 10_000;

function ours({ world, bar }: RegretRow, { seeds, progress }: Settings): Figure {
  const regrets: number[] = [];
  for (const seed of seeds) {
    regrets.push(simulate(world, thompson(), { intents: INTENTS, seed }).regretUsd);
    progress(world.name);
  }
  const { value, standardError } = meanOf(regrets);
  return { name: `regret: ${world.name}`, value, standardError, unit: 'USD', bar: atMost(bar) };
}

function theirs({ world }: RegretRow, { seeds, progress }: Settings): readonly Figure[] {
  return RIVALS.map(rival => {
    const regrets: number[] = [];
    for (const seed of seeds) regrets.push(rivalRegret(world, rival, { intents: INTENTS, seed }));
    progress(`${world.name}: ${rival.name}`);
    return { name: `  ${rival.name}`, ...meanOf(regrets), unit: 'USD' };
  });
}

export const REGRET: Part = {
  name: 'regret',
  run: settings => REGRET_ROWS.flatMap(row => [ours(row, settings), ...theirs(row, settings)]),
};

export const CASCADES: Part = {
  name: 'cascades',
  run: settings => CASCADE_ROWS.map(row => ours(row, settings)),
};
