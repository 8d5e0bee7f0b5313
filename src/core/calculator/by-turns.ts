/** A set-up from figures by number of turns: longer intents cost more, and often succeed less. */
import { aboveZero, fraction, fromZero, listOf, optional, optionsWith } from '../../argument-checks.ts';
import { checkNames, invalidValue } from '../../errors.ts';
import { clamp } from '../math/clamp.ts';
import type { SetUp } from './calculator.ts';
import { assertValid } from './calculator.ts';

/** The intents of one number of turns, or of a range of them, as a row of `report --by turns`. */
export interface IntentsOfTurns {
  /** The fraction of all intents that took this number of turns, or the number of those intents: only the ratio counts. */
  readonly weight: number;
  /** Model spend of one such intent, with all its turns. */
  readonly spendUsd: number;
  /** Fraction of them that succeed. */
  readonly successRate: number;
  /** Standard deviation of their spend. Default 0. */
  readonly costSdUsd?: number;
}

const checkGroups = listOf(
  'the figures of the intents for each number of turns',
  optionsWith<IntentsOfTurns>({
    weight: aboveZero,
    spendUsd: fromZero,
    successRate: fraction,
    costSdUsd: optional(fromZero),
  }),
);

/** The fields of a set-up that the groups do not state. */
export type RestOfSetUp = Pick<SetUp, 'failureCostUsd' | 'overheadUsd' | 'escalationRate' | 'sampleSize'>;

const REST = ['failureCostUsd', 'overheadUsd', 'escalationRate', 'sampleSize'] as const satisfies (keyof RestOfSetUp)[];

/**
 * The set-up of all intents together. A mean number of turns times a mean cost per reply, with one success rate, assumes that the number of
 * turns, their cost and the success are independent. This set-up does not: it has the means by the law of total expectation, σ² = E[σ_t²] +
 * Var(c_t), and the correlation of spend and failure from Cov(c_t, f_t).
 *
 * @throws RouterError `invalid-value`
 *
 * @example
 * ```ts
 * import { costsOf, setUpByTurns } from 'outcome-router/calculator';
 *
 * const agent = setUpByTurns(
 *   [
 *     { weight: 0.6, spendUsd: 0.02, successRate: 0.95 },
 *     { weight: 0.3, spendUsd: 0.07, successRate: 0.8 },
 *     { weight: 0.1, spendUsd: 0.4, successRate: 0.4 },
 *   ],
 *   { failureCostUsd: 15, sampleSize: 400 },
 * );
 * costsOf(agent).costPerIntentUsd; // 2.323
 * ```
 */
export function setUpByTurns(groups: readonly IntentsOfTurns[], rest: RestOfSetUp): SetUp {
  checkGroups(groups, 'setUpByTurns.groups');
  if (groups.length === 0) throw invalidValue(groups, 'setUpByTurns.groups', 'intents of one number of turns or more');
  checkNames(rest, REST, 'setUpByTurns');
  const sum = (of: (group: IntentsOfTurns) => number): number =>
    groups.reduce((total, group) => total + group.weight * of(group), 0);
  const all = sum(() => 1);
  const mean = (of: (group: IntentsOfTurns) => number): number => sum(of) / all;
  const spendUsd = mean(group => group.spendUsd);
  const successRate = mean(group => group.successRate);
  const variance = mean(group => (group.costSdUsd ?? 0) ** 2 + (group.spendUsd - spendUsd) ** 2);
  const covariance = mean(group => (group.spendUsd - spendUsd) * (successRate - group.successRate));
  const scale = Math.sqrt(variance * successRate * (1 - successRate));
  const setUp = {
    ...rest,
    tokenCostUsd: spendUsd,
    successRate,
    costSdUsd: Math.sqrt(variance),
    // Rounding may take the correlation out of its range.
    correlation: scale > 0 ? clamp(covariance / scale, [-1, 1]) : 0,
  };
  assertValid(setUp);
  return setUp;
}
