/**
 * Sums over time, in groups of buckets that are merged with age, so that a busy node stays small. The newest hour is kept in
 * parts, so that a change within it can be found.
 */
import { FINE_GROUPS, GROUP_OUTCOMES, GROUP_TIME_RATIO, GROUPS_PER_HALF_LIFE, TAIL_HALF_LIVES } from './constants.ts';
import { ROUTING_SUMS, WIDTH, zeroSums } from './routing-sums.ts';

/** A time span in buckets, from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Whole buckets, or a part of an hour, with their sums in the order of `ROUTING_SUMS`. */
export interface Group {
  readonly start: number;
  end: number;
  /** When the latest of the group's intents was decided, if that is known: before `end`. */
  latest: number;
  readonly sums: number[];
}

const LABELLED = ROUTING_SUMS.indexOf('labelled');
const REJECTED = ROUTING_SUMS.indexOf('rejected');

/**
 * The middle of the group's buckets. Parts of an hour use the middle of the hour, so that a process that only knows whole hours gives them
 * the same weight.
 */
export function middleOf({ start, end }: Span): number {
  return (Math.floor(start) + Math.ceil(end)) / 2;
}

/** A moment closer than this to the end of its bucket counts as the end, in buckets: 3 ms. */
const LAST_MOMENT = 2 ** -20;

/**
 * Begins another part of the newest hour at `moment`, in buckets, if the last part has enough outcomes to be compared with later ones, or,
 * after a change, if much time has passed since the change. No evidence so far may be later than `moment`.
 *
 * @param cut of the last change; −∞ without one
 */
export function divideNewestHour(groups: Group[], { moment, cut }: { moment: number; cut: number }): void {
  const last = groups.at(-1);
  if (last === undefined || moment <= last.start || moment >= last.end || last.end - Math.floor(last.start) > 1) return;
  const outcomes = Math.max(last.sums[LABELLED] as number, last.sums[REJECTED] as number);
  if (outcomes < GROUP_OUTCOMES && !(moment - cut > GROUP_TIME_RATIO * (last.start - cut))) return;
  insert(groups, groups.length, { start: moment, end: last.end });
  last.end = moment;
}

/**
 * The group for evidence of a moment in a bucket with the hours [start, end). Inserts a new group where there is none, and merges the
 * groups that a bucket of several days overlaps. `groups` are sorted by time.
 *
 * @param moment in buckets; absent where only the bucket is known, which then means its newest part
 */
export function groupOf(groups: Group[], { start, end }: Span, moment?: number): Group {
  const last = groups.at(-1);
  if (last === undefined || start >= last.end) return insert(groups, groups.length, { start, end });
  const at = Math.min(Math.max(moment ?? end, start), end - LAST_MOMENT);
  const isHour = end - start <= 1;
  if (isHour && at >= last.start) return last;
  const from = isHour ? at : start;
  let low = 0;
  let high = groups.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((groups[middle] as Group).end > from) high = middle;
    else low = middle + 1;
  }
  const found = groups[low] as Group;
  if (from >= found.start && (isHour || end <= found.end)) return found;
  if (end <= found.start) return insert(groups, low, { start, end });
  let count = 1;
  while ((groups[low + count]?.start ?? end) < end) count++;
  const across = groups.splice(low, count);
  const merged = insert(groups, low, { start: Math.min(start, found.start), end });
  for (const group of across) merge(merged, group);
  return merged;
}

function insert(groups: Group[], index: number, { start, end }: Span): Group {
  const group = { start, end, latest: start, sums: zeroSums() };
  // When a year of cells is read, nearly all are in order of time.
  if (index === groups.length) groups.push(group);
  else groups.splice(index, 0, group);
  return group;
}

/**
 * Merges all but the newest groups onto a grid of 1/{@link GROUPS_PER_HALF_LIFE} of the half-life, and the groups of negligible weight into
 * one. No group spans `cut`, because evidence from before a change must stay out. In place.
 */
export function mergeOldGroups(groups: Group[], { halfLife, cut }: { halfLife: number; cut: number }): void {
  const newest = groups.splice(groups.length - FINE_GROUPS);
  const older = groups.splice(0);
  const width = 2 ** Math.max(0, Math.floor(Math.log2(halfLife / GROUPS_PER_HALF_LIFE)));
  const tailBefore = (newest[0]?.start ?? 0) - TAIL_HALF_LIVES * halfLife;
  let slotOfLast = Number.NaN;
  for (const group of older) {
    const slot = group.end <= tailBefore ? Number.NEGATIVE_INFINITY : Math.floor(group.start / width);
    const last = groups.at(-1);
    const mayMerge = last !== undefined && slot === slotOfLast && last.start < cut === group.start < cut;
    slotOfLast = slot;
    if (mayMerge) merge(last, group);
    else groups.push(group);
  }
  groups.push(...newest);
}

function merge(last: Group, { end, latest, sums }: Group): void {
  last.end = Math.max(last.end, end);
  last.latest = Math.max(last.latest, latest);
  for (let i = 0; i < WIDTH; i++) last.sums[i] = (last.sums[i] as number) + (sums[i] as number);
}
