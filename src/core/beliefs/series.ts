/**
 * The float mirror of one node's cells over time: what steering reads. Deltas add up in place; sums decay with age; old
 * buckets are merged to coarser ones, so that a busy node stays small; history before a detected change is dropped.
 */
import { FINE_GROUPS, GROUPS_PER_HALF_LIFE, MAX_GROUPS, RECHECK_FRACTION, TAIL_HALF_LIVES } from './constants.ts';
import { changePoint } from '../math/change-point.ts';
import type { SumName, Sums } from '../cells/cell.ts';

/** The sums steering needs, in the order they are kept. */
export const STEERING = [
  'n',
  'cost',
  'cost2',
  'rejected',
  'ended',
  'labelled',
  'successes',
  'labelledRejected',
  'successesRejected',
  'audited',
  'auditedSuccesses',
  'auditedProxySuccesses',
  'auditedBothSuccesses',
  'failureDelayMs',
] as const satisfies readonly SumName[];
export type Steering = (typeof STEERING)[number];
export type SteeringSums = Readonly<Record<Steering, number>>;

const WIDTH = STEERING.length;
// Places as constants: a record of them would be looked up by hash in the innermost loop of change detection.
const N = STEERING.indexOf('n');
const REJECTED = STEERING.indexOf('rejected');
const LABELLED = STEERING.indexOf('labelled');
const SUCCESSES = STEERING.indexOf('successes');
const LABELLED_REJECTED = STEERING.indexOf('labelledRejected');
const SUCCESSES_REJECTED = STEERING.indexOf('successesRejected');

/** A span of buckets [start, end). */
interface Group {
  start: number;
  end: number;
  readonly sums: Float64Array;
}

export interface Series {
  /** Adds the delta of one bucket. Returns how many labels changed by it. */
  add(bucket: number, delta: Sums): number;
  /** Sums weighted by 2^(−age/half-life), and undecayed, both since the last change cut. `now` and half-life in buckets. */
  decayed(now: number, halfLife: number): SteeringSums;
  whole(): SteeringSums;
  /** Groups younger than `age` buckets, newest first: for outcomes that are still to come. */
  young(
    now: number,
    age: number,
  ): readonly { readonly start: number; readonly end: number; readonly sums: SteeringSums }[];
  /**
   * Looks for a change in the success rate or the climb rate and cuts the history there.
   * @param matureBefore bucket from which on labels are incomplete, so that early failures would look like a change
   */
  detectChange(matureBefore: number): boolean;
  /** First bucket since the last cut; −∞ without one. */
  readonly cut: number;
}

// Scratch space of the search for a change, which is over before anybody else can use it.
let trials = new Float64Array(512);
let hits = new Float64Array(512);
const SCRATCH_COUNTS = {
  labelled: (g: number): number => trials[g] as number,
  successes: (g: number): number => hits[g] as number,
};

function acceptedOf(sums: Float64Array, g: number): void {
  trials[g] = (sums[LABELLED] as number) - (sums[LABELLED_REJECTED] as number);
  hits[g] = (sums[SUCCESSES] as number) - (sums[SUCCESSES_REJECTED] as number);
}

function climbsOf(sums: Float64Array, g: number): void {
  trials[g] = sums[N] as number;
  hits[g] = sums[REJECTED] as number;
}

