/**
 * What another policy (the target) would have cost, from a log with propensities: plan by plan, in strata of the facts known at
 * the decision. A weight that keeps the variance low (1/√propensity) is unbiased only if all decisions have the same expected
 * cost. Within one period of a stratum they nearly do, and strata and periods count by their intents and not by these weights.
 */
import type { Figure } from '../../core/math/interval.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { describePlan, formatCount, formatUsd } from '../../core/report/wording.ts';
import { auditShifts } from './audit-shifts.ts';
import type { Stratum } from './strata.ts';
import { strataOf } from './strata.ts';
import type { DecisionLog } from './decision-log.ts';
import type { PlanLevel, Reach, StratumEstimate } from './stratum-estimate.ts';
import { stratumEstimateOf } from './stratum-estimate.ts';
import type { PlanPeriod, PlanSums, RateSums } from './plan-sums.ts';
import { planSumsOf } from './plan-sums.ts';

/** Fraction of the intents that may get a plan which the log never chose in their stratum. Larger: much of the answer is a guess. */
const MAX_NEVER_CHOSEN = 0.01;

/** Means per intent. */
export interface Stratified {
  readonly costUsd: Figure;
  readonly spendUsd: Figure;
  readonly failed: Figure;
  readonly loggedUsd: number;
  readonly loggedFailed: number;
  /** `loggedUsd` less `costUsd`. */
  readonly savedUsd: Figure;
}

/** @returns the reason if audits did not cover a plan of the target, or the log never chose, in a stratum with many intents, what the target would have chosen there */
export function stratified(log: DecisionLog): Stratified | string {
  const intents = log.length;
  const audits = auditShifts(log);
  if (typeof audits === 'string') return audits;
  const levels = planLevels(log);
  const [cost, spend, failed, excess] = [new Total(), new Total(), new Total(), new Total()];
  for (const stratum of strataOf(log)) {
    for (const [plan, sums] of planSumsOf(log, stratum)) {
      const level = levels.get(plan) as PlanLevel;
      const wanted = sums.periods.reduce((sum, period) => sum + period.failed.target, 0);
      if (sums.n === 0 && wanted > MAX_NEVER_CHOSEN * intents) return neverChosen(log, stratum, plan);
      const found = sums.n > 0 ? stratumEstimateOf(sums, level, intents) : guessOf(sums, level, intents);
      cost.add(found.loss, found.spend);
      spend.add(found.spend);
      failed.add(found.failed);
      excess.add(found.excess.loss, found.excess.spend);
    }
  }
  let [loggedSum, failures] = [0, 0];
  for (let i = 0; i < intents; i++) {
    loggedSum = loggedSum + (log.billedUsd[i] as number) + (log.failureUsd[i] as number);
    failures += log.failed[i] as number;
  }
  let [loggedUsd, loggedFailed] = [loggedSum / intents, failures / intents];
  for (const shift of audits) {
    cost.add(shift.loss);
    failed.add(shift.failed);
    excess.add(shift.excess);
    loggedUsd += shift.loggedLossUsd;
    loggedFailed += shift.loggedFailed;
  }
  const { value, low, high } = excess.figure();
  const [costUsd, spendUsd] = [cost.figure(), spend.figure()];
  return {
    // A shifted rate of failures has no limit of its own at 0.
    costUsd: audits.length === 0 ? costUsd : { ...costUsd, low: Math.max(costUsd.low, spendUsd.low) },
    spendUsd,
    failed: failed.figure(),
    loggedUsd,
    loggedFailed,
    savedUsd: { value: loggedUsd - value, low: loggedUsd - high, high: loggedUsd - low },
  };
}

/**
 * For a plan that the log never chose in a stratum, three cases: it performs as in the other strata; it never fails; it always
 * fails.
 */
function guessOf({ periods }: PlanSums, { fail, spendUsd }: PlanLevel, intents: number): StratumEstimate {
  const targetOf = (of: (period: PlanPeriod) => RateSums): number =>
    periods.reduce((sum, period) => sum + of(period).target, 0) / intents;
  const rate = (whole: number): Reach => ({
    value: fail * whole,
    below2: (fail * whole) ** 2,
    above2: ((1 - fail) * whole) ** 2,
  });
  const loss = rate(targetOf(period => period.loss));
  const usd = spendUsd * targetOf(period => period.spend);
  const spend = { value: usd, below2: usd ** 2, above2: usd ** 2 };
  return { loss, spend, failed: rate(targetOf(period => period.failed)), excess: { loss, spend } };
}

function neverChosen({ failureCostUsd }: DecisionLog, { segment, rows }: Stratum, plan: PlanKey): string {
  let [min, max] = [Number.POSITIVE_INFINITY, 0];
  for (const i of rows) {
    const usd = failureCostUsd[i] as number;
    [min, max] = [Math.min(min, usd), Math.max(max, usd)];
  }
  const [least, most] = [formatUsd(min), formatUsd(max)];
  const users = `${segment === '' ? '' : `of the segment ${segment} `}with a failure cost of ${least === most ? least : `${least} to ${most}`}`;
  return (
    `the log never chose ${describePlan(plan)} for the ${formatCount(rows.length)} intents ${users}, and the other policy would: ` +
    "record more intents, or route with thompson({ floor: 'evaluation' }), which tries every plan more often"
  );
}

/** A sum of independent estimates. */
class Total {
  #value = 0;
  #below2 = 0;
  #above2 = 0;

  add(...parts: readonly Reach[]): void {
    for (const { value, below2, above2 } of parts) {
      this.#value += value;
      this.#below2 += below2;
      this.#above2 += above2;
    }
  }

  figure(): Figure {
    const value = this.#value;
    return { value, low: value - Math.sqrt(this.#below2), high: value + Math.sqrt(this.#above2) };
  }
}

/** The whole log's figures for every plan that was chosen or is in a target. */
function planLevels({ plans, plan, failed, spendUsd }: DecisionLog): ReadonlyMap<PlanKey, PlanLevel> {
  const sums = plans.map(() => ({ n: 0, failures: 0, spendUsd: 0 }));
  for (let i = 0; i < plan.length; i++) {
    const own = sums[plan[i] as number] as { n: number; failures: number; spendUsd: number };
    own.n++;
    own.spendUsd += spendUsd[i] as number;
    own.failures += failed[i] as number;
  }
  return new Map(
    sums.map(({ n, failures, spendUsd: usd }, index) => [
      plans[index] as PlanKey,
      { fail: (failures + 0.5) / (n + 1), spendUsd: n > 0 ? usd / n : 0 },
    ]),
  );
}
