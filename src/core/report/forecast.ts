/**
 * After how many more outcomes a comparison of plans will be settled: simulated futures are drawn from the beliefs about the plans, with
 * the traffic that the policy would give each plan, until the comparison is settled in each future.
 */
import { HALF_LIFE_OUTCOMES, MIN_REMEMBERED_OUTCOMES } from '../beliefs/constants.ts';
import type { FloorOptions } from '../choice/constants.ts';
import { raiseToFloors } from '../choice/allocation.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import { betaCdf } from '../math/distributions.ts';
import type { Bounds } from '../math/confidence-sequence.ts';
import { figureBounds, settledPlan } from '../math/confidence-sequence.ts';
import type { CostSample } from '../math/interval.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { Random } from '../math/random.ts';
import { normal } from '../math/samplers.ts';
import { LEARNING_BELOW } from './constants.ts';

export type Forecast =
  /** The comparison is settled now: on the preferred plan; or on `plan`, if each plan had got the same requests. */
  | { readonly kind: 'settled'; readonly plan?: PlanKey }
  /** Settled after about this many more outcomes, of all plans together. */
  | { readonly kind: 'outcomes'; readonly moreOutcomes: number }
  /** Nine of ten simulated futures need more outcomes than this, and they differ too much to name a number. */
  | { readonly kind: 'at least'; readonly moreOutcomes: number }
  /** In four of five futures, the comparison is not settled within the limit. */
  | { readonly kind: 'beyond' }
  /** The comparison is not settled as long as something prevents comparing the plans. */
  | { readonly kind: 'not comparable'; readonly reason: string };

export interface ForecastOptions {
  readonly perSuccess: boolean;
  /** Maximum number of outcomes to look ahead. */
  readonly limit: number;
  /** The plans' shares now, if they stay fixed; or the floors of a learning policy whose shares follow the evidence. */
  readonly traffic: { readonly shares: ArrayLike<number> } | { readonly floor: FloorOptions };
}

/** Number of simulated futures. Larger: more time. Smaller: the forecast changes with the next outcome. */
const FUTURES = 30;
/** Growth of the outcomes from step to step. Larger: a coarser forecast. Smaller: more time. */
const STEP = 1.2;
/**
 * A forecast is given where the slowest of the middle three fifths of the futures takes at most this many times as long as
 * the fastest.
 */
const MAX_SPREAD = 4;
/** The bounds of a comparison are wider than this many standard errors: a smaller difference is never settled. */
const NEVER_SETTLED_BELOW = 2.5;

/** The beliefs about the plans: every future is one row of the table, and the plans are some of its columns. */
interface Beliefs {
  readonly table: SampleTable;
  readonly columns: readonly number[];
  readonly random: Random;
}

/** @param samples what is known of each plan */
export function forecast(
  samples: readonly CostSample[],
  { table, columns, random, ...options }: ForecastOptions & Beliefs,
): Forecast {
  if (labelledOf(samples) >= LEARNING_BELOW && settledPlan(samples, options.perSuccess) >= 0)
    return { kind: 'settled' };
  const outcomes = Array.from({ length: FUTURES }, (_, future) => {
    const row = Math.floor(((future + 0.5) / FUTURES) * table.rows) * table.plans;
    const truth = columns.map(k => ({
      success: 1 - (table.fail[row + k] as number),
      spendUsd: table.costUsd[row + k] as number,
    }));
    return outcomesUntilSettled(samples, truth, { ...options, random });
  }).sort((a, b) => a - b);
  const at = (fraction: number): number => outcomes[Math.floor(fraction * FUTURES)] as number;
  const [least, fast, middle, slow] = [at(0.1), at(0.2), at(0.5), at(0.8)];
  if (fast > options.limit) return { kind: 'beyond' };
  if (slow > MAX_SPREAD * fast) return { kind: 'at least', moreOutcomes: least };
  return { kind: 'outcomes', moreOutcomes: middle };
}

interface Truth {
  readonly success: number;
  readonly spendUsd: number;
}

/** Infinity where the comparison is not settled within the limit. */
function outcomesUntilSettled(
  known: readonly CostSample[],
  truth: readonly Truth[],
  options: ForecastOptions & { readonly random: Random },
): number {
  const { limit, random, perSuccess } = options;
  let samples = known;
  let recent = known;
  let outcomes = 0;
  while (outcomes <= limit) {
    const step = Math.max(1, outcomes * (STEP - 1));
    const shares = sharesOf(recent, options);
    const before = samples;
    samples = samples.map((sample, k) => grown(sample, truth[k] as Truth, (shares[k] as number) * step, random));
    recent = recent.map((sample, k) =>
      forgotten(sample, { before: before[k] as CostSample, after: samples[k] as CostSample, step }),
    );
    outcomes += step;
    if (isSettled(samples, perSuccess)) return Math.round(outcomes);
  }
  return Number.POSITIVE_INFINITY;
}

function isSettled(samples: readonly CostSample[], perSuccess: boolean): boolean {
  if (labelledOf(samples) < LEARNING_BELOW) return false;
  const estimates = samples.map(sample => estimateOf(sample, perSuccess));
  const best = leastOf(estimates);
  const distances = estimates.map(plan => distance(plan, estimates[best] as Estimate));
  const rivals = samples.map((_sample, k) => k).filter(k => k !== best);
  if (rivals.some(k => (distances[k] as number) < NEVER_SETTLED_BELOW)) return false;
  // Tests the same as `settledPlan`, but the closest rival first, because computing bounds takes most of the time.
  const boundsOf = (k: number): Bounds => figureBounds(samples[k] as CostSample, { plans: samples.length, perSuccess });
  const { high } = boundsOf(best);
  return rivals.sort((a, b) => (distances[a] as number) - (distances[b] as number)).every(k => high < boundsOf(k).low);
}

