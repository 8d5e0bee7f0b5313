/**
 * Searches the groups of a series for a change of a rate. The search reads each count several times, and groups are scattered in
 * memory, so the counts are copied into arrays side by side. A series keeps them for its next search: old groups seldom change.
 */
import { changePoint } from '../math/change-point.ts';
import type { Group } from './bucket-groups.ts';
import { ROUTING_SUMS } from './routing-sums.ts';

// Indexes as constants: a record of them would be looked up by hash in the innermost loop of the search for a change.
const VISITS = ROUTING_SUMS.indexOf('n');
const REJECTED = ROUTING_SUMS.indexOf('rejected');
const LABELLED = ROUTING_SUMS.indexOf('labelled');
const SUCCESSES = ROUTING_SUMS.indexOf('successes');
const LABELLED_REJECTED = ROUTING_SUMS.indexOf('labelledRejected');
const SUCCESSES_REJECTED = ROUTING_SUMS.indexOf('successesRejected');

export interface GroupCounts {
  readonly trials: number[];
  readonly hits: number[];
  /** The counts of groups `from` to `to - 1` are those of the series. */
  from: number;
  to: number;
}

export const noCounts = (): GroupCounts => ({ trials: [], hits: [], from: 0, to: 0 });

type SetCounts = (sums: readonly number[], counts: GroupCounts, g: number) => void;

/** The counts that are searched. */
let searched = noCounts();
const COUNTS = {
  labelled: (g: number): number => searched.trials[searched.from + g] as number,
  successes: (g: number): number => searched.hits[searched.from + g] as number,
};

/** Index of the first group after a change of a rate; −1 without a change. Sets the counts that are missing. */
export function changeIn(
  groups: readonly Group[],
  { first, end, counts, set }: { first: number; end: number; counts: GroupCounts; set: SetCounts },
): number {
  counts.to = first < counts.from ? first : Math.max(first, counts.to);
  counts.from = first;
  for (; counts.to < end; counts.to++) set((groups[counts.to] as Group).sums, counts, counts.to);
  searched = counts;
  const found = changePoint(end - first, COUNTS);
  return found < 0 ? -1 : first + found;
}

export function setAccepted(sums: readonly number[], { trials, hits }: GroupCounts, g: number): void {
  const labels = (sums[LABELLED] as number) - (sums[LABELLED_REJECTED] as number);
  const successes = (sums[SUCCESSES] as number) - (sums[SUCCESSES_REJECTED] as number);
  // A correction by another process is dated by its hour only, so its part of the hour may differ from that of the label that it corrects.
  const counted = Math.max(0, labels);
  trials[g] = counted;
  hits[g] = Math.min(Math.max(0, successes), counted);
}

export function setRejected(sums: readonly number[], { trials, hits }: GroupCounts, g: number): void {
  trials[g] = sums[VISITS] as number;
  hits[g] = sums[REJECTED] as number;
}
