/** Sums over the decisions of a stratum, by plan, in periods with equally many decisions. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import type { DecisionLog } from './decision-log.ts';
import type { Stratum } from './strata.ts';
import { lossUnitUsd } from './strata.ts';

/** More periods: fewer decisions in each. Fewer: a change is averaged with the time before it. */
const MAX_PERIODS = 12;
const MIN_DECISIONS = 25;

/**
 * What the decisions that chose the plan show of a rate, in one period. A decision has the weight w = 1/√propensity; `unit` is
 * the amount that it would add to the total if it failed, such as its failure cost.
 */
export interface RateSums {
  /** Σ target probability × unit, over all decisions of the period. */
  target: number;
  /** Sums over the decisions that chose the plan: Σ unit, Σ unit², Σ w·unit, Σ (w·unit)², Σ w·unit², and Σ w·observed. */
  unit: number;
  unit2: number;
  weight: number;
  weight2: number;
  weightUnit: number;
  observed: number;
}

export interface PlanPeriod {
  readonly loss: RateSums;
  readonly failed: RateSums;
  readonly spend: RateSums;
}

export interface PlanSums {
  readonly periods: readonly PlanPeriod[];
  /** Decisions that chose the plan; their failures, spend and squared spend. */
  n: number;
  failures: number;
  spendUsd: number;
  spendUsd2: number;
}

/** The sums of every plan that the stratum's decisions chose or the target policy would have chosen. */
export function planSumsOf(log: DecisionLog, stratum: Stratum): ReadonlyMap<PlanKey, PlanSums> {
  const { rows } = stratum;
  const { plan, propensity, failureCostUsd, failureUsd, failed, spendUsd, targetFrom, targetPlan, targetShare } = log;
  const count = Math.max(1, Math.min(MAX_PERIODS, Math.floor(rows.length / MIN_DECISIONS)));
  const plans = new Map<PlanKey, PlanSums>();
  const byIndex: (PlanSums | undefined)[] = log.plans.map(() => undefined);
  const sumsOf = (index: number): PlanSums => {
    const known = byIndex[index];
    if (known !== undefined) return known;
    const made: PlanSums = {
      periods: Array.from({ length: count }, noPeriod),
      n: 0,
      failures: 0,
      spendUsd: 0,
      spendUsd2: 0,
    };
    byIndex[index] = made;
    plans.set(log.plans[index] as PlanKey, made);
    return made;
  };
  for (let place = 0; place < rows.length; place++) {
    const i = rows[place] as number;
    const period = Math.floor((place * count) / rows.length);
    const unit = lossUnitUsd(stratum, failureCostUsd[i] as number);
    for (let t = targetFrom[i] as number; t < (targetFrom[i + 1] as number); t++) {
      const { loss, failed: rate, spend } = sumsOf(targetPlan[t] as number).periods[period] as PlanPeriod;
      const target = targetShare[t] as number;
      loss.target += target * unit;
      rate.target += target;
      spend.target += target;
    }
    const sums = sumsOf(plan[i] as number);
    const periodSums = sums.periods[period] as PlanPeriod;
    const w = 1 / Math.sqrt(propensity[i] as number);
    const spent = spendUsd[i] as number;
    const hasFailed = failed[i] as number;
    add(periodSums.loss, w, unit, failureUsd[i] as number);
    add(periodSums.failed, w, 1, hasFailed);
    add(periodSums.spend, w, 1, spent);
    sums.n++;
    sums.failures += hasFailed;
    sums.spendUsd += spent;
    sums.spendUsd2 += spent ** 2;
  }
  return plans;
}

function noPeriod(): PlanPeriod {
  return { loss: noSums(), failed: noSums(), spend: noSums() };
}

function noSums(): RateSums {
  return { target: 0, unit: 0, unit2: 0, weight: 0, weight2: 0, weightUnit: 0, observed: 0 };
}

function add(sums: RateSums, w: number, unit: number, observed: number): void {
  sums.unit += unit;
  sums.unit2 += unit ** 2;
  sums.weight += w * unit;
  sums.weight2 += (w * unit) ** 2;
  sums.weightUnit += w * unit ** 2;
  sums.observed += w * observed;
}
