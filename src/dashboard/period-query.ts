/** The period of a request, and the part of it that a report reads. */
import type { Period } from '../core/cells/period.ts';
import type { PeriodName, ShownPeriod } from '../core/report/shown-period.ts';
import { DEFAULT_PERIOD } from '../core/report/shown-period.ts';

export interface AskedPeriod {
  readonly name: PeriodName;
  /** Whether figures are compared with the period before. */
  readonly isCompared: boolean;
}

export const ALL_TIME: AskedPeriod = { name: 'all', isCompared: false };

/** `?period=7d&compare=none`. The page's address has the same two names. */
export function askedPeriod(query: URLSearchParams): AskedPeriod {
  return { name: query.get('period') ?? DEFAULT_PERIOD, isCompared: query.get('compare') !== 'none' };
}

/** The periods in the format of a report's options. */
export function countedOf({ fromMs, toMs, before }: ShownPeriod): {
  readonly period: Period;
  readonly before: Required<Period> | undefined;
} {
  const period = { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
  return { period, before };
}

/** A cache key per answer: equal if the figures cover the same intents. */
export function keyOf({ fromMs, toMs, before }: ShownPeriod): string {
  return [fromMs, toMs, before?.fromMs, before?.toMs].join(' ');
}
