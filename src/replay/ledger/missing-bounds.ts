/**
 * How far the failure rates of a log's plans may be off because some intents have no outcome. If these are no fair sample, failed
 * intents get an outcome ρ times less often than successful ones. Then a plan with rate r among the outcomes fails in ρr/(1 − r + ρr) of
 * its intents, and plans that fail unequally often have unequal shares of intents with an outcome. So the shares of plans, and of
 * segments, limit ρ. This assumes that ρ is the same for all plans. Where segments have different shares, ρ may be another one for each
 * segment and plan, and the rates may be anything between none and all of the missing intents having failed.
 */
import type { OutcomesSeen } from './missing-outcomes.ts';
import { normalPoint, SEEN } from './missing-outcomes.ts';

/** The failure rate that a plan may have in a segment, where it has `rate` among the intents with an outcome. */
export type RateBound = (place: { readonly segment: number; readonly plan: number }, rate: number) => number;

export interface MissingBounds {
  readonly withoutOutcome: number;
  readonly intents: number;
  readonly least: RateBound;
  readonly most: RateBound;
  /** The range of ρ, and the rates at some values of it; absent where plans and segments may differ in ρ. */
  readonly ratio?: { readonly low: number; readonly high: number };
  readonly shared?: readonly RateBound[];
}

/** Chance that the limits of ρ do not contain its true value. Larger: intervals that miss the truth. Smaller: slightly wider intervals. */
const MISS = 0.02;

/**
 * Chance that segments are found to differ in their shares of intents with an outcome where they do not. Larger: more logs whose
 * outcomes are missing at random have no estimate. Smaller: what is missing in one segment is taken to be missing in all.
 */
const FALSE_DIFFERENCE = 0.005;

/** Maximum number of parts of the log's time inside which shares are compared, and minimum number of intents in one part of a segment. */
const MAX_PARTS = 10;
const MIN_INTENTS = 100;

/** Values of ρ that are tested, and those of them at which a saving is computed. */
const TESTED = 60;
const SHOWN = 5;

interface Tally {
  n: number;
  successes: number;
  failures: number;
}

/** A group's intents in one stratum. `pair`: a number for their segment and plan. */
interface GroupTally extends Tally {
  readonly group: number;
  readonly pair: number;
}

/** `undefined` if every intent has an outcome. */
export function missingBounds(seen: OutcomesSeen): MissingBounds | undefined {
  const plans = seen.plans.length;
  const pairs = seen.segments.flatMap(() => seen.plans.map((): Tally => ({ n: 0, successes: 0, failures: 0 })));
  const all: Tally = { n: 0, successes: 0, failures: 0 };
  for (let i = 0; i < seen.seen.length; i++) {
    add(pairs[(seen.segment[i] as number) * plans + (seen.plan[i] as number)] as Tally, seen.seen[i] as number);
    add(all, seen.seen[i] as number);
  }
  const withoutOutcome = all.n - all.successes - all.failures;
  if (withoutOutcome === 0) return undefined;

  const none: RateBound = ({ segment, plan }, rate) => {
    const { n, successes, failures } = pairs[segment * plans + plan] as Tally;
    return n > 0 ? ((successes + failures) / n) * rate : rate;
  };
  const every: RateBound = (place, rate) => none(place, rate) + 1 - none(place, 1);
  const found = { withoutOutcome, intents: all.n };
  const ratio = ratioOf(seen, { pairs, all });
  if (ratio === undefined) return { ...found, least: none, most: every };
  const at =
    (rho: number): RateBound =>
    (place, rate) =>
      Math.min(every(place, rate), Math.max(none(place, rate), (rho * rate) / (1 - rate + rho * rate)));
  const shared = Array.from({ length: SHOWN }, (_, i) => at(ratio.low * (ratio.high / ratio.low) ** (i / (SHOWN - 1))));
  return { ...found, least: at(ratio.low), most: at(ratio.high), ratio, shared };
}