function labelledOf(samples: readonly CostSample[]): number {
  return samples.reduce((sum, sample) => sum + sample.labelled, 0);
}

/** Cost per intent, or per success, USD, and its standard error. */
interface Estimate {
  readonly costUsd: number;
  readonly errorUsd: number;
  readonly rate: number;
  /** USD that one more failure adds to the cost. */
  readonly failureUsd: number;
}

/** The estimate has one added success and one added failure, so that its error is never 0. */
function estimateOf(sample: CostSample, perSuccess: boolean): Estimate {
  const { labelled, successes, n, failureCostUsd, variance } = sample;
  const meanUsd = n > 0 ? sample.meanUsd : 0;
  const rate = (successes + 1) / (labelled + 2);
  const per = perSuccess ? rate : 1;
  const costUsd = (meanUsd + failureCostUsd * (1 - rate)) / per;
  const failureUsd = failureCostUsd + (perSuccess ? costUsd : 0);
  const variance2 = (failureUsd ** 2 * rate * (1 - rate)) / (labelled + 2) + variance / (n + 1);
  return { costUsd, errorUsd: Math.sqrt(variance2) / per, rate, failureUsd: failureUsd / per };
}

function leastOf(estimates: readonly Estimate[]): number {
  return estimates.reduce((best, each, k) => (each.costUsd < (estimates[best] as Estimate).costUsd ? k : best), 0);
}

/** The distance of two estimates in standard errors. */
function distance(a: Estimate, b: Estimate): number {
  return (a.costUsd - b.costUsd) / Math.max(1e-12, Math.hypot(a.errorUsd, b.errorUsd));
}

function sharesOf(samples: readonly CostSample[], { traffic, perSuccess }: ForecastOptions): ArrayLike<number> {
  if ('shares' in traffic) return traffic.shares;
  const estimates = samples.map(sample => estimateOf(sample, perSuccess));
  const best = leastOf(estimates);
  const shares = Float64Array.from(estimates, (plan, k) =>
    k === best ? 0 : chanceOf(plan, estimates[best] as Estimate),
  );
  const rivals = shares.reduce((sum, share) => sum + share, 0);
  shares[best] = Math.max(0.5, 1 - rivals);
  for (let k = 0; k < shares.length; k++)
    if (k !== best && rivals > 0.5) shares[k] = ((shares[k] as number) * 0.5) / rivals;
  raiseToFloors(shares, {
    scores: Float64Array.from(estimates, plan => plan.costUsd),
    eligible: 2 ** samples.length - 1,
    floor: traffic.floor,
  });
  return shares;
}

/** P(a plan is cheaper than the best one). A rate near 1 has a shorter tail above it than a normal distribution. */
function chanceOf({ costUsd, errorUsd, rate, failureUsd }: Estimate, best: Estimate): number {
  const needed = rate + (costUsd - best.costUsd) / failureUsd;
  if (!(needed < 1))
    return failureUsd > 0 ? 0 : upperTail((costUsd - best.costUsd) / Math.hypot(errorUsd, best.errorUsd));
  // The Beta with the variance of both plans' errors.
  const variance = (errorUsd ** 2 + best.errorUsd ** 2) / failureUsd ** 2;
  const strength = Math.max(0.5, (rate * (1 - rate)) / variance - 1);
  return 1 - betaCdf(needed, strength * rate, strength * (1 - rate));
}

/** P(Z > z) of a standard normal, z ≥ 0, to a few percent (López-Benítez & Casadevall 2011). */
function upperTail(z: number): number {
  return Math.exp(-0.3842 * z * z - 0.764 * z - 0.6964);
}

/** A sample after about `expected` more intents, each with an outcome. */
function grown(sample: CostSample, { success, spendUsd }: Truth, expected: number, random: Random): CostSample {
  const count = poisson(expected, random);
  if (count === 0) return sample;
  const n = sample.n + count;
  const variance = sample.n > 1 ? sample.variance : spendUsd ** 2;
  const spentUsd = count * Math.max(0, spendUsd + normal(random) * Math.sqrt(variance / count));
  return {
    ...sample,
    n,
    variance,
    meanUsd: ((sample.n > 0 ? sample.n * sample.meanUsd : 0) + spentUsd) / n,
    labelled: sample.labelled + count,
    successes: sample.successes + binomial(count, success, random),
  };
}

/** The part of a sample that routing still counts: older outcomes have less weight, but some always count. */
function forgotten(
  recent: CostSample,
  { before, after, step }: { readonly before: CostSample; readonly after: CostSample; readonly step: number },
): CostSample {
  const kept = 0.5 ** (step / HALF_LIFE_OUTCOMES);
  const labelled = recent.labelled * kept + after.labelled - before.labelled;
  const remembered = Math.max(labelled, Math.min(after.labelled, MIN_REMEMBERED_OUTCOMES));
  const rate = after.labelled > 0 ? after.successes / after.labelled : 0;
  const successes = recent.successes * kept + after.successes - before.successes + (remembered - labelled) * rate;
  return { ...after, n: remembered, labelled: remembered, successes };
}

/** Above this, counts are approximately normal, close enough for what a forecast shows. */
const MANY = 30;

function poisson(mean: number, random: Random): number {
  if (mean > MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let [count, product] = [0, random.next()];
  for (const least = Math.exp(-mean); product > least; count++) product *= random.next();
  return count;
}

function binomial(n: number, rate: number, random: Random): number {
  if (n > MANY) {
    const deviation = Math.sqrt(n * rate * (1 - rate));
    return Math.min(n, Math.max(0, Math.round(n * rate + deviation * normal(random))));
  }
  let count = 0;
  for (let i = 0; i < n; i++) if (random.next() < rate) count++;
  return count;
}
