/**
 * The cost-per-success calculator: the cost of an intent and of a success, from a handful of rates, and the number of
 * outcomes needed to know them. It is for planning: the ledger measures, the calculator calculates. Amounts are USD as
 * floats.
 */
import { checkNames, invalidValue } from '../../errors.ts';
import type { Figure } from '../math/interval.ts';
import { costPerIntent, costPerSuccess, wilson } from '../math/interval.ts';

/** One way to serve a feature, described by averages. */
export interface SetUp {
  /** Token cost of one reply. */
  readonly tokenCostUsd: number;
  /** Replies per intent, repeated ones not counted. Default 1. */
  readonly turns?: number;
  /** Repeated replies per reply: at 0.35, 100 replies cost as much as 135. Default 0. */
  readonly retryRate?: number;
  /** Fixed cost per intent, successful or not: orchestration, a judge. Default 0. */
  readonly overheadUsd?: number;
  /** Fraction of the intents that succeed, above 0. */
  readonly successRate: number;
  /** Fraction of the intents that a person takes over. Default: all that do not succeed. */
  readonly escalationRate?: number;
  /** Cost of one intent that a person takes over. */
  readonly failureCostUsd: number;
  /** Standard deviation of the model spend of one intent. Default 0, because the failure cost usually outweighs it. */
  readonly costSdUsd?: number;
  /**
   * Correlation of an intent's model spend and its failure, −1 to 1: above 0 where those that fail take more turns. Default 0;
   * `setUpByTurns` calculates it from figures by number of turns.
   */
  readonly correlation?: number;
  /** Labelled intents behind the rates; without it there are no intervals. */
  readonly sampleSize?: number;
}

/** What a set-up costs per intent, in parts, and per success. */
export interface Costs {
  readonly tokensUsd: number;
  readonly retriesUsd: number;
  readonly overheadUsd: number;
  /** Escalation rate × failure cost. */
  readonly failureUsd: number;
  readonly costPerIntentUsd: number;
  readonly costPerSuccessUsd: number;
  /** The two costs with their 95 % limits at the sample size. */
  readonly intervals?: { readonly costPerIntentUsd: Figure; readonly costPerSuccessUsd: Figure };
}

/**
 * Cost per intent = tokens + retries + overhead + escalation rate × failure cost; cost per success = that ÷ success rate.
 *
 * Intervals are computed as for the ledger's figures (MOVER on Wilson's limits of the rates). With a separate escalation rate, the cost per
 * success combines the worst limits of both rates, which is wider.
 *
 * @throws RouterError `invalid-value` with the field as path
 *
 * @example
 * ```ts
 * costsOf({ tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15 }).costPerSuccessUsd; // 0.8042…
 * ```
 */
export function costsOf(setUp: SetUp): Costs {
  assertValid(setUp);
  const { turns = 1, retryRate = 0, overheadUsd = 0, successRate, failureCostUsd } = setUp;
  const tokensUsd = setUp.tokenCostUsd * turns;
  const retriesUsd = tokensUsd * retryRate;
  const failureUsd = escalationRateOf(setUp) * failureCostUsd;
  const costPerIntentUsd = tokensUsd + retriesUsd + overheadUsd + failureUsd;
  const costs = {
    tokensUsd,
    retriesUsd,
    overheadUsd,
    failureUsd,
    costPerIntentUsd,
    costPerSuccessUsd: costPerIntentUsd / successRate,
  };
  const { sampleSize } = setUp;
  return sampleSize === undefined ? costs : { ...costs, intervals: intervalsOf(setUp, costs, sampleSize) };
}

function intervalsOf(setUp: SetUp, costs: Costs, sampleSize: number): NonNullable<Costs['intervals']> {
  const { costSdUsd = 0, correlation = 0, escalationRate, failureCostUsd, successRate } = setUp;
  const sample = {
    n: sampleSize,
    meanUsd: costs.costPerIntentUsd - costs.failureUsd,
    variance: costSdUsd ** 2,
    skewness: 0,
    labelled: sampleSize,
    correlation,
    failureCostUsd,
  };
  const perIntent = costPerIntent({ ...sample, successes: sampleSize * (1 - escalationRateOf(setUp)) });
  if (escalationRate === undefined) {
    const perSuccess = costPerSuccess({ ...sample, successes: sampleSize * successRate });
    return { costPerIntentUsd: perIntent, costPerSuccessUsd: perSuccess };
  }
  const success = wilson(successRate * sampleSize, sampleSize);
  return {
    costPerIntentUsd: perIntent,
    costPerSuccessUsd: {
      value: costs.costPerSuccessUsd,
      low: perIntent.low / success.high,
      high: perIntent.high / success.low,
    },
  };
}

