/** The times of a bill, with an offset or in a time zone: the reader must supply the zone of bills by the day. */
import type { ChargePeriod } from './periods.ts';

const TIME =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.\d+)?)?\s?(?<zone>Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/i;

interface Parts {
  readonly ms: number;
  readonly isDay: boolean;
  readonly zone: string | undefined;
}

function partsOf(text: string): Parts | undefined {
  const found = TIME.exec(text.trim())?.groups;
  if (found === undefined) return undefined;
  const part = (name: string): number => Number(found[name] ?? 0);
  const ms = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  // `Date.UTC` turns the 31st of February into a day of March.
  if (new Date(ms).toISOString().slice(0, 10) !== text.trim().slice(0, 10)) return undefined;
  return { ms, isDay: found['hour'] === undefined, zone: found['zone'] };
}

/** Reads the times of one bill. They repeat, so the last ones are kept. */
export interface BillTimes {
  /** Milliseconds since the epoch; `undefined` for a text that is not a time. */
  at(text: string): number | undefined;
  /** The period from its first to its second time; a date alone is a whole day. `undefined` for texts that are not times. */
  period(start: string, end: string | undefined): ChargePeriod | undefined;
}

/** Limit on kept times. Times of hours and days repeat, but those of calls do not, and would need much memory. */
const KEPT = 64;

/** @param timeZone zone of times without an offset, `America/Los_Angeles`; default UTC */
export function billTimes(timeZone = 'UTC'): BillTimes {
  const offsetMs = offsetsOf(timeZone);
  let known = new Map<string, number | undefined>();

  const inZone = (wallMs: number): number => {
    const first = wallMs - offsetMs(wallMs);
    // Near a change of the clock the offset differs.
    return wallMs - offsetMs(first);
  };

  const read = (text: string): number | undefined => {
    const parts = partsOf(text);
    if (parts === undefined) return undefined;
    const { ms, zone } = parts;
    if (zone === undefined) return inZone(ms);
    const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
    if (offset === null) return ms;
    const [, sign, hours, minutes = '0'] = offset;
    return ms - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  };

  const at = (text: string): number | undefined => {
    if (!known.has(text)) {
      // A map that is cleared repeatedly keeps its earlier tables in memory for a long time; a new map does not.
      if (known.size > KEPT) known = new Map();
      known.set(text, read(text));
    }
    return known.get(text);
  };

  return {
    at,
    period(start, end) {
      const startMs = at(start);
      if (startMs === undefined) return undefined;
      if (end !== undefined && end !== '') {
        const endMs = at(end);
        return endMs === undefined || endMs <= startMs ? undefined : { startMs, endMs };
      }
      const parts = partsOf(start);
      return parts?.isDay === true
        ? { startMs, endMs: inZone(parts.ms + 86_400_000) }
        : { startMs, endMs: startMs + 3_600_000 };
    },
  };
}

/** How far a zone's clock is ahead of UTC at a time, milliseconds. @throws RangeError for an unknown zone */
function offsetsOf(timeZone: string): (atMs: number) => number {
  if (timeZone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return atMs => {
    const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
  };
}
