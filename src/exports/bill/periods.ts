/** The periods that the rows of a bill cover: a charge of the ledger belongs to the shortest one that contains its start. */
import { focusTime } from '../focus/focus-columns.ts';
import type { TextTable } from './text-table.ts';

export interface ChargePeriod {
  readonly startMs: number;
  /** Exclusive end. */
  readonly endMs: number;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The hour that starts at a time, or the day (UTC) that contains it. */
export function hourOf(atMs: number): ChargePeriod {
  const startMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  return { startMs, endMs: startMs + HOUR_MS };
}

export function dayOf(atMs: number): ChargePeriod {
  const startMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  return { startMs, endMs: startMs + DAY_MS };
}

/** `2026-11-20T12:00:00Z` for an hour, `2026-11-20` for a day (UTC), otherwise the start and the end. */
export function describePeriod({ startMs, endMs }: ChargePeriod): string {
  if (endMs - startMs === HOUR_MS) return focusTime(startMs);
  const isDays = startMs % DAY_MS === 0 && endMs % DAY_MS === 0;
  const text = (atMs: number): string => (isDays ? focusTime(atMs).slice(0, 10) : focusTime(atMs));
  return isDays && endMs - startMs === DAY_MS ? text(startMs) : `${text(startMs)} to ${text(endMs)}`;
}

/** The key of a period's items. It begins with a space, unlike any request id. */
export function periodKey(period: ChargePeriod): string {
  return ` ${describePeriod(period)}`;
}

/** A period with the number of its key. */
export interface KeyedPeriod extends ChargePeriod {
  readonly key: number;
}

/** The periods of a bill. */
export interface BillPeriods {
  /** The period with its key; a new period becomes one of the bill's. */
  add(period: ChargePeriod): KeyedPeriod;
  /** The periods that contain the time, shortest first. */
  containing(atMs: number): readonly KeyedPeriod[];
  readonly all: readonly KeyedPeriod[];
}

/** @param keys the table of keys */
export function billPeriods(keys: Pick<TextTable, 'add'>): BillPeriods {
  /** The periods by length, then by start. */
  const byLength = new Map<number, Map<number, KeyedPeriod>>();
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
      let keyed = periods.get(period.startMs);
      if (keyed === undefined) {
        periods.set(period.startMs, (keyed = { ...period, key: keys.add(periodKey(period)) }));
        lengths = undefined;
      }
      return keyed;
    },
    containing(atMs) {
      const found: KeyedPeriod[] = [];
      for (const { length, starts } of sorted()) {
        const startMs = lastUpTo(starts, atMs) ?? Infinity;
        const period = atMs < startMs + length ? byLength.get(length)?.get(startMs) : undefined;
        if (period !== undefined) found.push(period);
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
