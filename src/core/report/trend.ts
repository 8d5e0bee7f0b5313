/** One period held against the one before it: what changed, and whether that may be chance. */
import type { Figure } from '../math/interval.ts';
import { difference, wilson } from '../math/interval.ts';
import type { Period } from '../cells/period.ts';
import type { FeatureReport } from './feature-report.ts';

export interface TrendDifference {
  readonly before: Figure;
  readonly now: Figure;
  /** Now less before, with its 95 % interval; NaN where one of them has no figure. */
  readonly difference: Figure;
  /** The interval excludes 0. Of changes that are none, one in twenty is clear by chance. */
  readonly isClear: boolean;
}

export interface FeatureTrend {
  readonly feature: string;
  readonly intents: { readonly before: number; readonly now: number };
  /** USD of models per intent. */
  readonly spendPerIntentUsd: TrendDifference;
  readonly success: TrendDifference;
  /** Intents that a person took over, of those with an outcome: 0 to 1. */
  readonly escalated: TrendDifference;
  readonly costPerIntentUsd: TrendDifference;
  readonly costPerSuccessUsd: TrendDifference;
}

export interface Trend {
  /** What the report's own period is held against. */
  readonly before: Required<Period>;
  readonly features: readonly FeatureTrend[];
}

/** @param before the same feature in another period: no intent may be in both */
export function trendOf(now: FeatureReport, before: FeatureReport): FeatureTrend {
  const change = (of: (report: FeatureReport) => Figure): TrendDifference => {
    const both = { before: of(before), now: of(now) };
    const less = difference(both.now, both.before);
    return { ...both, difference: less, isClear: less.low > 0 || less.high < 0 };
  };
  return {
    feature: now.feature,
    intents: { before: before.intents, now: now.intents },
    spendPerIntentUsd: change(report => report.spendPerIntentUsd),
    success: change(report => report.success),
    escalated: change(report => wilson(report.escalated, report.labelled)),
    costPerIntentUsd: change(report => report.costPerIntentUsd),
    costPerSuccessUsd: change(report => report.costPerSuccessUsd),
  };
}
