/** Sums over the decisions of a stratum, by plan, in periods with equally many decisions. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import type { Stratum } from './strata.ts';
import { lossUnitUsd } from './strata.ts';

/** More periods: each knows less. Fewer: a change is averaged with what was before. */
const MAX_PERIODS = 12;
const MIN_DECISIONS = 25;

/**
 * What the decisions that chose the plan say of a rate, in one period. A decision weighs w = 1/√propensity; `unit` is how much
 * it would add to the total if it failed, such as its failure cost.
 */
export interface RateSums {
  /** Σ target probability × unit, over all decisions of the period. */
  target: number;
  /** Over those that chose the plan: Σ unit, Σ unit², Σ w·unit, Σ (w·unit)², Σ w·unit², and Σ w·observed. */
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
export function planSumsOf(stratum: Stratum): ReadonlyMap<PlanKey, PlanSums> {
  const { decisions } = stratum;
  const count = Math.max(1, Math.min(MAX_PERIODS, Math.floor(decisions.length / MIN_DECISIONS)));
  const plans = new Map<PlanKey, PlanSums>();
  const sumsOf = (plan: PlanKey): PlanSums => {
    const known = plans.get(plan);
    if (known !== undefined) return known;
    const made: PlanSums = {
      periods: Array.from({ length: count }, noPeriod),
      n: 0,
      failures: 0,
      spendUsd: 0,
      spendUsd2: 0,
    };
    plans.set(plan, made);
    return made;
  };
  for (const [i, decision] of decisions.entries()) {
    const period = Math.floor((i * count) / decisions.length);
    const unitUsd = lossUnitUsd(stratum, decision);
    for (const plan in decision.target) {
      const { loss, failed, spend } = sumsOf(plan).periods[period] as PlanPeriod;
      const target = decision.target[plan] as number;
      loss.target += target * unitUsd;
      failed.target += target;
      spend.target += target;
    }
    const { failureUsd, failed: hasFailed, spendUsd } = decision;
    const sums = sumsOf(decision.plan);
    const { loss, failed, spend } = sums.periods[period] as PlanPeriod;
    const w = 1 / Math.sqrt(decision.propensity);
    add(loss, { w, unit: unitUsd, observed: failureUsd });
    add(failed, { w, unit: 1, observed: hasFailed ? 1 : 0 });
    add(spend, { w, unit: 1, observed: spendUsd });
    sums.n++;
    if (hasFailed) sums.failures++;
    sums.spendUsd += spendUsd;
    sums.spendUsd2 += spendUsd ** 2;
  }
  return plans;
}

function noPeriod(): PlanPeriod {
  return { loss: noSums(), failed: noSums(), spend: noSums() };
}

function noSums(): RateSums {
  return { target: 0, unit: 0, unit2: 0, weight: 0, weight2: 0, weightUnit: 0, observed: 0 };
}

function add(sums: RateSums, { w, unit, observed }: { w: number; unit: number; observed: number }): void {
  sums.unit += unit;
  sums.unit2 += unit ** 2;
  sums.weight += w * unit;
  sums.weight2 += (w * unit) ** 2;
  sums.weightUnit += w * unit ** 2;
  sums.observed += w * observed;
}
