/** Outcomes that come from a biased judge, or from silence. */
import { betaMean } from '../../src/core/beliefs/posterior.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { simulate, startSimulation, START_MS, STEP_MS } from '../../src/replay/worlds/simulate.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';

const INTENTS = 10_000;

/** The judge favors the cheap model's replies, right or wrong; a fraction of all intents is audited. */
function judged(auditShare: number): World {
  const truth = { m0: 0.91, m1: 0.9484 };
  // The judge accepts failed replies: nearly all of the cheap model's, half of the expensive model's.
  return modelsWorld({
    name: `judge, ${auditShare} audited`,
    failureCostUsd: 15,
    models: [
      { name: 'm0', costUsd: 0.0019, success: truth.m0 },
      { name: 'm1', costUsd: 0.014, success: truth.m1 },
    ],
    evidence: (success, random, model) => {
      const fooled = model === 'm0' ? 0.8 : 0.3;
      const word = success || random.next() < fooled;
      const judge = { afterSteps: 0, evidence: { source: 'implicit', success: word } } as const;
      const audit = { afterSteps: 0, evidence: { source: 'audit', success } } as const;
      return random.next() < auditShare ? [judge, audit] : [judge];
    },
  });
}

function regrets(world: World, seeds: readonly number[], progress: (what: string) => void): readonly number[] {
  return seeds.map(seed => {
    progress(world.name);
    return simulate(world, thompson(), { intents: INTENTS, seed }).regretUsd;
  });
}

export const AUDIT: Part = {
  name: 'audit',
  run({ seeds, progress }) {
    const unaudited = judged(0);
    const [cheap, expensive] = unaudited.truth(0).map(({ costUsd, fail }) => costUsd + 15 * fail);
    const possible = INTENTS * ((cheap as number) - (expensive as number));
    return [
      {
        name: 'audit: regret, 5 % audited',
        ...meanOf(regrets(judged(0.05), seeds, progress)),
        unit: 'USD',
        bar: atMost(1116),
      },
      { name: '  nothing audited', ...meanOf(regrets(unaudited, seeds, progress)), unit: 'USD' },
      { name: '  possible', value: possible, unit: 'USD' },
    ];
  },
};

/** Failures are reported after a day on average; silence means success after a week. */
const WINDOW_STEPS = Math.round((7 * 86_400_000) / STEP_MS);
const MEAN_DELAY_STEPS = Math.round(86_400_000 / STEP_MS);

function silent({ waits }: { waits: boolean }): World {
  const world = modelsWorld({
    name: waits ? 'silence, waiting for the window' : 'silence',
    failureCostUsd: 15,
    models: [
      { name: 'm0', costUsd: 0.0019, success: 0.7 },
      { name: 'm1', costUsd: 0.014, success: 0.95 },
    ],
    silenceSteps: WINDOW_STEPS,
    evidence: (success, random) => {
      const delay = Math.floor(-MEAN_DELAY_STEPS * Math.log(1 - random.next()));
      const reported = { source: 'implicit', success: false } as const;
      const silence = { afterSteps: WINDOW_STEPS, evidence: { source: 'silence', success: true } } as const;
      if (success) return [silence];
      if (waits) return [{ afterSteps: WINDOW_STEPS, evidence: reported }];
      return delay < WINDOW_STEPS ? [{ afterSteps: delay, evidence: reported }] : [{ ...silence, evidence: reported }];
    },
  });
  if (!waits) return world;
  const { silenceSteps: _, ...waiting } = world;
  return waiting;
}

export const SILENCE: Part = {
  name: 'silence',
  run({ seeds, progress }) {
    const runs = fewer(seeds, 4);
    const bias: number[] = [];
    const alive = silent({ waits: false });
    for (const seed of runs) {
      const simulation = startSimulation(alive, thompson(), { seed });
      for (let step = 0; step < 3000; step++) simulation.step();
      const { graph, nodes } = simulation.learned.segment('').posterior(START_MS + 3000 * STEP_MS);
      bias.push(betaMean((nodes[graph.nodes.indexOf('m1')] as (typeof nodes)[number]).ended) - 0.95);
    }
    return [
      { name: 'silence: regret', ...meanOf(regrets(alive, runs, progress)), unit: 'USD' },
      { name: '  waiting for the window', ...meanOf(regrets(silent({ waits: true }), runs, progress)), unit: 'USD' },
      { name: 'silence: bias of a true .95, 3,000 intents', ...meanOf(bias), unit: 'rate' },
    ];
  },
};
