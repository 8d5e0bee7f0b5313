/** The period that a page shows, by the name in its address, and the earlier period that figures are compared with. */
import type { Period } from '../cells/period.ts';
import { RouterError } from '../../errors.ts';
import { formatDay } from './period-words.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * `today`, `7d`, `30d`, `month` (the current one), `all`, a month (`2026-10`), or days, both included
 * (`2026-10-01..2026-10-07`). UTC.
 */
export type PeriodName = string;

export const DEFAULT_PERIOD: PeriodName = '30d';

/** The periods that a picker offers by name, in its order. */
export const NAMED_PERIODS: Readonly<Record<PeriodName, string>> = /* @__PURE__ */ Object.freeze({
  today: 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  month: 'This month',
  all: 'All time',
});

/** Times in milliseconds since the epoch; ends are excluded. */
export interface ShownPeriod {
  readonly name: PeriodName;
  /** Absent: from the first intent on. */
  readonly fromMs?: number;
  /** Absent: until now. */
  readonly toMs?: number;
  /** A time just before the period, as long as the part of it that has passed; absent where nothing is compared. */
  readonly before?: Required<Period>;
}

/**
 * @param options.isCompared false: without the period before
 * @throws RouterError `invalid-value` for a name that is not a period, and for days that end before they begin
 */
export function shownPeriod(
  name: PeriodName,
  { nowMs, isCompared = true }: { readonly nowMs: number; readonly isCompared?: boolean },
): ShownPeriod {
  const { fromMs, toMs } = periodNamed(name, nowMs);
  const own = { name, ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
  const before = fromMs === undefined || !isCompared ? undefined : beforeOf(name, { fromMs, toMs, nowMs });
  return before === undefined ? own : { ...own, before };
}

function periodNamed(name: PeriodName, nowMs: number): Period {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  switch (name) {
    case 'all':
      return {};
    case 'today':
      return { fromMs: today };
    case '7d':
      return { fromMs: today - 6 * DAY_MS };
    case '30d':
      return { fromMs: today - 29 * DAY_MS };
    case 'month':
      return { fromMs: monthOf(nowMs, 0) };
    default: {
      const [, month, first, last] = /^(?:(\d{4}-\d\d)|(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d))$/.exec(name) ?? [];
      const fromMs = Date.parse(first ?? `${month}-01`);
      const toMs = month === undefined ? Date.parse(last ?? '') + DAY_MS : monthOf(fromMs, 1);
      const isDate =
        formatDay(fromMs) === (first ?? `${month}-01`) && formatDay(toMs - 1) === (last ?? formatDay(toMs - 1));
      if (isDate && fromMs < toMs) return toMs > nowMs && fromMs <= nowMs ? { fromMs } : { fromMs, toMs };
      throw new RouterError('invalid-value', `"${name}" is not a period`, {
        path: 'period',
        accepted: [...Object.keys(NAMED_PERIODS), 'a month: 2026-10', 'days: 2026-10-01..2026-10-07'],
      });
    }
  }
}

/** First moment of the month of a time, or of a later one. */
function monthOf(atMs: number, later: number): number {
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later);
}

/**
 * A month is compared with the month before it, up to the same day and hour; a number of days with the same number of days.
 */
function beforeOf(
  name: PeriodName,
  { fromMs, toMs, nowMs }: { readonly fromMs: number; readonly toMs: number | undefined; readonly nowMs: number },
): Required<Period> {
  // At the first moment of a period, its whole first hour is shown.
  const endMs = toMs ?? Math.max(fromMs + HOUR_MS, Math.ceil(nowMs / HOUR_MS) * HOUR_MS);
  const isMonth = name === 'month' || /^\d{4}-\d\d$/.test(name);
  if (isMonth) {
    const start = monthOf(fromMs, -1);
    return { fromMs: start, toMs: toMs === undefined ? Math.min(fromMs, start + endMs - fromMs) : fromMs };
  }
  const days = Math.ceil((endMs - fromMs) / DAY_MS) * DAY_MS;
  return { fromMs: fromMs - days, toMs: endMs - days };
}