export function createSeries(): Series {
  const groups: Group[] = [];
  let cut = Number.NEGATIVE_INFINITY;
  const total = new Float64Array(WIDTH);
  // Running decayed sums: Σ x·2^((mid − reference)/halfLife) for the half-life they were made with.
  const running = new Float64Array(WIDTH);
  let reference = 0;
  let madeFor = 0;
  let labelsAtTest = 0;
  let visitsAtTest = 0;

  function groupOf(bucket: number): Group {
    const last = groups.at(-1);
    if (last === undefined || bucket >= last.end) return insert(groups.length, bucket);
    if (bucket >= last.start) return last;
    let low = 0;
    let high = groups.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((groups[middle] as Group).end > bucket) high = middle;
      else low = middle + 1;
    }
    const found = groups[low] as Group;
    return bucket >= found.start ? found : insert(low, bucket);
  }

  function insert(index: number, bucket: number): Group {
    const group = { start: bucket, end: bucket + 1, sums: new Float64Array(WIDTH) };
    groups.splice(index, 0, group);
    return group;
  }

  function rebuild(halfLife: number): void {
    madeFor = halfLife;
    reference = groups.at(-1)?.end ?? 0;
    running.fill(0);
    total.fill(0);
    for (const group of groups) if (group.start >= cut) accumulate(group.sums, middleOf(group));
  }

  function accumulate(sums: Float64Array, middle: number): void {
    const weight = 2 ** ((middle - reference) / madeFor);
    for (let i = 0; i < WIDTH; i++) {
      const value = sums[i] as number;
      if (value === 0) continue;
      running[i] = (running[i] as number) + weight * value;
      total[i] = (total[i] as number) + value;
    }
  }

  /** Merges all but the newest groups onto a grid of at most halfLife/{@link GROUPS_PER_HALF_LIFE}. */
  function compact(halfLife: number): void {
    const newest = groups.splice(groups.length - FINE_GROUPS);
    const older = groups.splice(0);
    const width = 2 ** Math.max(0, Math.floor(Math.log2(halfLife / GROUPS_PER_HALF_LIFE)));
    const tailBefore = (newest[0]?.start ?? 0) - TAIL_HALF_LIVES * halfLife;
    let slotOfLast = Number.NaN;
    for (const group of older) {
      const slot = group.end <= tailBefore ? Number.NEGATIVE_INFINITY : Math.floor(group.start / width);
      const last = groups.at(-1);
      // Never across a cut: what lies before it must stay out.
      const mayMerge = last !== undefined && slot === slotOfLast && last.start < cut === group.start < cut;
      slotOfLast = slot;
      if (!mayMerge) groups.push(group);
      else {
        last.end = group.end;
        for (let i = 0; i < WIDTH; i++) last.sums[i] = (last.sums[i] as number) + (group.sums[i] as number);
      }
    }
    groups.push(...newest);
  }

  /** Counts side by side first: the search reads each several times, and groups lie scattered in memory. */
  function changeOf(first: number, length: number, counts: (sums: Float64Array, g: number) => void): number {
    if (trials.length < length) [trials, hits] = [new Float64Array(2 * length), new Float64Array(2 * length)];
    for (let g = 0; g < length; g++) counts((groups[first + g] as Group).sums, g);
    return changePoint(length, SCRATCH_COUNTS);
  }

  return {
    get cut() {
      return cut;
    },
    add(bucket, delta) {
      const group = groupOf(bucket);
      const counts = group.start >= cut;
      let weight = 0;
      if (counts && madeFor > 0) {
        const exponent = (middleOf(group) - reference) / madeFor;
        if (exponent > 64)
          madeFor = 0; // the reference is too far back: made anew on the next reading
        else weight = 2 ** exponent;
      }
      let labels = 0;
      for (let i = 0; i < WIDTH; i++) {
        const big = delta[STEERING[i] as Steering];
        if (big === undefined) continue;
        const value = Number(big);
        group.sums[i] = (group.sums[i] as number) + value;
        if (i === LABELLED || (i === SUCCESSES && labels === 0)) labels = Math.abs(value);
        if (!counts) continue;
        total[i] = (total[i] as number) + value;
        running[i] = (running[i] as number) + weight * value;
      }
      return labels;
    },
    decayed(now, halfLife) {
      if (groups.length > MAX_GROUPS) compact(halfLife);
      if (madeFor !== halfLife) rebuild(halfLife);
      return named(running, 2 ** ((reference - now) / halfLife));
    },
    whole: () => named(total, 1),
    young(now, age) {
      const found: { start: number; end: number; sums: SteeringSums }[] = [];
      for (let g = groups.length - 1; g >= 0; g--) {
        const group = groups[g] as Group;
        if (now - group.end >= age || group.start < cut) break;
        found.push({ start: group.start, end: group.end, sums: named(group.sums, 1) });
      }
      return found;
    },
    detectChange(matureBefore) {
      const labels = total[LABELLED] as number;
      const visits = total[N] as number;
      const news = Math.max(Math.abs(labels - labelsAtTest), Math.abs(visits - visitsAtTest));
      // The scan takes as long as the history: a five-hundredth more is not worth it.
      if (news <= RECHECK_FRACTION * visits) return false;
      const first = groups.findIndex(group => group.start >= cut);
      let length = groups.length - Math.max(first, 0);
      while (length > 0 && (groups[first + length - 1] as Group).end > matureBefore) length--;
      const bySuccess = labels === labelsAtTest ? -1 : changeOf(first, length, acceptedOf);
      const byClimb = (total[REJECTED] as number) === 0 ? -1 : changeOf(first, length, climbsOf);
      labelsAtTest = labels;
      visitsAtTest = visits;
      const found = Math.max(bySuccess, byClimb);
      if (found < 0) return false;
      cut = (groups[first + found] as Group).start;
      madeFor = 0;
      total.fill(0);
      for (const later of groups) {
        if (later.start >= cut)
          for (let i = 0; i < WIDTH; i++) total[i] = (total[i] as number) + (later.sums[i] as number);
      }
      labelsAtTest = visitsAtTest = Number.NaN; // the rest may hold another change
      return true;
    },
  };
}

/** Sums of several histories together. */
export function addSteering(all: readonly SteeringSums[]): SteeringSums {
  const sums = { ...NOTHING };
  for (const each of all) for (const name of STEERING) sums[name] += each[name];
  return sums;
}

/** Sums of a node that was never seen. */
export const NOTHING: SteeringSums = Object.freeze(named(new Float64Array(WIDTH), 0));

function middleOf(group: Group): number {
  return (group.start + group.end) / 2;
}

function named(sums: Float64Array, weight: number): SteeringSums {
  return {
    n: weight * (sums[0] as number),
    cost: weight * (sums[1] as number),
    cost2: weight * (sums[2] as number),
    rejected: weight * (sums[3] as number),
    ended: weight * (sums[4] as number),
    labelled: weight * (sums[5] as number),
    successes: weight * (sums[6] as number),
    labelledRejected: weight * (sums[7] as number),
    successesRejected: weight * (sums[8] as number),
    audited: weight * (sums[9] as number),
    auditedSuccesses: weight * (sums[10] as number),
    auditedProxySuccesses: weight * (sums[11] as number),
    auditedBothSuccesses: weight * (sums[12] as number),
    failureDelayMs: weight * (sums[13] as number),
  };
}