/** Two set-ups side by side; savings are those of the second against the first. */
export interface SetUpComparison {
  readonly first: Costs;
  readonly second: Costs;
  /** 0.83: the second costs 83 % less. Negative where it costs more. */
  readonly costPerIntentSaving: number;
  readonly costPerSuccessSaving: number;
  /** The second's token cost as a multiple of the first's, which is all that a comparison by tokens shows. */
  readonly tokenCostRatio: number;
  /** The failure cost at which both cost the same per success; absent where one is cheaper at every failure cost. */
  readonly breakEvenFailureCostUsd?: number;
  /**
   * The success rate at which the first would cost the same per success if every failure escalates; absent if that is above
   * 1.
   */
  readonly breakEvenSuccessRate?: number;
}

/**
 * Compares the cost of the second set-up with the first, and finds where both would cost the same.
 *
 * @example
 * ```ts
 * const mini = { tokenCostUsd: 0.0019, successRate: 0.7, failureCostUsd: 15 };
 * const reasoning = { tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15 };
 * compareSetUps(mini, reasoning).costPerIntentSaving; // 0.830…
 * ```
 */
export function compareSetUps(first: SetUp, second: SetUp): SetUpComparison {
  const costs = { first: costsOf(first), second: costsOf(second) };
  const breakEvenFailureCostUsd = equalFailureCost(first, second, costs);
  const breakEvenSuccessRate = equalSuccessRate(first, costs);
  return {
    ...costs,
    costPerIntentSaving: 1 - costs.second.costPerIntentUsd / costs.first.costPerIntentUsd,
    costPerSuccessSaving: 1 - costs.second.costPerSuccessUsd / costs.first.costPerSuccessUsd,
    tokenCostRatio: costs.second.tokensUsd / costs.first.tokensUsd,
    ...(breakEvenFailureCostUsd === undefined ? {} : { breakEvenFailureCostUsd }),
    ...(breakEvenSuccessRate === undefined ? {} : { breakEvenSuccessRate }),
  };
}

type BothCosts = { readonly first: Costs; readonly second: Costs };

/** Solves (c₁ + H·e₁)/p₁ = (c₂ + H·e₂)/p₂ for H. */
function equalFailureCost(first: SetUp, second: SetUp, costs: BothCosts): number | undefined {
  const spent = ({ costPerIntentUsd, failureUsd }: Costs): number => costPerIntentUsd - failureUsd;
  const tokens = spent(costs.second) / second.successRate - spent(costs.first) / first.successRate;
  const escalations = escalationRateOf(first) / first.successRate - escalationRateOf(second) / second.successRate;
  const failureCostUsd = tokens / escalations;
  return Number.isFinite(failureCostUsd) && failureCostUsd > 0 ? failureCostUsd : undefined;
}

/** Solves (c₁ + H·(1 − p))/p = the second's cost per success for p. */
function equalSuccessRate(first: SetUp, costs: BothCosts): number | undefined {
  const spentUsd = costs.first.costPerIntentUsd - costs.first.failureUsd;
  const rate = (spentUsd + first.failureCostUsd) / (costs.second.costPerSuccessUsd + first.failureCostUsd);
  return rate <= 1 ? rate : undefined;
}

/** Fraction of the intents that a person takes over. */
export function escalationRateOf({ escalationRate, successRate }: SetUp): number {
  return escalationRate ?? 1 - successRate;
}

const SET_UP_KEYS =
  'tokenCostUsd turns retryRate overheadUsd successRate escalationRate failureCostUsd costSdUsd correlation sampleSize'.split(
    ' ',
  );

/** @throws RouterError `invalid-value` with the field as path */
export function assertValid(setUp: SetUp): void {
  checkNames(setUp, SET_UP_KEYS, 'setUp');
  const { tokenCostUsd, turns = 1, retryRate = 0, overheadUsd = 0, failureCostUsd, sampleSize = 1 } = setUp;
  const { costSdUsd = 0, correlation = 0, successRate } = setUp;
  const amounts = { tokenCostUsd, retryRate, overheadUsd, failureCostUsd, costSdUsd };
  for (const [name, value] of Object.entries(amounts)) {
    if (!(Number.isFinite(value) && value >= 0)) throw invalidValue(value, name, 'a number from 0');
  }
  if (!(Number.isFinite(turns) && turns > 0)) throw invalidValue(turns, 'turns', 'a number above 0');
  if (!(Number.isFinite(successRate) && successRate > 0 && successRate <= 1))
    throw invalidValue(successRate, 'successRate', 'a fraction above 0, at most 1');
  const escalationRate = escalationRateOf(setUp);
  if (!(Number.isFinite(escalationRate) && escalationRate >= 0 && escalationRate <= 1))
    throw invalidValue(escalationRate, 'escalationRate', 'a fraction from 0 to 1');
  if (!(Number.isFinite(correlation) && Math.abs(correlation) <= 1))
    throw invalidValue(correlation, 'correlation', 'a number from −1 to 1');
  if (!Number.isSafeInteger(sampleSize) || sampleSize < 1)
    throw invalidValue(sampleSize, 'sampleSize', 'a whole number from 1');
}
