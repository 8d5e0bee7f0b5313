/** Compares a period with the one before it: each figure's difference, and whether chance can explain it. */
import type { Figure } from '../math/interval.ts';
import { difference, wilson } from '../math/interval.ts';
import type { Period } from '../cells/period.ts';
import type { FeatureReport } from './feature-report.ts';

export interface TrendDifference {
  readonly before: Figure;
  readonly now: Figure;
  /** `now − before` with its 95 % interval; NaN where one of the periods has no figure. */
  readonly difference: Figure;
  /** True when the interval excludes 0. One in twenty figures that did not change is significant by chance. */
  readonly isSignificant: boolean;
}

export interface FeatureTrend {
  readonly feature: string;
  /** The earlier period of this feature, where it differs from the report's ({@link FeatureReport.coveredPeriod}). */
  readonly before?: Period;
  readonly intents: { readonly before: number; readonly now: number };
  /** Model spend per intent. */
  readonly spendPerIntentUsd: TrendDifference;
  readonly success: TrendDifference;
  /** Fraction of labelled intents that a person took over. */
  readonly escalated: TrendDifference;
  readonly costPerIntentUsd: TrendDifference;
  readonly costPerSuccessUsd: TrendDifference;
}

export interface Trend {
  /** The period that the report's own is compared with. */
  readonly before: Required<Period>;
  readonly features: readonly FeatureTrend[];
}

/** The figures that a trend compares: of a report, or of a group in a report. */
export type ComparedFigures = Pick<
  FeatureReport,
  'intents' | 'labelled' | 'escalated' | 'success' | 'spendPerIntentUsd' | 'costPerIntentUsd' | 'costPerSuccessUsd'
> & { readonly feature?: string };

/** @param before the same feature in an earlier period; no intent may be in both periods */
export function trendOf(now: ComparedFigures, before: ComparedFigures): FeatureTrend {
  const compare = (of: (report: ComparedFigures) => Figure): TrendDifference => {
    const both = { before: of(before), now: of(now) };
    const delta = difference(both.now, both.before);
    return { ...both, difference: delta, isSignificant: delta.low > 0 || delta.high < 0 };
  };
  return {
    feature: now.feature ?? '',
    intents: { before: before.intents, now: now.intents },
    spendPerIntentUsd: compare(report => report.spendPerIntentUsd),
    success: compare(report => report.success),
    escalated: compare(report => wilson(report.escalated, report.labelled)),
    costPerIntentUsd: compare(report => report.costPerIntentUsd),
    costPerSuccessUsd: compare(report => report.costPerSuccessUsd),
  };
}
