/** The rows of a report as CSV: one for each group, or one for each plan of each feature. Amounts are exact decimal USD. */
import type { Period } from '../../core/cells/period.ts';
import type { Breakdown } from '../../core/report/breakdown.ts';
import type { FeatureReport } from '../../core/report/feature-report.ts';
import type { Figure } from '../../core/math/interval.ts';
import type { CsvRow } from '../io/output.ts';

const FIGURES = ['success', 'costPerIntentUsd', 'costPerSuccessUsd'] as const;
const FIGURE_COLUMNS = FIGURES.flatMap(name => [name, `${name}Low`, `${name}High`]);
const AMOUNTS = ['spendUsd', 'failureUsd', 'totalUsd'] as const;

/** The counted period, as ISO times; empty if it has no start or no end. */
const PERIOD_COLUMNS = ['from', 'to'] as const;

export const BREAKDOWN_COLUMNS: readonly string[] = [
  ...PERIOD_COLUMNS,
  'by',
  'feature',
  'group',
  'removed',
  'intents',
  'labelled',
  'successes',
  'unknown',
  'pending',
  ...FIGURE_COLUMNS,
  ...AMOUNTS,
];

/** @param counted the period whose intents are in the rows */
export function breakdownCsv({ by, groups }: Breakdown, counted: Period = {}): readonly CsvRow[] {
  return groups.map(
    ({ isRemoved, success, costPerIntentUsd, costPerSuccessUsd, spendPerIntentUsd: _, cache: __, ...counts }) => ({
      ...periodCells(counted),
      by,
      ...counts,
      removed: String(isRemoved === true),
      ...figures({ success, costPerIntentUsd, costPerSuccessUsd }),
    }),
  );
}

export const PLAN_COLUMNS: readonly string[] = [
  ...PERIOD_COLUMNS,
  'feature',
  'plan',
  'status',
  'intents',
  'traffic',
  'labelled',
  'successes',
  'unknown',
  'pending',
  ...FIGURE_COLUMNS,
  ...AMOUNTS,
];

export function planCsv(features: readonly FeatureReport[], period: Period = {}): readonly CsvRow[] {
  return features.flatMap(({ feature, plans, coveredPeriod = period }) =>
    plans.map(({ plan, state, n, traffic, labelled, successes, unknown, pending, totalCost, ...estimates }) => {
      const { spendUsd, failureUsd, totalUsd } = totalCost;
      const counts = { feature, plan, status: state, intents: n, traffic, labelled, successes, unknown, pending };
      return { ...periodCells(coveredPeriod), ...counts, ...figures(estimates), spendUsd, failureUsd, totalUsd };
    }),
  );
}

function periodCells({ fromMs, toMs }: Period): CsvRow {
  const iso = (atMs: number | undefined): string | null => (atMs === undefined ? null : new Date(atMs).toISOString());
  return { from: iso(fromMs), to: iso(toMs) };
}

function figures(of: Readonly<Record<(typeof FIGURES)[number], Figure>>): CsvRow {
  return Object.fromEntries(
    FIGURES.flatMap(name => {
      const { value, low, high } = of[name];
      return [
        [name, value],
        [`${name}Low`, low],
        [`${name}High`, high],
      ];
    }),
  );
}
