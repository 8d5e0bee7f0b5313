/** What the demo shows besides the report: how it learnt, what other choices cost in this world, whether the bill is right. */
import type { Figure } from '../core/math/interval.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { fromDecimalUsd } from '../core/ledger/money.ts';
import { planKey, planOfKey } from '../core/ledger/vocabulary.ts';
import type { DemoRun, OutcomeCounts } from './drive.ts';
import type { DemoFeatureName, KnownPlan } from './world.ts';
import { bestPlan, DEMO_FEATURES, demoFeature, knownPlans } from './world.ts';

/** How often the router chose what is right in this world, over the feature's intents in ten equal parts. */
export interface DemoLearning {
  readonly feature: DemoFeatureName;
  readonly rightPlan: PlanKey;
  readonly shares: readonly number[];
}

/** What plans cost in this world, from its rates, beside what the router's choices cost by the ledger. */
export interface DemoComparison {
  readonly feature: DemoFeatureName;
  readonly intents: number;
  /** Everything to the cheapest model, to the dearest, and to the right plan: cost per intent by the known rates. */
  readonly alwaysCheap: KnownPlan;
  readonly alwaysPremium: KnownPlan;
  readonly right: KnownPlan;
  /** Measured, from the ledger. */
  readonly routedCostPerIntentUsd: Figure;
  readonly source: string;
}

/** Of all features together: cost per intent × intents. */
export interface DemoTotals {
  readonly alwaysCheapUsd: number;
  readonly alwaysPremiumUsd: number;
  readonly rightUsd: number;
  readonly routedUsd: Figure;
}

export interface DemoBill {
  /** Exact nano-dollars. */
  readonly ledgerNanoUsd: bigint;
  readonly providerNanoUsd: bigint;
  readonly requests: number;
  readonly equal: boolean;
}

export interface DemoSummary {
  readonly learning: readonly DemoLearning[];
  readonly comparison: readonly DemoComparison[];
  readonly totals: DemoTotals;
  readonly outcomes: OutcomeCounts;
  readonly bill: DemoBill;
}

const PARTS = 10;

export function summarise(run: DemoRun): DemoSummary {
  const comparison = run.report.features.flatMap(({ feature, intents, costPerIntentUsd }) =>
    feature in DEMO_FEATURES ? [compare(feature as DemoFeatureName, intents, costPerIntentUsd)] : [],
  );
  const ledgerNanoUsd = fromDecimalUsd(run.report.spendUsd);
  return {
    learning: comparison.map(({ feature, right }) => ({
      feature,
      rightPlan: right.plan,
      shares: sharesOf(run, feature, right.plan),
    })),
    comparison,
    totals: totalsOf(comparison),
    outcomes: run.outcomes,
    bill: {
      ledgerNanoUsd,
      providerNanoUsd: run.billedNanoUsd,
      requests: run.billedRequests,
      equal: ledgerNanoUsd === run.billedNanoUsd,
    },
  };
}

function compare(feature: DemoFeatureName, intents: number, routedCostPerIntentUsd: Figure): DemoComparison {
  const plans = knownPlans(feature);
  const singles = plans.filter(({ plan }) => planOfKey(plan).length === 1);
  const [alwaysCheap] = singles;
  const alwaysPremium = singles.at(-1);
  if (alwaysCheap === undefined || alwaysPremium === undefined) throw new RangeError(`${feature} has no candidates`);
  const { source } = demoFeature(feature);
  return { feature, intents, alwaysCheap, alwaysPremium, right: bestPlan(plans), routedCostPerIntentUsd, source };
}

function sharesOf({ decided }: DemoRun, feature: DemoFeatureName, plan: PlanKey): readonly number[] {
  const chosen = decided.filter(record => record.feature === feature).map(record => planKey(record.decision.plan));
  return Array.from({ length: PARTS }, (_, part) => {
    const own = chosen.slice((part * chosen.length) / PARTS, ((part + 1) * chosen.length) / PARTS);
    return own.filter(each => each === plan).length / own.length;
  });
}

function totalsOf(comparison: readonly DemoComparison[]): DemoTotals {
  const sum = (of: (feature: DemoComparison) => number): number =>
    comparison.reduce((total, feature) => total + feature.intents * of(feature), 0);
  // Features are independent: half-widths add up by their squares (MOVER, Zou & Donner 2008).
  const width = (of: (figure: Figure) => number): number =>
    Math.hypot(
      ...comparison.map(({ intents, routedCostPerIntentUsd: figure }) => intents * (of(figure) - figure.value)),
    );
  const value = sum(feature => feature.routedCostPerIntentUsd.value);
  return {
    alwaysCheapUsd: sum(feature => feature.alwaysCheap.costPerIntentUsd),
    alwaysPremiumUsd: sum(feature => feature.alwaysPremium.costPerIntentUsd),
    rightUsd: sum(feature => feature.right.costPerIntentUsd),
    routedUsd: { value, low: value - width(({ low }) => low), high: value + width(({ high }) => high) },
  };
}
