/** Compares figures with the limits that a person has set, and says how sure the answer is. */
import { fromDecimalUsd, toUsd } from '../ledger/money.ts';
import type { Figure } from '../math/interval.ts';

/** Upper and lower limits of a feature's figures. */
export interface FigureLimits {
  /** USD. */
  readonly maxCostPerSuccess?: number;
  /** USD. */
  readonly maxCostPerIntent?: number;
  /** 0 to 1. */
  readonly minSuccess?: number;
  /** Model spend, USD. */
  readonly maxSpend?: number;
}

export const LIMIT_NAMES = [
  'maxCostPerSuccess',
  'maxCostPerIntent',
  'minSuccess',
  'maxSpend',
] as const satisfies readonly (keyof FigureLimits)[];

export type LimitName = (typeof LIMIT_NAMES)[number];

/**
 * Outcomes below which a limit is neither kept nor exceeded. With fewer, a 95 % interval has less than 95 % coverage: after a single
 * failure the interval of the success rate ends at 79 %, so that one user in ten would raise an alert at 90 %.
 */
export const MIN_OUTCOMES = 20;

/**
 * - `within`, `exceeded`: the whole 95 % interval is on that side. A figure that is exactly at its limit is called exceeded in at
 *   most one check of sixteen.
 * - `uncertain`: the limit is inside the interval, or there are fewer than `MIN_OUTCOMES` outcomes.
 * - `unknown`: there is no figure, because no outcome is known.
 */
export type LimitState = 'within' | 'exceeded' | 'uncertain' | 'unknown';

export interface LimitCheck {
  readonly limit: LimitName;
  readonly allowed: number;
  readonly figure: Figure;
  readonly state: LimitState;
}

/** The figures that can have limits: those of a feature's report, or of a group in a report. */
export interface LimitedFigures {
  /** Intents with an outcome. */
  readonly labelled: number;
  readonly costPerSuccessUsd: Figure;
  readonly costPerIntentUsd: Figure;
  readonly success: Figure;
  /** Exact decimal USD. */
  readonly spendUsd: string;
}

/** One answer for each limit, in the order of {@link LIMIT_NAMES}. */
export function checkLimits(figures: LimitedFigures, limits: FigureLimits): readonly LimitCheck[] {
  const spendUsd = toUsd(fromDecimalUsd(figures.spendUsd));
  const of: Readonly<Record<LimitName, Figure>> = {
    maxCostPerSuccess: figures.costPerSuccessUsd,
    maxCostPerIntent: figures.costPerIntentUsd,
    minSuccess: figures.success,
    maxSpend: { value: spendUsd, low: spendUsd, high: spendUsd },
  };
  return LIMIT_NAMES.flatMap(limit => {
    const allowed = limits[limit];
    const figure = of[limit];
    if (allowed === undefined) return [];
    const isTooFew = limit !== 'maxSpend' && figures.labelled > 0 && figures.labelled < MIN_OUTCOMES;
    return [{ limit, allowed, figure, state: isTooFew ? 'uncertain' : stateOf(limit, allowed, figure) }];
  });
}

function stateOf(limit: LimitName, allowed: number, { value, low, high }: Figure): LimitState {
  if (Number.isNaN(value)) return 'unknown';
  const [isWithin, isExceeded] =
    limit === 'minSuccess' ? [low >= allowed, high < allowed] : [high <= allowed, low > allowed];
  if (isWithin) return 'within';
  return isExceeded ? 'exceeded' : 'uncertain';
}
