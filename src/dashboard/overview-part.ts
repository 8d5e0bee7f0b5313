/** The part of the overview that comes from one feature: its report for the period, and what changed in it. */
import type { ReportSource } from '../analysis/ledger-facts.ts';
import type { FeaturePart } from '../analysis/report.ts';
import { featurePartOf } from '../analysis/report.ts';
import type { Cell, Sums } from '../core/cells/cell.ts';
import { BUCKET_MS } from '../core/cells/cell.ts';
import type { Period } from '../core/cells/period.ts';
import { isIn, wholeBuckets } from '../core/cells/period.ts';
import { sumOf, sumsByPlan } from '../core/cells/sums.ts';
import type { DriftEvent } from '../core/report/drift.ts';
import { driftOf } from '../core/report/drift.ts';
import type { TrafficShift } from '../core/report/traffic-shift.ts';
import { trafficShift } from '../core/report/traffic-shift.ts';

export interface OverviewPart extends FeaturePart {
  /** Changes in the period, in order of time; a rate is compared with its earlier value, even from before the period. */
  readonly changes: readonly DriftEvent[];
  readonly shift: TrafficShift | undefined;
  /** Plan cells of the period. */
  readonly cells: readonly Cell[];
  /** Sums of the period before, and the time that they cover; `undefined` if there is no comparison. */
  readonly before: { readonly sums: Sums; readonly covered: Required<Period> } | undefined;
}

export async function overviewPartOf(
  source: Omit<ReportSource, 'features'>,
  feature: string,
  options: { readonly nowMs: number; readonly period: Period; readonly before: Required<Period> | undefined },
): Promise<OverviewPart> {
  const { period, before } = options;
  const part = await featurePartOf(source, feature, { ...options, brief: true });
  const all = await source.cells(feature);
  const covered = wholeBuckets(period, all);
  const cells = all.filter(({ key }) => key.scope === 'plan' && isIn(covered, key.bucket));
  const coveredBefore =
    before === undefined ? undefined : { ...before, ...wholeBuckets(part.trend?.before ?? before, all) };
  const earlier = coveredBefore === undefined ? undefined : all.filter(({ key }) => isIn(coveredBefore, key.bucket));
  const { changes, shift } = changesIn(all, { covered, earlier });
  return {
    ...part,
    changes,
    shift,
    cells,
    before:
      earlier === undefined || coveredBefore === undefined
        ? undefined
        : { sums: sumOf(sumsByPlan(earlier).values()), covered: coveredBefore },
  };
}

/** The changes of a period, found by comparison with the outcomes before it, and the change in its traffic. */
export function changesIn(
  cells: readonly Cell[],
  { covered, earlier }: { readonly covered: Period; readonly earlier: readonly Cell[] | undefined },
): Pick<OverviewPart, 'changes' | 'shift'> {
  const { fromMs = -Infinity, toMs = Infinity } = covered;
  const known = cells.filter(({ key }) => key.bucket * BUCKET_MS < toMs);
  const changes = driftOf(known).filter(({ atMs }) => atMs >= fromMs);
  const own = known.filter(({ key }) => isIn(covered, key.bucket));
  const changedAtMs = changes.findLast(({ kind }) => kind !== 'version')?.atMs;
  if (changedAtMs === undefined) return { changes, shift: trafficShift(earlier ?? [], own) };
  const isSince = ({ key }: Cell): boolean => key.bucket * BUCKET_MS >= changedAtMs;
  const beforeIt = known.filter(cell => !isSince(cell) && cell.key.bucket * BUCKET_MS >= changedAtMs - COMPARED_MS);
  return { changes, shift: trafficShift(beforeIt, own.filter(isSince)) };
}

/** Traffic is compared with the traffic of this long before a change. Longer: the first exploration counts too. */
const COMPARED_MS = 14 * 86_400_000;
