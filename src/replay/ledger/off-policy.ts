/**
 * Off-policy evaluation: what another policy (the target) would have cost, from a log with exact propensities. Estimated in
 * strata of the facts known at the decisions, see {@link stratified}; and, for the success rate, by self-normalized importance
 * sampling with Wilson's interval. The log is a list of decisions in order of time.
 */
import {
  aboveZero,
  anyText,
  finite,
  fraction,
  fromZero,
  listOf,
  objectWith,
  optional,
  recordOf,
  text,
  yesOrNo,
} from '../../argument-checks.ts';
import type { Figure } from '../../core/math/interval.ts';
import { wilson } from '../../core/math/interval.ts';
import { formatPercentApart } from '../../core/report/wording.ts';
import type { DecisionLog } from './decision-log.ts';
import { decisionLog } from './decision-log.ts';
import { exploreMore } from './explore-more.ts';
import type { MissingBounds } from './missing-bounds.ts';
import type { LoggedDecision } from './logged-decision.ts';
import { stratified } from './stratified.ts';

/** The target policy's cost, estimated from a log, or the reason why the log cannot answer. All intervals are 95 %. */
export type OffPolicyEstimate =
  | {
      readonly kind: 'estimate';
      /** Decisions with an outcome. */
      readonly intents: number;
      /** Effective sample size: number of the target policy's own decisions that would be as informative, (Σw)²/Σw². */
      readonly effectiveIntents: number;
      /** The largest weight of one decision, as a fraction of the total weight. */
      readonly largestWeightFraction: number;
      /** Means over the intents of the log, estimated in strata, USD. */
      readonly costPerIntentUsd: Figure;
      readonly spendPerIntentUsd: Figure;
      readonly successRate: Figure;
      readonly costPerSuccessUsd: Figure;
      /**
       * Self-normalized estimates: the success rate with Wilson's interval at the effective sample size, and the cost per intent. They are
       * of the outcomes as recorded, without a correction by audits.
       */
      readonly snips: { readonly successRate: Figure; readonly costPerIntentUsd: number };
      /**
       * The cost of the log's intents, and that cost minus `costPerIntentUsd`. USD per intent. The cost is as recorded, or, where a
       * sample was audited, corrected by that.
       */
      readonly loggedCostPerIntentUsd: number;
      /** For the same intents: the billed spend, USD per intent, and the fraction that succeeded. */
      readonly loggedSpendPerIntentUsd: number;
      readonly loggedSuccessRate: number;
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

const checkLog = listOf(
  'a list of logged decisions',
  objectWith<LoggedDecision>({
    plan: text,
    propensity: aboveZero,
    target: recordOf('probabilities by plan', fraction),
    segment: optional(anyText),
    failureCostUsd: fromZero,
    spendUsd: finite,
    billedUsd: optional(finite),
    failed: yesOrNo,
    failureUsd: finite,
    failedBeforeAudit: optional(yesOrNo),
  }),
);

/**
 * What another policy would have cost on the intents of a log, in the order of time. {@link replayLedger} makes the log from a
 * ledger; a log of another system can be written by hand, if it knows the probability of each choice.
 *
 * @throws RouterError `invalid-value` for a log with a value that is missing or out of range
 * @example
 * ```ts
 * const decision: LoggedDecision = {
 *   plan: 'mini',
 *   propensity: 0.8,
 *   target: { premium: 1 }, // the question: always premium
 *   segment: 'tier=free',
 *   failureCostUsd: 15,
 *   spendUsd: 0.002,
 *   failed: true,
 *   failureUsd: 15,
 * };
 * const found = evaluateOffPolicy([...log, decision]);
 * if (found.kind === 'estimate') console.log(found.costPerIntentUsd.low, found.costPerIntentUsd.high);
 * else console.log(found.reason);
 * ```
 */
export function evaluateOffPolicy(log: readonly LoggedDecision[]): OffPolicyEstimate {
  checkLog(log, 'log');
  return offPolicyEstimate(decisionLog(log));
}

/** {@link evaluateOffPolicy} for a log that needs no check. */
export function offPolicyEstimate(log: DecisionLog, bounds?: MissingBounds): OffPolicyEstimate {
  const weights = weightsOf(log);
  let sum = 0;
  let square = 0;
  let largest = 0;
  for (const weight of weights) {
    sum += weight;
    square += weight * weight;
    largest = Math.max(largest, weight);
  }
  const effective = square > 0 ? (sum * sum) / square : 0;
  const largestFraction = sum > 0 ? largest / sum : 0;
  const found = { intents: log.length, effectiveIntents: effective, largestWeightFraction: largestFraction };
  const reason = refusal(log, effective, largestFraction);
  if (reason !== undefined) return { kind: 'refused', reason, ...found };

  const estimate = stratified(log, bounds);
  if (typeof estimate === 'string') return { kind: 'refused', reason: estimate, ...found };
  const { costUsd, spendUsd, failed, loggedUsd, loggedFailed, savedUsd, missing } = estimate;
  const successRate = clipped({ value: 1 - failed.value, low: 1 - failed.high, high: 1 - failed.low });
  let [succeeded, costUsdOfAll, billedUsd] = [0, 0, 0];
  for (let i = 0; i < log.length; i++) {
    const weight = weights[i] as number;
    succeeded += weight * (1 - (log.failed[i] as number));
    costUsdOfAll += weight * ((log.spendUsd[i] as number) + (log.failureUsd[i] as number));
    billedUsd += log.billedUsd[i] as number;
  }
  const own = wilson((succeeded / sum) * effective, effective);
  return {
    kind: 'estimate',
    ...found,
    costPerIntentUsd: costUsd,
    spendPerIntentUsd: spendUsd,
    successRate,
    costPerSuccessUsd: perSuccess(costUsd, successRate),
    snips: {
      successRate: clipped({ value: own.value, low: own.low - missing.above, high: own.high + missing.below }),
      costPerIntentUsd: costUsdOfAll / sum,
    },
    loggedCostPerIntentUsd: loggedUsd,
    loggedSpendPerIntentUsd: billedUsd / log.length,
    loggedSuccessRate: Math.min(1, Math.max(0, 1 - loggedFailed)),
    savedPerIntentUsd: savedUsd,
  };
}

/** Importance weights of the chosen plans. */
function weightsOf({ length, plan, propensity, targetFrom, targetPlan, targetShare }: DecisionLog): Float64Array {
  const weights = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const [end, chosen] = [targetFrom[i + 1] as number, plan[i] as number];
    let at = targetFrom[i] as number;
    while (at < end && targetPlan[at] !== chosen) at++;
    weights[i] = (at < end ? (targetShare[at] as number) : 0) / (propensity[i] as number);
  }
  return weights;
}