/** `undefined` where segments differ in their shares of intents with an outcome. */
function ratioOf(
  seen: OutcomesSeen,
  { pairs, all }: { readonly pairs: readonly Tally[]; readonly all: Tally },
): MissingBounds['ratio'] {
  const { plans, plan, segments, segment } = seen;
  const used = new Set(segment).size;
  const parts = Math.max(1, Math.min(MAX_PARTS, Math.floor(all.n / used / MIN_INTENTS)));
  const partOf = (i: number): number => Math.floor((i * parts) / seen.seen.length);
  const byPlan = membersOf(seen, {
    group: i => plan[i] as number,
    stratum: i => partOf(i) * segments.length + (segment[i] as number),
  });
  const bySegment = membersOf(seen, {
    group: i => segment[i] as number,
    stratum: i => partOf(i) * plans.length + (plan[i] as number),
  });
  const segmentLimit = normalPoint(FALSE_DIFFERENCE / Math.max(1, used - 1));
  if (used > 1 && farthest(bySegment, pairs, 1) > segmentLimit) return undefined;
  const tests = new Set(plan).size - 1 + used - 1;
  const limit = normalPoint(MISS / Math.max(1, tests));
  // ρ is lowest where none of the missing intents failed, and highest where all of them failed.
  const missing = all.n - all.successes - all.failures;
  const range = {
    low: all.successes / (all.successes + missing),
    high: (all.failures + missing) / Math.max(0.5, all.failures),
  };
  const step = (range.high / range.low) ** (1 / TESTED);
  let [low, high] = [1, 1];
  for (let i = 0; i <= TESTED; i++) {
    const rho = range.low * step ** i;
    if (rho >= low && rho <= high) continue;
    if (Math.max(farthest(byPlan, pairs, rho), farthest(bySegment, pairs, rho)) > limit) continue;
    [low, high] = [Math.min(low, rho), Math.max(high, rho)];
  }
  // The limits lie between two tested values.
  return { low: Math.max(range.low, low / step), high: Math.min(range.high, high * step) };
}

/** The largest difference, in standard errors, between a group's intents and the number that follows from its outcomes if ρ is `asked`. */
function farthest(strata: readonly (readonly GroupTally[])[], pairs: readonly Tally[], asked: number): number {
  const sums = new Map<number, { difference: number; variance: number }>();
  for (const members of strata) {
    if (members.length < 2) continue;
    const all = sumOf(members);
    const missing = all.n - all.successes - all.failures;
    // Where little is missing, ρ cannot be far from 1.
    const rho = Math.min(
      (all.failures + missing) / all.failures,
      Math.max(all.successes / (all.successes + missing), asked),
    );
    if (!Number.isFinite(rho)) continue;
    const weigh = ({ successes, failures }: Tally): number => successes + rho * failures;
    const whole = weigh(all);
    if (!(whole > 0)) continue;
    // One divided by the share of the successful intents that have an outcome.
    const x = all.n / whole;
    const variances = members.map(({ n, pair }) => n * Math.max(0, x * meanWeight(pairs[pair] as Tally, rho) - 1));
    const variance = variances.reduce((sum, each) => sum + each, 0);
    for (const [m, member] of members.entries()) {
      const sum = sums.get(member.group) ?? { difference: 0, variance: 0 };
      sums.set(member.group, sum);
      const part = member.n / all.n;
      const own = variances[m] as number;
      sum.difference += member.n - (all.n * weigh(member)) / whole;
      sum.variance += (1 - part) ** 2 * own + part ** 2 * (variance - own);
    }
  }
  let most = 0;
  for (const { difference, variance } of sums.values())
    if (variance > 0) most = Math.max(most, Math.abs(difference) / Math.sqrt(variance));
  return most;
}

/** p + ρ(1 − p), with p the success rate that follows from ρ. */
function meanWeight({ successes, failures }: Tally, rho: number): number {
  const [s, f] = [successes + 0.5, failures + 0.5];
  return (s + rho ** 2 * f) / (s + rho * f);
}

function membersOf(
  { seen, plan, segment, plans }: OutcomesSeen,
  { group, stratum }: { readonly group: (item: number) => number; readonly stratum: (item: number) => number },
): readonly (readonly GroupTally[])[] {
  const strata = new Map<number, Map<number, GroupTally>>();
  for (let i = 0; i < seen.length; i++) {
    const key = stratum(i);
    let members = strata.get(key);
    if (members === undefined) strata.set(key, (members = new Map()));
    let member = members.get(group(i));
    if (member === undefined) {
      const pair = (segment[i] as number) * plans.length + (plan[i] as number);
      members.set(group(i), (member = { group: group(i), pair, n: 0, successes: 0, failures: 0 }));
    }
    add(member, seen[i] as number);
  }
  return [...strata.values()].map(members => [...members.values()]);
}

function add(tally: Tally, seen: number): void {
  tally.n++;
  if (seen === SEEN.success) tally.successes++;
  if (seen === SEEN.failure) tally.failures++;
}

function sumOf(tallies: readonly Tally[]): Tally {
  const sum: Tally = { n: 0, successes: 0, failures: 0 };
  for (const { n, successes, failures } of tallies) {
    sum.n += n;
    sum.successes += successes;
    sum.failures += failures;
  }
  return sum;
}
