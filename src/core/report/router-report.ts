/** All features together: what the whole costs, which features make it up, and where there is something to gain. */
import type { Gain } from './gain.ts';
import { toDecimalUsd } from '../ledger/money.ts';
import type { FeatureReport } from './feature-report.ts';
import type { Savings } from './savings.ts';
import type { Trend } from './trend.ts';

/** A feature and its part of the whole bill. */
export interface FeatureCost {
  readonly feature: string;
  readonly totalUsd: string;
  /** Of the whole bill, 0 to 1, and with all larger ones. */
  readonly fraction: number;
  readonly cumulative: number;
}

export interface FeatureGain extends Gain {
  readonly feature: string;
}

/** A report of every feature of a ledger. */
export interface RouterReport {
  /** Version of this shape. */
  readonly version: 1;
  readonly madeAtMs: number;
  readonly intents: number;
  readonly labelled: number;
  readonly pending: number;
  readonly unknown: number;
  /** Exact decimal USD. */
  readonly totalUsd: string;
  readonly spendUsd: string;
  readonly failureUsd: string;
  /** Largest bill first. */
  readonly features: readonly FeatureReport[];
  readonly costByFeature: readonly FeatureCost[];
  /** The features with the most to gain on their last seven days of intents, at most five. */
  readonly toGain: readonly FeatureGain[];
  /** Against a baseline, where one was asked for. */
  readonly savings?: Savings;
  /** Against the period before, where one was asked for. */
  readonly trend?: Trend;
}

const MOST_TO_GAIN = 5;

/** @param gains by feature, where there is one */
export function combineReports(
  reports: readonly FeatureReport[],
  { madeAtMs, gains }: { readonly madeAtMs: number; readonly gains: ReadonlyMap<string, Gain> },
): RouterReport {
  const sum = (of: (report: FeatureReport) => number): number => reports.reduce((n, each) => n + of(each), 0);
  const nano = (of: (report: FeatureReport) => string): bigint => reports.reduce((n, each) => n + exact(of(each)), 0n);
  const total = nano(report => report.totalCost.totalUsd);
  const features = [...reports].sort((a, b) => Number(exact(b.totalCost.totalUsd) - exact(a.totalCost.totalUsd)));
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
    features,
    costByFeature: features.map(({ feature, totalCost }) => {
      const own = exact(totalCost.totalUsd);
      cumulative += own;
      const part = (of: bigint): number => (total === 0n ? 0 : Number(of) / Number(total));
      return { feature, totalUsd: totalCost.totalUsd, fraction: part(own), cumulative: part(cumulative) };
    }),
    toGain: [...gains]
      .map(([feature, gain]) => ({ feature, ...gain }))
      .filter(gain => gain.inAllUsd.value > 0)
      .sort((a, b) => b.inAllUsd.value - a.inAllUsd.value)
      .slice(0, MOST_TO_GAIN),
  };
}

/** Exact decimal USD back to nano-dollars. */
function exact(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.replace('-', '').split('.');
  const nano = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  return usd.startsWith('-') ? -nano : nano;
}
