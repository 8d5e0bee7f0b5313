/** The period of a report in words, with the period that was actually counted where that is longer. */
import type { Period } from '../cells/period.ts';
import { formatMoment, formatPeriod } from './wording.ts';

/** Why a longer period than the one asked for is counted. */
export const WHOLE_BUCKETS = 'older statistics are kept by day, then by week, and cannot be divided';

/** `2026-11-05 12:00 until 2026-11-06 12:00 UTC; the figures cover …` */
export function periodWords(period: Period, coveredPeriod: Period | undefined): string {
  if (coveredPeriod === undefined) return formatPeriod(period);
  return `${formatPeriod(period)}; the figures cover ${formatPeriod(coveredPeriod)}, because ${WHOLE_BUCKETS}`;
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

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

/** The UTC day of a time: `2026-10-28`. Empty for no time. */
export function formatDay(atMs: number): string {
  return Number.isFinite(atMs) ? formatMoment(atMs).slice(0, 10) : '';
}

/** The UTC day of a time for people: `28 Oct 2026`. */
export function dayWords(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

/**
 * A period in days, the last one included: `28 Oct – 27 Nov 2026 (UTC)`. If it begins within a day, its times are shown.
 */
export function daysWords({ fromMs, toMs }: Required<Period>): string {
  if (fromMs % DAY_MS !== 0) return `${formatMoment(fromMs)} – ${formatMoment(toMs)} (UTC)`;
  const [first, last] = [dayWords(fromMs), dayWords(Math.max(fromMs, toMs - 1))];
  if (first === last) return `${last} (UTC)`;
  const isSameYear = first.slice(-4) === last.slice(-4);
  return `${isSameYear ? first.slice(0, -5) : first} – ${last} (UTC)`;
}