function refusal(log: DecisionLog, effective: number, largest: number): string | undefined {
  if (log.length === 0) return 'no intent has an outcome';
  if (effective === 0) return `no intent used a plan that the other policy would have chosen: ${exploreMore(log)}`;
  if (effective < MIN_EFFECTIVE_INTENTS) {
    return (
      `what is recorded is worth only ${Math.floor(effective)} of the other policy's own choices ` +
      `(${MIN_EFFECTIVE_INTENTS} are needed): ${exploreMore(log)}`
    );
  }
  if (largest <= MAX_WEIGHT_FRACTION) return undefined;
  const percent = formatPercentApart(largest, MAX_WEIGHT_FRACTION);
  return (
    `one intent would make up ${percent(largest)} of the answer (at most ${percent(MAX_WEIGHT_FRACTION)}), ` +
    `because its plan was chosen with a tiny probability: ${exploreMore(log)}`
  );
}

function clipped({ value, low, high }: Figure): Figure {
  const into = (rate: number): number => Math.min(1, Math.max(0, rate));
  return { value: into(value), low: into(low), high: into(high) };
}

/** Cost per intent ÷ success rate. A policy that fails more also costs more, so that the two limits are reached together. */
function perSuccess(cost: Figure, success: Figure): Figure {
  if (!(cost.value > 0 && success.value > 0)) return { value: Number.NaN, low: 0, high: Number.POSITIVE_INFINITY };
  return {
    value: cost.value / success.value,
    low: Math.max(0, cost.low) / success.high,
    high: success.low > 0 ? cost.high / success.low : Number.POSITIVE_INFINITY,
  };
}
