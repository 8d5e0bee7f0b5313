/**
 * Off-policy evaluation: what another policy (the target) would have cost, from a log with exact propensities. Doubly robust
 * with predictable means and variance-stabilising weights (Zhan et al. 2021), and self-normalised importance sampling with
 * Wilson's interval for rare failures. The log is a list of decisions in order of time.
 */
import { aboveZero, finite, fromZero, listOf, objectWith, yesOrNo } from '../../argument-checks.ts';
import { studentT95 } from '../../core/math/distributions.ts';
import type { Figure } from '../../core/math/interval.ts';
import { wilson } from '../../core/math/interval.ts';

/** One logged decision with its outcome, and what the target policy would have done. */
export interface LoggedDecision {
  /** Probability of the chosen plan under the log's policy, and under the target policy. */
  readonly propensity: number;
  readonly target: number;
  /** Its cost, USD: spend, and the failure cost if it failed. */
  readonly spendUsd: number;
  readonly failureUsd: number;
  readonly failed: boolean;
  /** Expected cost of the chosen plan, and under the target policy, from earlier outcomes. */
  readonly expectedOfChosen: ExpectedCost;
  readonly expectedOfTarget: ExpectedCost;
  /** Weight of this decision, from earlier decisions: smaller where the log's policy explored less. */
  readonly weight: number;
}

/** The part of a logged decision that is known before its outcome. */
export type TargetDecision = Pick<LoggedDecision, 'target' | 'expectedOfChosen' | 'expectedOfTarget' | 'weight'>;

/** Expected spend and failure cost, USD, and P(failure). */
export interface ExpectedCost {
  readonly spendUsd: number;
  readonly failureUsd: number;
  readonly fail: number;
}

/** The target policy's cost as estimated from a log, or why the log cannot answer. All intervals are 95 %. */
export type OffPolicyEstimate =
  | {
      readonly kind: 'estimate';
      /** Decisions with an outcome. */
      readonly intents: number;
      /** Effective sample size: number of the target policy's own decisions that would be as informative, (Σw)²/Σw². */
      readonly effectiveIntents: number;
      /** The largest weight of one decision, as a fraction of the total weight. */
      readonly largestWeightFraction: number;
      /** Doubly robust estimates, USD. */
      readonly costPerIntentUsd: Figure;
      readonly spendPerIntentUsd: Figure;
      readonly successRate: Figure;
      readonly costPerSuccessUsd: Figure;
      /** Self-normalised estimates: the success rate with Wilson's interval at the effective sample size, and the cost per intent. */
      readonly snips: { readonly successRate: Figure; readonly costPerIntentUsd: number };
      /** What the log's own policy cost, and how much less the target policy costs (paired difference). USD per intent. */
      readonly loggedCostPerIntentUsd: number;
      readonly savedPerIntentUsd: Figure;
    }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly intents: number;
      readonly effectiveIntents: number;
      readonly largestWeightFraction: number;
    };

/** Effective sample size below which the log refuses to answer. Smaller: the 95 % intervals contain the truth less often. */
const MIN_EFFECTIVE_INTENTS = 100;

/** Fraction of the total weight that one decision may have. Larger: a single intent can decide the estimate. */
const MAX_WEIGHT_FRACTION = 0.05;

const expectedCost = objectWith<ExpectedCost>({ spendUsd: finite, failureUsd: finite, fail: finite });
const checkLog = listOf(
  'a list of logged decisions',
  objectWith<LoggedDecision>({
    propensity: aboveZero,
    target: fromZero,
    spendUsd: finite,
    failureUsd: finite,
    failed: yesOrNo,
    expectedOfChosen: expectedCost,
    expectedOfTarget: expectedCost,
    weight: fromZero,
  }),
);

/**
 * @throws RouterError `invalid-value` for a log with a value that is missing or out of range
 * @example
 * ```ts
 * const found = evaluateOffPolicy(log);
 * if (found.kind === 'estimate') console.log(found.costPerIntentUsd.low, found.costPerIntentUsd.high);
 * else console.log(found.reason);
 * ```
 */
