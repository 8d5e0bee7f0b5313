/**
 * Numbers about a request, a score or an embedding: what they save where they predict which model succeeds, and what they cost
 * where they do not. The oracle knows P(success) of every model for every request.
 */
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { NUMBER_MODEL } from '../../src/core/beliefs/number-model.ts';
import { numberCoder } from '../../src/core/beliefs/number-coder.ts';
import { allPlans } from '../../src/core/ledger/plan-set.ts';
import { toNanoUsd } from '../../src/core/ledger/money.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate } from '../../src/core/math/samplers.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { contextual } from '../../src/policies/contextual.ts';
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { followPlan, labelledIntent, SIMULATION_START_MS } from '../../src/replay/common/answered-intent.ts';
import type { Figure, Part } from './check.ts';
import { atLeast, atMost, meanOf } from './check.ts';
import type { NumberRival } from './number-rivals.ts';
import { NUMBER_RIVALS } from './number-rivals.ts';
import type { NumberWorld } from './number-worlds.ts';
import { NUMBER_WORLDS } from './number-worlds.ts';

const INTENTS = 2000;
/** With so few seeds the rivals are left out. */
const SMOKE_SEEDS = 8;
const TEN_MINUTES_MS = 600_000;
/** Maximum number of points that numbers without a signal may cost. */
const NO_SIGNAL_BAR = 1;
/** Minimum part of the oracle's gain at the end of the 2,000 intents: in their last quarter. */
const STRONG_BAR = 50;

/** Expected USD of the chosen models, and of the best model of every request. */
interface Run {
  readonly totalUsd: number;
  readonly lastQuarterUsd: number;
}

/** Chooses a model for one request after the other, and learns from its outcome. */
type Chooser = (
  world: NumberWorld,
  seed: string,
) => {
  choose(numbers: Float64Array, success: readonly number[]): number;
  learn(numbers: Float64Array, model: number, outcome: { readonly success: boolean; readonly costUsd: number }): void;
};

function run(world: NumberWorld, seed: string, chooser: Chooser): Run {
  const next = world.requests(seed);
  const random = seededRandom(`outcomes ${seed}`);
  const { choose, learn } = chooser(world, seed);
  let [totalUsd, lastQuarterUsd] = [0, 0];
  for (let step = 0; step < INTENTS; step++) {
    const { numbers, success } = next(step);
    const model = choose(numbers, success);
    const usd = scoresOf(world, success)[model] as number;
    totalUsd += usd;
    if (step >= 0.75 * INTENTS) lastQuarterUsd += usd;
    learn(numbers, model, {
      success: random.next() < (success[model] as number),
      costUsd: lognormalVariate(world.costsUsd[model] as number, 1, random),
    });
  }
  return { totalUsd, lastQuarterUsd };
}

const scoresOf = ({ costsUsd, failureCostUsd }: NumberWorld, success: readonly number[]): readonly number[] =>
  success.map((rate, k) => (costsUsd[k] as number) + failureCostUsd * (1 - rate));

const oracle: Chooser = world => ({
  choose(_, success) {
    const scores = scoresOf(world, success);
    return scores.indexOf(Math.min(...scores));
  },
  learn: () => undefined,
});

/** A policy as it routes in a router: the numbers become a segment, and the outcome a change of the cells. */
function routed(
  policy: () => Policy,
  { useNumbers = true, restartAfter = INTENTS }: { readonly useNumbers?: boolean; readonly restartAfter?: number } = {},
): Chooser {
  return (world, seed) => {
    const models = world.costsUsd.map((_, k) => `m${k}`);
    const plans = models.map(model => [model]);
    const learned = createLearnedFeature({
      numbers: NUMBER_MODEL,
      feature: 'f',
      plans,
      priorCostUsd: Object.fromEntries(models.map((model, k) => [model, world.costsUsd[k] as number])),
    });
    let coder = numberCoder(world.numbers, models.length);
    const random = seededRandom(`policy ${seed}`);
    const chosenBy = policy();
    const failureCostNanoUsd = toNanoUsd(world.failureCostUsd);
    let segment = '';
    let id = 0;
    let atMs = SIMULATION_START_MS;
    let decision: ReturnType<Policy['decide']>;
    return {
      choose(numbers) {
        // A new process has the cells, but neither cut points nor a projection.
        if (id > 0 && id % restartAfter === 0) coder = numberCoder(world.numbers, models.length);
        id++;
        const code = useNumbers ? coder.code(numbers, `${id}`) : undefined;
        segment = code === undefined ? '' : `topic=${code}`;
        atMs += TEN_MINUTES_MS;
        decision = chosenBy.decide(
          {
            feature: 'f',
            plans,
            eligible: allPlans(plans.length),
            failureCostUsd: world.failureCostUsd,
            objective: 'cost-per-intent',
            learned: learned.segment(segment),
            nowMs: atMs,
          },
          random,
        );
        return models.indexOf(decision.plan[0] as string);
      },
      learn(_, model, { success, costUsd }) {
        coder.learn(`${id}`, model, success);
        const reply = { costNanoUsd: toNanoUsd(costUsd), success, accepted: true };
        const result = followPlan(decision.plan, { ask: () => reply, nowMs: atMs });
        const intent = { id: 'i', feature: 'f', segment, decision, result, atMs, failureCostNanoUsd, versions: {} };
        learned.apply(contributionDelta(undefined, labelledIntent(intent)), atMs);
      },
    };
  };
}

