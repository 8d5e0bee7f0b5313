/**
 * Four features of two models that share their priors, while outcomes come late: what learning costs while many intents are open. A rule that
 * counts on the next outcome must not cost more than Thompson sampling with the same beliefs, which hedges.
 */
import { seededRandom } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import { sigmoid } from '../../src/core/math/sigmoid.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { exploreThenCommit } from '../../src/policies/explore-then-commit.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { explicitly, modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Figure, Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';
import { runPooled } from './pooled-features.ts';

const FEATURES = 4;
const INTENTS = 4000;
const MODELS = [
  ['cheap', 0.002, 0.75],
  ['premium', 0.03, 0.9],
] as const;
const FAILURES = [
  { name: 'cheap failures', failureCostUsd: 0.05 },
  { name: 'expensive failures', failureCostUsd: 1 },
];
/** Intents of a feature between a decision and its outcome. */
const DELAYS = [0, 200, 1500];
/**
 * Highest regret ÷ that of Thompson sampling with the same beliefs, where outcomes are late. Where they come at once, a few runs do not show
 * the ratio: its standard error is .2 to .6.
 */
const BAR = 1.03;

const RIVALS: readonly { readonly name: string; readonly policy: () => Policy; readonly poolPriors: boolean }[] = [
  { name: 'Thompson sampling, the same beliefs', policy: () => thompson({ floor: 'none' }), poolPriors: true },
  { name: 'plain Thompson', policy: () => thompson({ floor: 'none' }), poolPriors: false },
  { name: 'ε-greedy 0.1, pooled priors', policy: epsilonGreedy, poolPriors: true },
  { name: 'n ≥ 100 then commit', policy: () => exploreThenCommit({ outcomes: 100 }), poolPriors: false },
];

/** Success on the logit scale: the model's level, the feature's difficulty (sd .8), and what is the feature's own (sd .3 or 1). */
function worldsOf(
  seed: number,
  { failureCostUsd, delay }: { readonly failureCostUsd: number; readonly delay: number },
): readonly World[] {
  const random = seededRandom(`late outcomes ${seed}`);
  const own = seed % 2 === 0 ? 0.3 : 1;
  return Array.from({ length: FEATURES }, (_, f) => {
    const difficulty = 0.8 * normal(random);
    return modelsWorld({
      name: `feature ${f}`,
      failureCostUsd,
      evidence: explicitly({ delaySteps: () => delay }),
      models: MODELS.map(([name, costUsd, success]) => ({
        name,
        costUsd,
        success: sigmoid(Math.log(success / (1 - success)) + difficulty + own * normal(random)),
      })),
    });
  });
}

/** Mean of x ÷ mean of y, by the delta method. */
function ratioOfMeans(x: readonly number[], y: readonly number[]): { value: number; standardError: number } {
  const { value: below } = meanOf(y);
  const value = meanOf(x).value / below;
  return { value, standardError: meanOf(x.map((each, i) => (each - value * (y[i] as number)) / below)).standardError };
}

export const LATE_OUTCOMES: Part = {
  name: 'late outcomes',
  run({ seeds, progress }) {
    const runs = fewer(seeds, 5);
    return FAILURES.flatMap(({ name, failureCostUsd }) =>
      DELAYS.flatMap((delay): readonly Figure[] => {
        const world = `late outcomes: ${name}, ${delay === 0 ? 'outcomes at once' : `${delay} intents late`}`;
        const regrets = (policy: () => Policy, poolPriors: boolean) =>
          runs.map(seed => {
            progress(world);
            const traffic = seededRandom(`late traffic ${seed}`);
            const worlds = worldsOf(seed, { failureCostUsd, delay });
            const run = runPooled(worlds, { policy: policy(), seed, traffic, intents: INTENTS, poolPriors });
            return { regret: run.regretUsd, percent: (100 * run.regretUsd) / run.oracleUsd };
          });
        const router = regrets(thompson, true);
        const rivals = RIVALS.map(({ policy, poolPriors }) => regrets(policy, poolPriors));
        const [hedging = []] = rivals;
        const percentOf = (of: typeof router) => meanOf(of.map(({ percent }) => percent));
        return [
          {
            name: `${world}, regret ÷ Thompson's`,
            ...ratioOfMeans(
              router.map(({ regret }) => regret),
              hedging.map(({ regret }) => regret),
            ),
            unit: 'x',
            ...(delay > 0 ? { bar: atMost(BAR) } : {}),
          },
          { name: '  router, over the oracle', ...percentOf(router), unit: '%' },
          ...RIVALS.map((rival, i): Figure => ({ name: `  ${rival.name}`, ...percentOf(rivals[i] ?? []), unit: '%' })),
        ];
      }),
    );
  },
};