export function evaluateOffPolicy(log: readonly LoggedDecision[]): OffPolicyEstimate {
  checkLog(log, 'log');
  let sum = 0;
  let square = 0;
  let largest = 0;
  for (const { target, propensity } of log) {
    const weight = target / propensity;
    sum += weight;
    square += weight * weight;
    largest = Math.max(largest, weight);
  }
  const effective = square > 0 ? (sum * sum) / square : 0;
  const fraction = sum > 0 ? largest / sum : 0;
  const found = { intents: log.length, effectiveIntents: effective, largestWeightFraction: fraction };
  const reason = refusal(log.length, effective, fraction);
  if (reason !== undefined) return { kind: 'refused', reason, ...found };

  const cost = (part: ExpectedCost): number => part.spendUsd + part.failureUsd;
  const scores = log.map(one => {
    const weight = one.target / one.propensity;
    const robust = (value: number, of: (part: ExpectedCost) => number): number =>
      of(one.expectedOfTarget) + weight * (value - of(one.expectedOfChosen));
    return {
      h: one.weight,
      cost: robust(one.spendUsd + one.failureUsd, cost),
      spend: robust(one.spendUsd, part => part.spendUsd),
      success: 1 - robust(one.failed ? 1 : 0, part => part.fail),
      logged: one.spendUsd + one.failureUsd,
    };
  });
  const whole = averages(scores, ['cost', 'spend', 'success', 'logged'] as const);
  // The normal approximation holds only for large samples; Student's t at the effective size is wider for small ones.
  const t = studentT95(Math.max(2, effective - 1));
  const costFigure = around(whole.mean.cost, t * Math.sqrt(whole.covariance('cost', 'cost')));
  const success = clipped(around(whole.mean.success, t * Math.sqrt(whole.covariance('success', 'success'))), 0, 1);
  const saved = (x: (typeof scores)[number]): number => x.logged - x.cost;
  const difference = averages(
    scores.map(x => ({ h: x.h, saved: saved(x) })),
    ['saved'] as const,
  );
  const snipsSuccess =
    log.reduce((total, one) => total + (one.target / one.propensity) * (one.failed ? 0 : 1), 0) / sum;
  return {
    kind: 'estimate',
    ...found,
    costPerIntentUsd: costFigure,
    spendPerIntentUsd: around(whole.mean.spend, t * Math.sqrt(whole.covariance('spend', 'spend'))),
    successRate: success,
    costPerSuccessUsd: perSuccess(whole, t),
    snips: {
      successRate: wilson(snipsSuccess * effective, effective),
      costPerIntentUsd:
        log.reduce((total, one) => total + (one.target / one.propensity) * (one.spendUsd + one.failureUsd), 0) / sum,
    },
    loggedCostPerIntentUsd: log.reduce((total, one) => total + one.spendUsd + one.failureUsd, 0) / log.length,
    savedPerIntentUsd: around(difference.mean.saved, t * Math.sqrt(difference.covariance('saved', 'saved'))),
  };
}

const EXPLORE_MORE = "route with thompson({ floor: 'evaluation' }), which tries every plan more often";

function refusal(intents: number, effective: number, fraction: number): string | undefined {
  if (intents === 0) return 'no intent has an outcome';
  if (effective === 0) return 'no intent used a plan that the other policy would have chosen';
  if (effective < MIN_EFFECTIVE_INTENTS) {
    return (
      `what is recorded is worth only ${effective.toFixed(0)} of the other policy's own choices ` +
      `(${MIN_EFFECTIVE_INTENTS} are needed): record more intents, or ${EXPLORE_MORE}`
    );
  }
  if (fraction <= MAX_WEIGHT_FRACTION) return undefined;
  return (
    `one intent would make up ${(100 * fraction).toFixed(0)} % of the answer (at most ${100 * MAX_WEIGHT_FRACTION} %), ` +
    `because its plan was chosen with a tiny probability: ${EXPLORE_MORE}`
  );
}

/** Weighted means Σhx/Σh, and the covariances of these means: Σh²(x − x̄)(y − ȳ)/(Σh)². */
function averages<Name extends string>(
  scores: readonly ({ readonly h: number } & Readonly<Record<Name, number>>)[],
  names: readonly Name[],
): { readonly mean: Readonly<Record<Name, number>>; covariance(x: Name, y: Name): number } {
  const weight = scores.reduce((sum, { h }) => sum + h, 0);
  const mean = Object.fromEntries(
    names.map(name => [name, scores.reduce((sum, score) => sum + score.h * score[name], 0) / weight]),
  ) as Record<Name, number>;
  return {
    mean,
    covariance: (x, y) =>
      scores.reduce((sum, score) => sum + score.h ** 2 * (score[x] - mean[x]) * (score[y] - mean[y]), 0) / weight ** 2,
  };
}

function around(value: number, half: number): Figure {
  return { value, low: value - half, high: value + half };
}

function clipped({ value, low, high }: Figure, least: number, most: number): Figure {
  const into = (x: number): number => Math.min(most, Math.max(least, x));
  return { value: into(value), low: into(low), high: into(high) };
}

/** Cost per intent over success rate, by the delta method on the logarithm. */
function perSuccess(
  {
    mean,
    covariance,
  }: {
    readonly mean: Readonly<Record<'cost' | 'success', number>>;
    covariance(x: 'cost' | 'success', y: 'cost' | 'success'): number;
  },
  t: number,
): Figure {
  const { cost, success } = mean;
  if (!(cost > 0 && success > 0)) return { value: Number.NaN, low: 0, high: Number.POSITIVE_INFINITY };
  const variance =
    covariance('cost', 'cost') / cost ** 2 +
    covariance('success', 'success') / success ** 2 -
    (2 * covariance('cost', 'success')) / (cost * success);
  const spread = Math.exp(t * Math.sqrt(Math.max(0, variance)));
  return { value: cost / success, low: cost / success / spread, high: (cost / success) * spread };
}
