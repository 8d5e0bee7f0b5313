/**
 * A copy of one node's cells over time, in floats, which routing reads. Deltas are added in place, sums decay with age, and evidence from
 * before a detected change point is dropped.
 */
import type { Bucket, RoundedSums } from '../cells/cell.ts';
import { hoursIn } from '../cells/grains.ts';
import type { Group } from './bucket-groups.ts';
import { divideNewestHour, groupOf, mergeOldGroups, middleOf } from './bucket-groups.ts';
import type { GroupCounts } from './group-counts.ts';
import { changeIn, noCounts, setAccepted, setRejected } from './group-counts.ts';
import { GROUP_OUTCOMES, MAX_GROUPS, RECHECK_FRACTION } from './constants.ts';
import type { FormerState, ReplyCounts } from './former-state.ts';
import { returnProbability } from './former-state.ts';
import type { RoutingSums } from './routing-sums.ts';
import { nameSums, ROUTING_SUMS, setFloats, WIDTH, zeroSums } from './routing-sums.ts';

export interface Series {
  /**
   * Adds the delta of one bucket. Returns how many labels were added or changed.
   * @param moment when the intent was decided, in buckets, if known: so that a change within an hour can be found
   */
  add(at: Bucket, delta: RoundedSums, moment?: number): number;
  /** Sums since the last change point, weighted by 2^(−age/half-life). `now` and the half-life are in buckets. */
  decayed(now: number, halfLife: number): RoutingSums;
  /** Sums since the last change point, without weights. */
  undecayed(): RoutingSums;
  /** Groups since the last change point that end less than `age` buckets ago, newest first. */
  recentGroups(now: number, age: number): readonly RecentGroup[];
  /**
   * Looks for a change in the success rate or the rejection rate, and drops the evidence before it.
   * @param matureBefore bucket from which on labels are incomplete, so that early failures would look like a change
   */
  detectChange(matureBefore: number, isExplained?: IsExplained): boolean;
  /** The sums between the last two change points; `undefined` without a change point. Arguments as above. */
  former(now: number, matureBefore: number): FormerState | undefined;
  /** First bucket since the last change point; −∞ without one. */
  cut(): number;
  /** Another series of the same evidence, including what precedes a change point. */
  copy(): Series;
}

/** Whether the change of a rate from a bucket on has another cause and should be ignored. */
export type IsExplained = (rate: 'success' | 'climb', since: number) => boolean;

export interface RecentGroup {
  readonly start: number;
  readonly end: number;
  readonly sums: RoutingSums;
}

// Indexes as constants: a record of them would be looked up by hash in the innermost loop of the search for a change.
const VISITS = ROUTING_SUMS.indexOf('n');
const REJECTED = ROUTING_SUMS.indexOf('rejected');
const LABELLED = ROUTING_SUMS.indexOf('labelled');
const SUCCESSES = ROUTING_SUMS.indexOf('successes');
const LABELLED_REJECTED = ROUTING_SUMS.indexOf('labelledRejected');
const SUCCESSES_REJECTED = ROUTING_SUMS.indexOf('successesRejected');

/** Holds the values of one call only. */
const added = zeroSums();

/** Half-lives between the reference of decayed sums and now, above which weights would overflow. */
const MAX_HALF_LIVES_AHEAD = 64;

/** Groups from `first` to before `end`, whose sums are weighted as of the start of the group `end`; a half-life of 0: not weighted. */
interface GroupRange {
  readonly first: number;
  readonly end: number;
  readonly halfLife: number;
}

