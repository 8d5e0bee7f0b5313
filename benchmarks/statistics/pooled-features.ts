/** Several simulated features with Zipf traffic whose outcomes make each other's priors, as in a running router. */
import { empiricalBayes } from '../../src/core/beliefs/priors.ts';
import type { RateCell } from '../../src/core/cells/rate-cells.ts';
import { rateCells } from '../../src/core/cells/rate-cells.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import type { Random } from '../../src/core/math/random.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import type { Simulation } from '../../src/replay/worlds/simulate.ts';
import { startSimulation } from '../../src/replay/worlds/simulate.ts';
import type { World } from '../../src/replay/worlds/world.ts';

const REFIT_EVERY = 50;

interface Running {
  readonly simulation: Simulation;
  /** Labelled outcomes and successes by node. */
  readonly counts: Map<string, { n: number; s: number }>;
}

function start(world: World, { policy, seed }: { policy: Policy; seed: string }): Running {
  const counts: Running['counts'] = new Map();
  const onDelta = (delta: readonly Cell[]): void => {
    for (const { node, n, s } of rateCells(delta)) {
      const before = counts.get(node) ?? { n: 0, s: 0 };
      counts.set(node, { n: before.n + n, s: before.s + s });
    }
  };
  return { counts, simulation: startSimulation(world, policy, { seed, onDelta }) };
}

/** One run, a feature for each world: the n-th gets traffic ∝ 1/n. Both sums are over all features. */
export function runPooled(
  worlds: readonly World[],
  {
    policy,
    seed,
    traffic,
    intents,
    poolPriors,
  }: {
    readonly policy: Policy;
    readonly seed: number;
    readonly traffic: Random;
    readonly intents: number;
    readonly poolPriors: boolean;
  },
): { readonly regretUsd: number; readonly oracleUsd: number } {
  const running = worlds.map((world, f) => start(world, { policy, seed: `${seed}/${f}` }));
  const weights = worlds.map((_, f) => 1 / (f + 1));
  const total = weights.reduce((a, b) => a + b, 0);
  for (let t = 0; t < intents; t++) {
    let left = traffic.next() * total;
    const f = weights.findIndex(weight => {
      left -= weight;
      return left < 0;
    });
    running.at(f)?.simulation.step();
    if (poolPriors && t % REFIT_EVERY === 0) refit(running);
  }
  const results = running.map(({ simulation }) => simulation.result());
  return {
    regretUsd: results.reduce((sum, each) => sum + each.regretUsd, 0),
    oracleUsd: results.reduce((sum, each) => sum + each.oracleUsd, 0),
  };
}

function refit(running: readonly Running[]): void {
  const cells = running.flatMap(({ counts }, f): readonly RateCell[] =>
    [...counts].map(([node, { n, s }]) => ({ feature: `feature ${f}`, node, n, s })),
  );
  const priors = empiricalBayes(cells);
  running.forEach(({ simulation }, f) => {
    simulation.learned.setPriors(priors.byFeature.get(`feature ${f}`) ?? priors.typical);
  });
}
