/** What intents without an outcome may still cost: their failures are missing from every total. */
import { Z95 } from '../math/distributions.ts';
import type { CostSample, Figure } from '../math/interval.ts';
import { equalFailures, wilson } from '../math/interval.ts';

/** The failure cost that is missing from a total, because it is not known how some intents ended. */
export interface UnlabelledCost {
  /** Intents without an outcome: pending and unknown. */
  readonly intents: number;
  /**
   * The failure cost of these intents, USD, if they fail as often as the intents with an outcome; the 95 % interval covers chance alone.
   * Without any outcome, the limits are the costs if no intent fails and if every intent fails, and the value is NaN, or 0 where failures
   * cost nothing.
   */
  readonly usd: Figure;
}

/** @param sample the outcomes that are known */
export function unlabelledCost(intents: number, sample: CostSample): UnlabelledCost {
  const { labelled } = sample;
  const { count, costUsd } = equalFailures(sample);
  const most = intents * costUsd;
  if (!(labelled > 0)) return { intents, usd: { value: most === 0 ? 0 : Number.NaN, low: 0, high: most } };
  const rate = wilson(count, labelled);
  const value = most * rate.value;
  // Besides the uncertain rate, chance decides how these intents ended.
  const own = Z95 * costUsd * Math.sqrt(intents * rate.value * (1 - rate.value));
  return {
    intents,
    usd: {
      value,
      low: Math.max(0, value - Math.hypot(most * (rate.value - rate.low), own)),
      high: Math.min(most, value + Math.hypot(most * (rate.high - rate.value), own)),
    },
  };
}

/** The missing failure cost of several features, which have no intents in common. */
export interface UnlabelledCosts extends UnlabelledCost {
  /**
   * Intents of features without any outcome whose failures cost something: counted in {@link UnlabelledCost.intents},
   * missing from `usd`.
   */
  readonly withoutEstimate: number;
}

export function sumUnlabelled(costs: readonly UnlabelledCost[]): UnlabelledCosts {
  const known = costs.filter(({ usd }) => !Number.isNaN(usd.value));
  const sum = (of: (cost: UnlabelledCost) => number): number => known.reduce((total, cost) => total + of(cost), 0);
  const value = sum(({ usd }) => usd.value);
  const intents = costs.reduce((total, cost) => total + cost.intents, 0);
  return {
    intents,
    withoutEstimate: intents - sum(cost => cost.intents),
    usd: {
      value,
      low: Math.max(0, value - Math.sqrt(sum(({ usd }) => (usd.value - usd.low) ** 2))),
      high: value + Math.sqrt(sum(({ usd }) => (usd.high - usd.value) ** 2)),
    },
  };
}
