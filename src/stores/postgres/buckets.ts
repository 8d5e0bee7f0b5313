/** The buckets of older statistics, computed by the server: `canonical` of core/cells/grains.ts in SQL. */

/** First hour of the month of an hour, or of a later month. */
const monthStart = (hour: string, later = ''): string =>
  `(extract(epoch FROM date_trunc('month', to_timestamp(${hour}::float8 * 3600) AT TIME ZONE 'UTC')${later}) / 3600)::int`;

const weekStart = (hour: string): string => `${monthStart(hour)} + (${hour} - ${monthStart(hour)}) / 168 * 168`;

const dayStart = (hour: string): string => `floor(${hour} / 24.0)::int * 24`;

/**
 * First hour of the bucket into which the boundaries put a row.
 *
 * @param c - Name of the row of cells
 * @param b - Name of a row with the boundaries as `day` and `week`
 */
export function firstHour(c: string, b: string): string {
  const hour = `${c}.start`;
  return `CASE WHEN ${hour} < ${b}.week THEN ${weekStart(hour)} WHEN ${hour} < ${b}.day THEN ${dayStart(hour)} ELSE ${hour} END`;
}

/** Last hour of the bucket whose first hour is {@link firstHour}. */
export function lastHour(c: string, b: string): string {
  const hour = `${c}.start`;
  const weekEnd = `least(${weekStart(hour)} + 168, ${monthStart(hour, " + interval '1 month'")}) - 1`;
  return `CASE WHEN ${hour} < ${b}.week THEN ${weekEnd} WHEN ${hour} < ${b}.day THEN ${dayStart(hour)} + 23 ELSE ${hour} END`;
}
