/** The report of all features: their total cost, each feature's part of it, and the features that would save most. */
import { MAX_GAINS } from './constants.ts';
import type { Gain } from './gain.ts';
import { fromDecimalUsd, toDecimalUsd } from '../ledger/money.ts';
import type { FeatureReport } from './feature-report.ts';
import type { Period } from '../cells/period.ts';
import type { Savings } from './savings.ts';
import type { Trend } from './trend.ts';
import type { UnlabelledCosts } from './unlabelled-cost.ts';
import { sumUnlabelled } from './unlabelled-cost.ts';

/** A feature's part of the total cost. */
export interface FeatureCost {
  readonly feature: string;
  readonly totalUsd: string;
  /**
   * Fraction of the total cost of all features, 0 to 1: this feature alone, then cumulative from the most expensive feature
   * to this one.
   */
  readonly fraction: number;
  readonly cumulative: number;
}

/** The saving of a feature if every intent went to the plan that is believed to be the cheapest. */
export interface PossibleSaving extends Gain {
  readonly feature: string;
}

/** The report of a ledger. */
export interface RouterReport {
  /** Version of this shape. */
  readonly version: 1;
  readonly madeAtMs: number;
  /** The requested period of the intents' decisions; absent: all. */
  readonly period?: Period;
  /** The longest period that a feature covers ({@link FeatureReport.coveredPeriod}), where that is longer than {@link period}. */
  readonly coveredPeriod?: Period;
  readonly intents: number;
  readonly labelled: number;
  readonly pending: number;
  readonly unknown: number;
  /** Exact decimal USD: total cost = model spend + failure cost. */
  readonly totalUsd: string;
  readonly spendUsd: string;
  readonly failureUsd: string;
  /** What the failures of intents without an outcome may add to the total cost. Absent where every intent has one. */
  readonly unlabelledCost?: UnlabelledCosts;
  /** The most expensive feature first. */
  readonly features: readonly FeatureReport[];
  readonly costByFeature: readonly FeatureCost[];
  /** The features that would save most in a week like their last, at the costs and success rates believed now; at most five. */
  readonly possibleSavings: readonly PossibleSaving[];
  /** Savings compared with a baseline, if the caller asked for one. */
  readonly savings?: Savings;
  /** Comparison with the period before, if the caller asked for one. */
  readonly trend?: Trend;
}

/** @param gains by feature; features without a gain are absent */
export function combineReports(
  reports: readonly FeatureReport[],
  { madeAtMs, gains }: { readonly madeAtMs: number; readonly gains: ReadonlyMap<string, Gain> },
): RouterReport {
  const sum = (of: (report: FeatureReport) => number): number => reports.reduce((n, each) => n + of(each), 0);
  const nano = (of: (report: FeatureReport) => string): bigint =>
    reports.reduce((n, each) => n + fromDecimalUsd(of(each)), 0n);
  const total = nano(report => report.totalCost.totalUsd);
  const features = [...reports].sort((a, b) =>
    Number(fromDecimalUsd(b.totalCost.totalUsd) - fromDecimalUsd(a.totalCost.totalUsd)),
  );
  const unlabelled = reports.flatMap(report => report.unlabelledCost ?? []);
  let cumulative = 0n;
  return {
    version: 1,
    madeAtMs,
    intents: sum(report => report.intents),
    labelled: sum(report => report.labelled),
    pending: sum(report => report.pending),
    unknown: sum(report => report.unknown),
    totalUsd: toDecimalUsd(total),
    spendUsd: toDecimalUsd(nano(report => report.totalCost.spendUsd)),
    failureUsd: toDecimalUsd(nano(report => report.totalCost.failureUsd)),
    ...(unlabelled.length === 0 ? {} : { unlabelledCost: sumUnlabelled(unlabelled) }),
    features,
    costByFeature: features.map(({ feature, totalCost }) => {
      const own = fromDecimalUsd(totalCost.totalUsd);
      cumulative += own;
      const part = (of: bigint): number => (total === 0n ? 0 : Number(of) / Number(total));
      return { feature, totalUsd: totalCost.totalUsd, fraction: part(own), cumulative: part(cumulative) };
    }),
    possibleSavings: [...gains]
      .map(([feature, gain]) => ({ feature, ...gain }))
      .filter(gain => gain.inAllUsd.value > 0)
      .sort((a, b) => b.inAllUsd.value - a.inAllUsd.value)
      .slice(0, MAX_GAINS),
  };
}
