/** Formats savings so that the printed amounts add up, and states the evidence that they are estimated from. */
import type { Figure } from '../math/interval.ts';
import type { FeatureSaving, Savings } from './savings.ts';
import { formatCount } from './wording.ts';

/** What a saving's interval covers and what it does not, for display. */
export const SAVINGS_SOURCE =
  'Estimated from the recorded choices and their probabilities: intents of the same segment, failure cost and time are compared. ' +
  'The 95 % intervals cover chance, in the outcomes and in which intents got which plan, and outcomes that may be missing more often ' +
  'for failures than for successes, or less often. They do not cover a change in a plan that was hardly chosen after it';

/** The three amounts of an answer about another policy, USD per intent: its cost, the log's, and the difference. */
export interface PrintedSaving {
  readonly other: string;
  readonly logged: string;
  /** The difference of the other two amounts, as printed. */
  readonly difference: string;
}

/**
 * Fraction of the cost below which a difference is mere rounding, for example if the log always chose the plan that it is compared with.
 * Larger: small differences are not shown.
 */
const ROUNDING = 1e-6;

/**
 * Uses the same number of decimals for all three amounts: as many as the difference needs for two digits, or, without a difference, the
 * costs.
 *
 * @param difference `other` minus `logged`, or the opposite
 */
export function printSaving({
  other,
  logged,
  difference,
}: {
  readonly other: Figure;
  readonly logged: number;
  readonly difference: Figure;
}): PrintedSaving {
  const digits = digitsFor(difference.value, logged);
  const sign = Math.sign(difference.value) * Math.sign(other.value - logged) < 0 ? -1 : 1;
  const units = (usd: number): number => Math.round(usd * 10 ** digits);
  const value = (sign * (units(other.value) - units(logged))) / 10 ** digits;
  return {
    other: printFigure(other, digits),
    logged: printUsd(logged, digits),
    difference: printFigure({ ...difference, value }, digits),
  };
}

/** The cells of a feature's row: the baseline's cost, the log's cost, and the saving, each per intent. */
export function savingCells(saving: FeatureSaving, refused = 'no estimate'): readonly [string, string, string] {
  if (saving.kind === 'refused') return [refused, '–', '–'];
  const { other, logged, difference } = printSaving({
    other: saving.baselineCostPerIntentUsd,
    logged: saving.costPerIntentUsd,
    difference: saving.perIntentUsd,
  });
  return [other, logged, difference];
}

/** The savings of the features, and the sum of the printed amounts. */
export function printTotals({ features, total }: Savings): {
  readonly features: readonly string[];
  readonly total?: string;
} {
  const cost = features.reduce(
    (sum, one) => sum + (one.kind === 'estimate' ? one.costPerIntentUsd * one.intents : 0),
    0,
  );
  const digits = digitsFor(total?.savedUsd.value ?? 1, cost);
  const round = (usd: number): number => Math.round(usd * 10 ** digits) / 10 ** digits;
  const saved = (saving: FeatureSaving): number => (saving.kind === 'estimate' ? round(saving.inAllUsd.value) : 0);
  return {
    features: features.map(saving => (saving.kind === 'estimate' ? printFigure(saving.inAllUsd, digits) : '–')),
    ...(total === undefined
      ? {}
      : {
          total: printFigure(
            { ...total.savedUsd, value: features.reduce((sum, saving) => sum + saved(saving), 0) },
            digits,
          ),
        }),
  };
}

/**
 * The total saving, with the features that it covers: a sum of some features is not the total. `undefined` without an
 * estimate.
 */
export function totalWords(savings: Savings, allIntents: number): string | undefined {
  const { features, total } = savings;
  if (total === undefined) return undefined;
  const estimated = features.filter(saving => saving.kind === 'estimate');
  const rest = features.length - estimated.length;
  const [only] = estimated;
  const where =
    rest === 0 ? 'In total' : estimated.length === 1 ? `On ${only?.feature} alone` : `On ${estimated.length} features`;
  const intents = `${formatCount(total.intents)} intents${total.intents < allIntents ? ` of ${formatCount(allIntents)}` : ''}`;
  const unanswered = rest === 0 ? '' : `; ${rest} ${rest === 1 ? 'feature has' : 'features have'} no estimate`;
  return `${where} (${intents}): ${printTotals(savings).total}${unanswered}.`;
}

function digitsFor(differenceUsd: number, costUsd: number): number {
  const amount = Math.abs(differenceUsd) > ROUNDING * costUsd ? Math.abs(differenceUsd) : costUsd;
  return amount >= 0.995 || amount === 0 ? 2 : Math.min(9, 1 - Math.floor(Math.log10(amount)));
}

function printFigure({ value, low, high }: Figure, digits: number): string {
  const bare = (usd: number): string => printUsd(usd, digits).replace('$', '');
  const limits = [bare(low), bare(high)];
  const until = limits.some(limit => limit.startsWith('−')) ? ' to ' : '–';
  return `${printUsd(value, digits)} (${limits.join(until)})`;
}

function printUsd(usd: number, digits: number): string {
  const text = Math.abs(usd).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${usd < 0 && /[1-9]/.test(text) ? '−' : ''}$${text}`;
}
