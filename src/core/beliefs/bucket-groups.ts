/** Sums over time, in groups of buckets that are merged with age: a busy node stays small. */
import { FINE_GROUPS, GROUPS_PER_HALF_LIFE, TAIL_HALF_LIVES } from './constants.ts';
import { WIDTH } from './routing-sums.ts';

/** The buckets [start, end), with their sums in the order of `ROUTING_SUMS`. */
export interface Group {
  readonly start: number;
  end: number;
  readonly sums: Float64Array;
}

export function middleOf({ start, end }: Pick<Group, 'start' | 'end'>): number {
  return (start + end) / 2;
}

/**
 * The group that contains the hours [start, end) of a bucket; inserts a new one where there is none, and merges those that
 * the bucket lies across. `groups` are sorted by time.
 */
export function groupOf(groups: Group[], start: number, end: number): Group {
  const last = groups.at(-1);
  if (last === undefined || start >= last.end) return insert(groups, groups.length, { start, end });
  if (start >= last.start && end <= last.end) return last;
  let low = 0;
  let high = groups.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((groups[middle] as Group).end > start) high = middle;
    else low = middle + 1;
  }
  const found = groups[low] as Group;
  if (start >= found.start && end <= found.end) return found;
  if (end <= found.start) return insert(groups, low, { start, end });
  let count = 1;
  while ((groups[low + count]?.start ?? end) < end) count++;
  const across = groups.splice(low, count);
  const merged = insert(groups, low, { start: Math.min(start, found.start), end });
  for (const group of across) merge(merged, group);
  return merged;
}

function insert(groups: Group[], index: number, { start, end }: Pick<Group, 'start' | 'end'>): Group {
  const group = { start, end, sums: new Float64Array(WIDTH) };
  groups.splice(index, 0, group);
  return group;
}

/**
 * Merges all but the newest groups onto a grid of 1/{@link GROUPS_PER_HALF_LIFE} of the half-life, and those that hardly
 * weigh any more into one. No group spans `cut`, because evidence from before a change must stay out. In place.
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

function merge(last: Group, { end, sums }: Group): void {
  last.end = Math.max(last.end, end);
  for (let i = 0; i < WIDTH; i++) last.sums[i] = (last.sums[i] as number) + (sums[i] as number);
}
