/**
 * Other algorithms, for comparison: each sees every outcome of single-model plans with exact counts, and knows the price
 * list. Our own implementations, from the papers' definitions.
 */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { betaVariate } from '../../src/core/math/samplers.ts';
import type { World } from '../../src/replay/worlds/world.ts';

/** Counts of one plan. */
interface ArmCounts {
  /** Intents, their spend, and the labelled and failed ones among them. */
  n: number;
  costUsd: number;
  labelled: number;
  failures: number;
}

interface Moment {
  readonly arms: readonly ArmCounts[];
  readonly failureCostUsd: number;
  /** Intents so far. */
  readonly step: number;
  readonly random: Random;
}

export interface Rival {
  readonly name: string;
  /** Starts a run; the function returns the index of the chosen plan. */
  start(): (moment: Moment) => number;
}

function meanCost(arm: ArmCounts): number {
  return arm.n > 0 ? arm.costUsd / arm.n : 0;
}

function failureRate(arm: ArmCounts): number {
  return arm.labelled > 0 ? arm.failures / arm.labelled : 0.5;
}

function meanScore(arm: ArmCounts, failureCostUsd: number): number {
  return meanCost(arm) + failureCostUsd * failureRate(arm);
}

function argmin(arms: readonly ArmCounts[], score: (arm: ArmCounts) => number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  arms.forEach((arm, k) => {
    const value = score(arm);
    if (value < least) [best, least] = [k, value];
  });
  return best;
}

/** The first arm without a labelled outcome, or the first that has fewer than `least`. */
function untried(arms: readonly ArmCounts[], least = 1): number {
  return argmin(arms, arm => (arm.labelled < least ? arm.labelled : Number.POSITIVE_INFINITY));
}

function lacks(arms: readonly ArmCounts[], least: number): boolean {
  return arms.some(arm => arm.labelled < least);
}

export const PLAIN_THOMPSON: Rival = {
  name: 'plain Thompson',
  start:
    () =>
    ({ arms, failureCostUsd, random }) =>
      argmin(
        arms,
        arm => meanCost(arm) + failureCostUsd * betaVariate(1 + arm.failures, 1 + arm.labelled - arm.failures, random),
      ),
};

export const EPSILON_GREEDY: Rival = {
  name: 'ε-greedy 0.1',
  start:
    () =>
    ({ arms, failureCostUsd, random }) => {
      if (random.next() < 0.1) return Math.floor(random.next() * arms.length);
      return lacks(arms, 1) ? untried(arms) : argmin(arms, arm => meanScore(arm, failureCostUsd));
    },
};

/** Auer et al. 2002, on failures in [0, 1] times H. */
export const UCB1: Rival = {
  name: 'UCB1',
  start:
    () =>
    ({ arms, failureCostUsd, step }) => {
      if (lacks(arms, 1)) return untried(arms);
      const bonus = 2 * Math.log(step + 1);
      return argmin(arms, arm => meanScore(arm, failureCostUsd) - failureCostUsd * Math.sqrt(bonus / arm.labelled));
    },
};

/** Garivier & Cappé 2011: the lowest failure rate q with n·kl(f, q) ≤ ln t. */
export const KL_UCB: Rival = {
  name: 'KL-UCB',
  start:
    () =>
    ({ arms, failureCostUsd, step }) => {
      if (lacks(arms, 1)) return untried(arms);
      const budget = Math.log(step + 1);
      return argmin(arms, arm => meanCost(arm) + failureCostUsd * lowestRate(failureRate(arm), budget / arm.labelled));
    },
};

function kl(p: number, q: number): number {
  return (p > 0 ? p * Math.log(p / q) : 0) + (p < 1 ? (1 - p) * Math.log((1 - p) / (1 - q)) : 0);
}

function lowestRate(rate: number, divergence: number): number {
  if (rate === 0) return 0;
  let low = 0;
  let high = rate;
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2;
    if (kl(rate, middle) > divergence) low = middle;
    else high = middle;
  }
  return high;
}