function rival({ start }: NumberRival): Chooser {
  return ({ costsUsd, failureCostUsd, numbers }, seed) => {
    const started = start({ costsUsd, failureCostUsd, numbers, random: seededRandom(`policy ${seed}`) });
    return {
      choose: given => started.choose(given),
      learn: (given, model, { success }) => started.learn(given, model, success),
    };
  };
}

const CHOOSERS: readonly (readonly [name: string, chooser: Chooser])[] = [
  ['router', routed(thompson)],
  ['router with contextual()', routed(contextual)],
  ['router, a new process every 500 intents', routed(thompson, { restartAfter: 500 })],
  ['router, a new process every 50 intents', routed(thompson, { restartAfter: 50 })],
  ['ε-greedy 0.1 with the same numbers', routed(() => epsilonGreedy({ epsilon: 0.1 }))],
  ['ε-greedy 0.1 without numbers', routed(() => epsilonGreedy({ epsilon: 0.1 }), { useNumbers: false })],
  ...NUMBER_RIVALS.map(each => [each.name, rival(each)] as const),
];

/** Runs of the same requests: the router without numbers, the oracle, and one of the choosers. */
interface Runs {
  readonly plain: Run;
  readonly best: Run;
  readonly own: Run;
}

function figuresOf(world: NumberWorld, name: string, runs: readonly Runs[]): readonly Figure[] {
  const isOurs = name === 'router';
  const label = isOurs ? `numbers: ${world.name}` : `  ${name}`;
  if (world.signal === 'none') {
    const lost = meanOf(runs.map(({ plain, own }) => 100 * (own.totalUsd / plain.totalUsd - 1)));
    return [{ name: `${label}, lost`, ...lost, unit: '%', ...(isOurs ? { bar: atMost(NO_SIGNAL_BAR) } : {}) }];
  }
  const gained = (of: keyof Run): Pick<Figure, 'value' | 'standardError' | 'unit'> => {
    const possible = meanOf(runs.map(({ plain, best }) => plain[of] - best[of])).value;
    return { ...meanOf(runs.map(({ plain, own }) => (100 * (plain[of] - own[of])) / possible)), unit: '%' };
  };
  const bar = atLeast(world.signal === 'strong' ? STRONG_BAR : 0);
  return [
    {
      name: `${label}, part of the oracle's gain at the end`,
      ...gained('lastQuarterUsd'),
      ...(isOurs && !world.isBeyond ? { bar } : {}),
    },
    { name: '    over all 2,000 intents', ...gained('totalUsd') },
  ];
}

export const NUMBERS: Part = {
  name: 'numbers',
  run({ seeds, progress }) {
    return NUMBER_WORLDS.flatMap((world): readonly Figure[] => {
      const references = seeds.slice(0, Math.max(2, seeds.length / 5)).map(seed => ({
        seed: `${seed}`,
        plain: run(world, `${seed}`, routed(thompson, { useNumbers: false })),
        best: run(world, `${seed}`, oracle),
      }));
      // The rivals' matrices of 257 × 257 take most of the time.
      return (seeds.length > SMOKE_SEEDS ? CHOOSERS : CHOOSERS.slice(0, 1)).flatMap(([name, chooser]) => {
        const runs = references.map(({ seed, ...each }) => {
          progress(`${world.name}: ${name}`);
          return { ...each, own: run(world, seed, chooser) };
        });
        return figuresOf(world, name, runs);
      });
    });
  },
};
