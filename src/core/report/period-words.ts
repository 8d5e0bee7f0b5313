/** The period of a report in words, with the one that was really counted where that is longer. */
import type { Period } from '../cells/period.ts';
import { formatPeriod } from './wording.ts';

/** Why a longer period than the one asked for is counted. */
export const WHOLE_BUCKETS = 'older statistics are kept by day, then by week, and cannot be divided';

/** `2026-11-05 12:00 until 2026-11-06 12:00 UTC; counted is …` */
export function periodWords(period: Period, coveredPeriod: Period | undefined): string {
  if (coveredPeriod === undefined) return formatPeriod(period);
  return `${formatPeriod(period)}; counted is ${formatPeriod(coveredPeriod)}, because ${WHOLE_BUCKETS}`;
}

/** The longest period that a feature covers; `undefined` where each covers the one asked for. */
export function longestPeriod(
  period: Period,
  features: readonly { readonly coveredPeriod?: Period }[],
): Period | undefined {
  const covered = features.flatMap(feature => feature.coveredPeriod ?? []);
  if (covered.length === 0) return undefined;
  const { fromMs, toMs } = period;
  return {
    ...(fromMs === undefined ? {} : { fromMs: Math.min(fromMs, ...covered.map(each => each.fromMs ?? fromMs)) }),
    ...(toMs === undefined ? {} : { toMs: Math.max(toMs, ...covered.map(each => each.toMs ?? toMs)) }),
  };
}