/** The article's rule: 100 outcomes of every model, then always the best model. */
export const COMMIT: Rival = {
  name: 'n ≥ 100 then commit',
  start: () => {
    let committed = -1;
    return ({ arms, failureCostUsd, step }) => {
      if (committed >= 0) return committed;
      if (lacks(arms, 100)) return step % arms.length;
      committed = argmin(arms, arm => meanScore(arm, failureCostUsd));
      return committed;
    };
  },
};

/**
 * Garivier & Kaufmann 2016 with Gaussian losses of estimated variance: samples in the proportions that identify the best
 * plan soonest (Glynn & Juneja's closed form), stops when the likelihood ratio test decides at δ = 1/10,000, then commits.
 */
export const TRACK_AND_STOP: Rival = {
  name: 'track-and-stop',
  start: () => {
    let committed = -1;
    return ({ arms, failureCostUsd, step }) => {
      if (committed >= 0) return committed;
      if (lacks(arms, 10)) return untried(arms, 10);
      // Forced exploration: no arm below √t − K/2.
      const total = arms.reduce((sum, arm) => sum + arm.labelled, 0);
      const least = argmin(arms, arm => arm.labelled);
      if ((arms[least] as ArmCounts).labelled < Math.sqrt(total) - arms.length / 2) return least;
      const best = argmin(arms, arm => meanScore(arm, failureCostUsd));
      const variances = arms.map(
        arm => (failureCostUsd ** 2 * (arm.failures + 1) * (arm.labelled - arm.failures + 1)) / (arm.labelled + 2) ** 2,
      );
      const gaps = arms.map(arm => meanScore(arm, failureCostUsd) - meanScore(arms[best] as ArmCounts, failureCostUsd));
      const evidence = arms.map((arm, k) =>
        k === best
          ? Number.POSITIVE_INFINITY
          : (gaps[k] as number) ** 2 /
            2 /
            ((variances[k] as number) / arm.labelled +
              (variances[best] as number) / (arms[best] as ArmCounts).labelled),
      );
      if (Math.min(...evidence) > Math.log((1 + Math.log(step + 1)) * 10_000)) {
        committed = best;
        return best;
      }
      const weights = variances.map((variance, k) =>
        k === best ? 0 : variance / Math.max(1e-12, (gaps[k] as number) ** 2),
      );
      weights[best] = Math.sqrt(
        (variances[best] as number) *
          weights.reduce((sum, w, k) => sum + (k === best ? 0 : (w * w) / (variances[k] as number)), 0),
      );
      return argmin(arms, arm => arm.labelled / (weights[arms.indexOf(arm)] as number));
    };
  },
};

export const RIVALS: readonly Rival[] = [PLAIN_THOMPSON, EPSILON_GREEDY, UCB1, KL_UCB, COMMIT, TRACK_AND_STOP];

/** Regret against the oracle, USD. */
export function rivalRegret(
  world: World,
  rival: Rival,
  { intents, seed }: { intents: number; seed: string | number },
): number {
  const random = seededRandom(seed);
  const streams = { world: random.fork('world'), policy: random.fork('policy'), evidence: random.fork('evidence') };
  const arms: ArmCounts[] = world.plans.map(() => ({ n: 0, costUsd: 0, labelled: 0, failures: 0 }));
  const due = new Map<number, (() => void)[]>();
  const choose = rival.start();
  let regret = 0;
  for (let step = 0; step < intents; step++) {
    for (const hear of due.get(step) ?? []) hear();
    due.delete(step);
    const k = choose({ arms, failureCostUsd: world.failureCostUsd, step, random: streams.policy });
    const arm = arms[k] as ArmCounts;
    const model = (world.plans[k] as readonly string[])[0] as string;
    const reply = world.intent(step, streams.world)(model);
    arm.n++;
    arm.costUsd += reply.costUsd;
    const hear = (): void => {
      arm.labelled++;
      if (!reply.success) arm.failures++;
    };
    const words = world.evidence?.(reply.success, streams.evidence, model);
    const afterSteps = words === undefined ? 0 : words[0]?.afterSteps;
    if (afterSteps === 0) hear();
    else if (afterSteps !== undefined) due.set(step + afterSteps, [...(due.get(step + afterSteps) ?? []), hear]);
    const scores = world.truth(step).map(plan => plan.costUsd + world.failureCostUsd * plan.fail);
    regret += (scores[k] as number) - Math.min(...scores);
  }
  return regret;
}
