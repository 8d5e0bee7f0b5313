/** The periods that the rows of a bill cover: a charge of the ledger belongs to the shortest one that its start lies in. */
import { focusTime } from '../focus/focus-columns.ts';

export interface ChargePeriod {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The hour that starts at, or the day (UTC) that contains, a time. */
export function hourOf(atMs: number): ChargePeriod {
  const startMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  return { startMs, endMs: startMs + HOUR_MS };
}

export function dayOf(atMs: number): ChargePeriod {
  const startMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  return { startMs, endMs: startMs + DAY_MS };
}

/** `2026-11-20T12:00:00Z` for an hour, `2026-11-20` for a day (UTC), otherwise from its start to its end. */
export function describePeriod({ startMs, endMs }: ChargePeriod): string {
  if (endMs - startMs === HOUR_MS) return focusTime(startMs);
  const isDays = startMs % DAY_MS === 0 && endMs % DAY_MS === 0;
  const text = (atMs: number): string => (isDays ? focusTime(atMs).slice(0, 10) : focusTime(atMs));
  return isDays && endMs - startMs === DAY_MS ? text(startMs) : `${text(startMs)} to ${text(endMs)}`;
}

/** The key of a period's items. No id of a request has a blank in front. */
export function periodKey(period: ChargePeriod): string {
  return ` ${describePeriod(period)}`;
}

/** The periods of a bill, by the key of their items. */
export interface BillPeriods {
  add(period: ChargePeriod): void;
  /** From the shortest to the longest that the time lies in. */
  containing(atMs: number): readonly ChargePeriod[];
  readonly all: readonly ChargePeriod[];
}

export function billPeriods(): BillPeriods {
  /** Starts of the periods of each length. */
  const byLength = new Map<number, Map<number, ChargePeriod>>();
  let lengths: readonly { readonly length: number; readonly starts: Float64Array }[] | undefined;

  const sorted = (): NonNullable<typeof lengths> =>
    (lengths ??= [...byLength]
      .map(([length, periods]) => ({ length, starts: Float64Array.from(periods.keys()).sort() }))
      .sort((a, b) => a.length - b.length));

  return {
    add(period) {
      const length = period.endMs - period.startMs;
      let periods = byLength.get(length);
      if (periods === undefined) byLength.set(length, (periods = new Map()));
      if (periods.has(period.startMs)) return;
      periods.set(period.startMs, period);
      lengths = undefined;
    },
    containing(atMs) {
      const found: ChargePeriod[] = [];
      for (const { length, starts } of sorted()) {
        const startMs = lastUpTo(starts, atMs);
        if (startMs !== undefined && atMs < startMs + length) found.push({ startMs, endMs: startMs + length });
      }
      return found;
    },
    get all() {
      return [...byLength.values()].flatMap(periods => [...periods.values()]);
    },
  };
}

/** The last number that is not above the limit. */
function lastUpTo(numbers: Float64Array, limit: number): number | undefined {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return numbers[low - 1];
}
