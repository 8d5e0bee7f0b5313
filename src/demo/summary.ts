/** The demo's results besides the report: learning over time, the cost of other choices, ledger against the provider's bill. */
import type { Figure } from '../core/math/interval.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { fromDecimalUsd } from '../core/ledger/money.ts';
import { planKey, planOfKey } from '../core/ledger/vocabulary.ts';
import type { DemoRun, OutcomeCounts } from './drive.ts';
import type { DemoFeatureName, KnownPlan } from './world.ts';
import { bestPlan, DEMO_FEATURES, demoFeature, knownPlans } from './world.ts';

/** How often the router chose the truly best plan, for each tenth of the feature's intents. */
export interface DemoLearning {
  readonly feature: DemoFeatureName;
  readonly bestPlan: PlanKey;
  readonly traffic: readonly number[];
}

/** Costs of fixed plans by the demo's known rates, beside the measured cost of the router's choices. */
export interface DemoComparison {
  readonly feature: DemoFeatureName;
  readonly intents: number;
  /** The cost if all intents got the cheapest model, the most expensive one, or the best plan, by the known rates. */
  readonly alwaysCheap: KnownPlan;
  readonly alwaysPremium: KnownPlan;
  readonly best: KnownPlan;
  /** Cost per intent with the router, measured in the ledger. */
  readonly routedCostPerIntentUsd: Figure;
  readonly source: string;
}

/** All features together: cost per intent × intents. */
export interface DemoTotals {
  readonly alwaysCheapUsd: number;
  readonly alwaysPremiumUsd: number;
  readonly bestUsd: number;
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

/** Parts of the run for which the traffic of the best plan is shown. */
const PARTS = 10;

export function summarise(run: DemoRun): DemoSummary {
  const comparison = run.report.features.flatMap(({ feature, intents, costPerIntentUsd }) =>
    feature in DEMO_FEATURES ? [compare(feature as DemoFeatureName, intents, costPerIntentUsd)] : [],
  );
  const ledgerNanoUsd = fromDecimalUsd(run.report.spendUsd);
  return {
    learning: comparison.map(({ feature, best }) => ({
      feature,
      bestPlan: best.plan,
      traffic: trafficOf(run, feature, best.plan),
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
  return { feature, intents, alwaysCheap, alwaysPremium, best: bestPlan(plans), routedCostPerIntentUsd, source };
}

function trafficOf({ decided }: DemoRun, feature: DemoFeatureName, plan: PlanKey): readonly number[] {
  const chosen = decided.filter(record => record.feature === feature).map(record => planKey(record.decision.plan));
  return Array.from({ length: PARTS }, (_, part) => {
    const own = chosen.slice((part * chosen.length) / PARTS, ((part + 1) * chosen.length) / PARTS);
    return own.filter(each => each === plan).length / own.length;
  });
}

function totalsOf(comparison: readonly DemoComparison[]): DemoTotals {
  const sum = (of: (feature: DemoComparison) => number): number =>
    comparison.reduce((total, feature) => total + feature.intents * of(feature), 0);
  // Features are independent, so the squares of half-widths add up (MOVER, Zou & Donner 2008).
  const width = (of: (figure: Figure) => number): number =>
    Math.hypot(
      ...comparison.map(({ intents, routedCostPerIntentUsd: figure }) => intents * (of(figure) - figure.value)),
    );
  const value = sum(feature => feature.routedCostPerIntentUsd.value);
  return {
    alwaysCheapUsd: sum(feature => feature.alwaysCheap.costPerIntentUsd),
    alwaysPremiumUsd: sum(feature => feature.alwaysPremium.costPerIntentUsd),
    bestUsd: sum(feature => feature.best.costPerIntentUsd),
    routedUsd: { value, low: value - width(({ low }) => low), high: value + width(({ high }) => high) },
  };
}
