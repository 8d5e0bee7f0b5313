/** A ledger's figures grouped by a property of its intents: tenant, session, prompt version, model, day … */
import type { Cell } from '../cells/cell.ts';
import { sumOf } from '../cells/sums.ts';
import { fromDecimalUsd } from '../ledger/money.ts';
import type { Figure } from '../math/interval.ts';
import type { SessionCacheCost } from './session-cache-cost.ts';
import type { SumsFigures } from './sums-figures.ts';
import { figuresOf } from './sums-figures.ts';
import type { FeatureTrend } from './trend.ts';
import { trendOf } from './trend.ts';

/** Properties that every ledger can be grouped by. The name of a declared context works too. */
export const GROUPINGS = ['feature', 'plan', 'model', 'segment', 'session', 'turns', 'prompt-version', 'day'] as const;

/** Plan cells of one group. */
export interface CellGroup {
  /** `null`: intents without the property (no session, say), or for which it is no longer known. */
  readonly group: string | null;
  /** The feature of a group that exists inside one feature only: a prompt version. */
  readonly feature?: string;
  /** Intents whose records were pruned or archived, where the property is only in the records. */
  readonly isRemoved?: boolean;
  readonly cells: readonly Cell[];
}

/** The figures of one group. The amounts of all groups add up to the report's. */
export interface GroupReport extends Omit<CellGroup, 'cells'>, SumsFigures {
  /** Where the group is a session: its cache costs, intents of other features included. Absent: not asked for, or no answer in the period. */
  readonly cache?: SessionCacheCost;
}

/** The groups of a report. */
export interface Breakdown {
  /** One of `GROUPINGS`, or the name of a declared context. */
  readonly by: string;
  /** The most expensive group first; days and numbers of turns in their order; removed intents last. */
  readonly groups: readonly GroupReport[];
  /**
   * When grouped by prompt version: each version of a feature, compared with the version whose first use came just
   * before.
   */
  readonly changes?: readonly FeatureTrend[];
}

/** The figures of every group. */
export function breakdownOf(by: string, groups: readonly CellGroup[]): Breakdown {
  const reports = groups.map(group => ({ group, report: reportGroup(group, by) }));
  const sorted = reports.map(({ report }) => report).sort(by === 'day' || by === 'turns' ? byName : byCost);
  if (by !== 'prompt-version') return { by, groups: sorted };
  const inUse = reports
    .filter(({ group }) => group.isRemoved !== true)
    .sort((a, b) => firstBucket(a.group) - firstBucket(b.group));
  const changes = inUse.flatMap(({ report }, i) => {
    const before = inUse.slice(0, i).findLast(other => other.report.feature === report.feature);
    return before === undefined ? [] : [changeOf(report, before.report)];
  });
  return { by, groups: sorted, changes };
}

function changeOf(now: GroupReport, before: GroupReport): FeatureTrend {
  const name = ({ group }: GroupReport): string => group ?? 'no version';
  return trendOf({ ...now, feature: `${now.feature}: ${name(before)} → ${name(now)}` }, before);
}

function firstBucket({ cells }: CellGroup): number {
  return Math.min(...cells.map(({ key }) => key.bucket));
}

function byName(a: GroupReport, b: GroupReport): number {
  if (a.isRemoved !== b.isRemoved) return a.isRemoved === true ? 1 : -1;
  return (a.group ?? '').localeCompare(b.group ?? '');
}

function byCost(a: GroupReport, b: GroupReport): number {
  const more = a.isRemoved === b.isRemoved ? fromDecimalUsd(b.totalUsd) - fromDecimalUsd(a.totalUsd) : 0n;
  return Number(more) || byName(a, b);
}

/** An intent may use several models: the cost of one of them is not the cost of the intents that it answered. */
const NO_FIGURE: Figure = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
const NO_COSTS = { spendPerIntentUsd: NO_FIGURE, costPerIntentUsd: NO_FIGURE, costPerSuccessUsd: NO_FIGURE };

function reportGroup({ cells, ...group }: CellGroup, by: string): GroupReport {
  const figures = figuresOf(sumOf(cells.map(({ sums }) => sums)));
  return { ...group, ...figures, ...(by === 'model' ? NO_COSTS : {}) };
}