export function createSeries(evidence: readonly Group[] = []): Series {
  const groups: Group[] = evidence.map(group => ({ ...group, sums: group.sums.slice() }));
  let cut = Number.NEGATIVE_INFINITY;
  /** Sums between the last two change points, weighted as of the latter. */
  let beforeCut: readonly number[] | undefined;
  /** The groups of those sums, until the sums are needed: a long history has several changes, of which the last one counts. */
  let unsummed: GroupRange | undefined;
  /** The latest moment so far. */
  let newest = Number.NEGATIVE_INFINITY;
  const total = zeroSums();
  // Decayed sums as of `reference`, so that time passing is one factor: Σ x·2^((middle − reference)/half-life).
  const running = zeroSums();
  let reference = 0;
  /** The half-life `running` was computed with; 0 when it must be computed again. */
  let halfLifeOfSums = 0;
  let labelsAtCheck = 0;
  let visitsAtCheck = 0;
  /** The counts in which a change of the success rate is searched; and of the rejection rate, where replies were rejected. */
  const accepted = noCounts();
  let rejected: GroupCounts | undefined;
  /** Makes the counts of this group and of all later ones be set again. */
  function changed(group: number): void {
    accepted.to = Math.min(accepted.to, group);
    if (rejected !== undefined) rejected.to = Math.min(rejected.to, group);
  }

  function recompute(halfLife: number): void {
    halfLifeOfSums = halfLife;
    reference = groups.at(-1)?.end ?? 0;
    running.fill(0);
    total.fill(0);
    for (const group of groups) {
      if (group.start < cut) continue;
      const weight = 2 ** ((middleOf(group) - reference) / halfLife);
      for (let i = 0; i < WIDTH; i++) {
        const value = group.sums[i] as number;
        running[i] = (running[i] as number) + weight * value;
        total[i] = (total[i] as number) + value;
      }
    }
  }

  /** Weight of a group in `running`; 0 when `running` is computed again on the next reading. */
  function weightOf(group: Group): number {
    const halfLivesAhead = (middleOf(group) - reference) / halfLifeOfSums;
    if (halfLivesAhead <= MAX_HALF_LIVES_AHEAD) return 2 ** halfLivesAhead;
    halfLifeOfSums = 0;
    return 0;
  }

  function sumsOf({ first, end, halfLife }: GroupRange): readonly number[] {
    const at = (groups[end] as Group).start;
    const sums = zeroSums();
    for (const group of groups.slice(first, end)) {
      const weight = halfLife > 0 ? 2 ** ((middleOf(group) - at) / halfLife) : 1;
      for (let i = 0; i < WIDTH; i++) sums[i] = (sums[i] as number) + weight * (group.sums[i] as number);
    }
    return sums;
  }

  /** Sums the groups before the cut, if that is still to be done. Call it before the groups change. */
  function settleBeforeCut(): void {
    if (unsummed === undefined) return;
    beforeCut = sumsOf(unsummed);
    unsummed = undefined;
  }

  if (groups.length > 0) recompute(1);
  return {
    cut: () => cut,
    copy: () => createSeries(groups),
    add(at, delta, moment) {
      settleBeforeCut();
      const end = at.bucket + hoursIn(at);
      // Days that contain the change belong to the time after it: no group spans the cut.
      const start = at.grain !== undefined && at.bucket < cut && cut < end ? cut : at.bucket;
      if (moment !== undefined && moment > newest) divideNewestHour(groups, { moment: (newest = moment), cut });
      const group = groupOf(groups, { start, end }, moment);
      changed(groups.lastIndexOf(group));
      group.latest = Math.max(group.latest, Math.min(moment ?? end, end));
      const counts = group.start >= cut;
      const weight = counts ? weightOf(group) : 0;
      let labels = 0;
      setFloats(added, delta);
      for (let i = 0; i < WIDTH; i++) {
        const value = added[i] as number;
        if (value === 0) continue;
        group.sums[i] = (group.sums[i] as number) + value;
        if (i === LABELLED || (i === SUCCESSES && labels === 0)) labels = Math.abs(value);
        if (!counts) continue;
        total[i] = (total[i] as number) + value;
        running[i] = (running[i] as number) + weight * value;
      }
      return labels;
    },
    decayed(now, halfLife) {
      if (groups.length > MAX_GROUPS) {
        settleBeforeCut();
        mergeOldGroups(groups, { halfLife, cut });
        changed(0);
      }
      if (halfLifeOfSums !== halfLife) recompute(halfLife);
      return nameSums(running, 2 ** ((reference - now) / halfLife));
    },
    undecayed: () => nameSums(total, 1),
    recentGroups(now, age) {
      const found: RecentGroup[] = [];
      for (let g = groups.length - 1; g >= 0; g--) {
        const { start, end, sums } = groups[g] as Group;
        if (now - end >= age || start < cut) break;
        found.push({ start, end, sums: nameSums(sums, 1) });
      }
      return found;
    },
    former(now, matureBefore) {
      settleBeforeCut();
      if (beforeCut === undefined) return undefined;
      const since = groups
        .filter(({ start, end }) => start >= cut && end <= matureBefore)
        .map(({ latest, sums }) => ({ elapsed: Math.min(latest, now) - cut, ...replyCounts(sums) }));
      return { sums: nameSums(beforeCut, 1), probability: returnProbability(replyCounts(beforeCut), since, now - cut) };
    },
    detectChange(matureBefore, isExplained) {
      const labels = total[LABELLED] as number;
      const visits = total[VISITS] as number;
      // The search reads the whole history, so it waits until there is 0.2 % more of it, or enough new labels in one part.
      const more = Math.max(Math.abs(labels - labelsAtCheck), Math.abs(visits - visitsAtCheck));
      if (more <= Math.min(RECHECK_FRACTION * visits, GROUP_OUTCOMES)) return false;
      const first = Math.max(
        0,
        groups.findIndex(group => group.start >= cut),
      );
      let end = groups.length;
      while (end > first && (groups[end - 1] as Group).end > matureBefore) end--;
      const bySuccess =
        labels === labelsAtCheck ? -1 : changeIn(groups, { first, end, counts: accepted, set: setAccepted });
      const byRejection =
        total[REJECTED] === 0
          ? -1
          : changeIn(groups, { first, end, counts: (rejected ??= noCounts()), set: setRejected });
      labelsAtCheck = labels;
      visitsAtCheck = visits;
      const found = Math.max(bySuccess, byRejection);
      if (found < 0) return false;
      const { start } = groups[found] as Group;
      if (isExplained?.(found === bySuccess ? 'success' : 'climb', start) === true) return false;
      unsummed = { first, end: found, halfLife: halfLifeOfSums };
      cut = start;
      recompute(halfLifeOfSums);
      labelsAtCheck = visitsAtCheck = Number.NaN; // The evidence after this change may show another one.
      return true;
    },
  };
}

function replyCounts(sums: readonly number[]): ReplyCounts {
  return {
    visits: sums[VISITS] as number,
    rejected: sums[REJECTED] as number,
    labelled: (sums[LABELLED] as number) - (sums[LABELLED_REJECTED] as number),
    successes: (sums[SUCCESSES] as number) - (sums[SUCCESSES_REJECTED] as number),
  };
}
