/**
 * Tests whether outcomes are missing at random, or more often for failures or for successes. A replay sees only intents with an outcome. It
 * is right as long as failed and successful intents get an outcome equally often. Otherwise, the fraction of intents with an outcome
 * depends on what makes intents fail: the plan, or the time in which an outcome could arrive.
 */
import { betaCdf, betaQuantile } from '../../core/math/distributions.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { describePlan, formatPercent } from '../../core/report/wording.ts';
import type { DecisionLog } from './decision-log.ts';
import { stratumOfEach } from './strata.ts';
import type { Dealt } from './count-chance.ts';
import { hitsByChance } from './count-chance.ts';

/** The decisions of one feature, in the order of time. */
export interface OutcomesSeen {
  readonly plans: readonly PlanKey[];
  /**
   * For each decision, the index of its plan, and its stratum in the estimate: strata may differ in how many outcomes they have.
   */
  readonly plan: Uint32Array;
  readonly stratum: Uint32Array;
  /** The segments, and for each decision the index of its segment. Strata divide segments. */
  readonly segments: readonly string[];
  readonly segment: Uint32Array;
  /** One of {@link SEEN}. */
  readonly seen: Uint32Array;
}

/** Codes for the known outcome of a decision. */
export const SEEN = { nothing: 0, success: 1, failure: 2 } as const;

/** @param hasOutcome 1 for each decision of the log that has an outcome */
export function outcomesSeen(log: DecisionLog, hasOutcome: Uint32Array): OutcomesSeen {
  const { plans, plan, segments, segment, failed } = log;
  const seen = hasOutcome.map((has, i) => (has === 0 ? SEEN.nothing : failed[i] === 1 ? SEEN.failure : SEEN.success));
  return { plans, plan, segments, segment, stratum: stratumOfEach(log), seen };
}

/** Parts of the log that are compared with the rest. More: each has fewer outcomes. Fewer: a missing end is averaged away. */
const PARTS = 10;

/**
 * Chance of refusing a log whose outcomes are missing at random, together 1.5 %. Smaller: outcomes that are missing more often for failures or for successes are found
 * later. The test by plan has the largest part, because a plan that is seldom chosen shows little; outcomes that are missing at one time
 * are found easily.
 */
const FALSE_REFUSALS = { byPlan: 0.008, inSegment: 0.005, byTime: 0.002 };

/**
 * Minimum relative difference that counts. In a ledger of millions, smaller differences are statistically significant and matter little.
 */
const MIN_DIFFERENCE = 0.02;

/**
 * Minimum relative difference between a plan and the others in one segment. Larger: a plan that fails in 2 % of its intents could lose half
 * of its failures unnoticed, however many intents there are.
 */
const MIN_DIFFERENCE_TO_OTHERS = 0.01;

/** The reason why the outcomes are not a fair sample; `undefined` if chance explains which are missing. */
export function missingByKind(log: OutcomesSeen): string | undefined {
  return byPlan(log) ?? inSegment(log) ?? byTime(log);
}

function byPlan({ plans, plan, stratum, seen }: OutcomesSeen): string | undefined {
  const labelled = compare(seen.length, {
    group: i => plan[i] as number,
    stratum: i => PARTS * (stratum[i] as number) + partOf(i, seen),
    isHit: i => seen[i] !== SEEN.nothing,
  });
  const limit = normalPoint(FALSE_REFUSALS.byPlan / Math.max(1, labelled.size - 1));
  const found = [...labelled].find(([, compared]) => compared.z > limit && isLarge(compared));
  if (found === undefined) return undefined;
  const [index, { n, hits, expected }] = found;
  return (
    `${formatPercent(hits / n)} of the intents with ${describePlan(plans[index] as PlanKey)} have an outcome, where ${formatPercent(expected / n)} would ` +
    `if that did not depend on the plan. ${NOT_A_SAMPLE}`
  );
}

/**
 * What is missing in one segment is hidden by the others, where these are complete. So each segment is looked at alone. Only
 * segments with a missing outcome share the chance of a false refusal: the others cannot cause one.
 */
function inSegment({ plans, plan, segments, segment, stratum, seen }: OutcomesSeen): string | undefined {
  if (segments.length < 2) return undefined;
  const labelled = compare(seen.length, {
    group: i => plans.length * (segment[i] as number) + (plan[i] as number),
    stratum: i => PARTS * (stratum[i] as number) + partOf(i, seen),
    isHit: i => seen[i] !== SEEN.nothing,
  });
  const compared = [...labelled].filter(([, { variance }]) => variance > 0);
  const limit = FALSE_REFUSALS.inSegment / compared.length;
  const [found] = compared
    .filter(([, one]) => isLargeToOthers(one) && chanceOf(one) < limit)
    .sort(([, a], [, b]) => a.hits / a.expected - b.hits / b.expected);
  if (found === undefined) return undefined;
  const [index, { n, hits, expected }] = found;
  const name = segments[Math.floor(index / plans.length)] as string;
  return (
    `in the segment '${name}', ${formatPercent(hits / n)} of the intents with ${describePlan(plans[index % plans.length] as PlanKey)} have an ` +
    `outcome, where ${formatPercent(expected / n)} would if that did not depend on the plan. ${NOT_A_SAMPLE}`
  );
}

/** The chance of a difference at least as large, in either direction. */
function chanceOf({ hits, z, dealt }: GroupDifference): number {
  const counts = hitsByChance(dealt);
  if (counts === undefined) return betaCdf(FREEDOM / (FREEDOM + z ** 2), FREEDOM / 2, 0.5);
  let [below, above] = [0, 0];
  for (const [i, chance] of counts.chances.entries()) {
    if (counts.least + i <= hits) below += chance;
    if (counts.least + i >= hits) above += chance;
  }
  return Math.min(1, 2 * Math.min(below, above));
}

/**
 * Fewer outcomes at one time are harmless by themselves. If the success rate differs too, the missing outcomes differ from the
 * others.
 */
function byTime({ plans, plan, stratum, seen }: OutcomesSeen): string | undefined {
  const within = {
    group: (i: number) => partOf(i, seen),
    stratum: (i: number) => plans.length * (stratum[i] as number) + (plan[i] as number),
  };
  const labelled = compare(seen.length, { ...within, isHit: i => seen[i] !== SEEN.nothing });
  const failures = compare(seen.length, {
    ...within,
    isCounted: i => seen[i] !== SEEN.nothing,
    isHit: i => seen[i] === SEEN.failure,
  });
  const limit = normalPoint(FALSE_REFUSALS.byTime / PARTS);
  const found = [...labelled].find(
    ([part, compared]) => compared.z > limit && isLarge(compared) && (failures.get(part)?.z ?? 0) > limit,
  );
  if (found === undefined) return undefined;
  const [, { n, hits, expected }] = found;
  return (
    `in a tenth of the log, ${formatPercent(hits / n)} of the intents have an outcome, where by the rest of the log ` +
    `${formatPercent(expected / n)} would, and those that have one fail more or less often than at other times. ${NOT_A_SAMPLE}`
  );
}

function partOf(i: number, { length }: { readonly length: number }): number {
  return Math.floor((i * PARTS) / length);
}

const NOT_A_SAMPLE =
  'Failed and successful intents seem to get an outcome unequally often, so that those with one are not representative: ' +
  'record every outcome, or choose a period of which all outcomes have arrived';

interface GroupDifference {
  /** Intents of the group, hits among them, and the hits to expect if the group did not matter. */
  readonly n: number;
  readonly hits: number;
  readonly expected: number;
  /** The difference in standard errors, with a correction for continuity. */
  readonly z: number;
  readonly variance: number;
  /** The outcomes that each stratum had to distribute over the groups. */
  readonly dealt: readonly Dealt[];
}

/** Compares each group with the others inside strata (Mantel & Haenszel 1959). Items, groups and strata are numbers. */
function compare(
  items: number,
  {
    group,
    stratum,
    isCounted = () => true,
    isHit,
  }: {
    readonly group: (item: number) => number;
    readonly stratum: (item: number) => number;
    readonly isCounted?: (item: number) => boolean;
    readonly isHit: (item: number) => boolean;
  },
): ReadonlyMap<number, GroupDifference> {
  const strata = new Map<number, Map<number, { n: number; hits: number }>>();
  for (let i = 0; i < items; i++) {
    if (!isCounted(i)) continue;
    const groups = getOr(strata, stratum(i), () => new Map());
    const counts = getOr(groups, group(i), () => ({ n: 0, hits: 0 }));
    counts.n++;
    if (isHit(i)) counts.hits++;
  }
  const sums = new Map<number, { n: number; hits: number; expected: number; variance: number; dealt: Dealt[] }>();
  for (const groups of strata.values()) {
    let [all, hits] = [0, 0];
    for (const counts of groups.values()) [all, hits] = [all + counts.n, hits + counts.hits];
    for (const [name, counts] of groups) {
      const sum = getOr(sums, name, () => ({ n: 0, hits: 0, expected: 0, variance: 0, dealt: [] as Dealt[] }));
      sum.n += counts.n;
      sum.dealt.push({ items: all, hits, n: counts.n });
      sum.hits += counts.hits;
      sum.expected += (counts.n * hits) / all;
      if (all > 1) sum.variance += (counts.n * (all - counts.n) * hits * (all - hits)) / (all * all * (all - 1));
    }
  }
  return new Map(
    [...sums].map(([name, { n, hits, expected, variance, dealt }]) => {
      const difference = Math.max(0, Math.abs(hits - expected) - 0.5);
      const z = variance > 0 ? difference / Math.sqrt(variance) : 0;
      return [name, { n, hits, expected, z, variance, dealt }];
    }),
  );
}

function isLarge({ hits, expected }: GroupDifference): boolean {
  return Math.abs(hits - expected) >= MIN_DIFFERENCE * expected;
}

/** Compares with the other plans alone: where a plan has most of the intents, the share of all is nearly its own. */
function isLargeToOthers({ n, hits, expected, dealt }: GroupDifference): boolean {
  const others = dealt.reduce((sum, { items, n: own }) => sum + (own * (items - own)) / items, 0);
  return Math.abs(hits - expected) * n >= MIN_DIFFERENCE_TO_OTHERS * expected * others;
}

/** The distance from 0 that a standard normal exceeds with this probability: Student's t with many degrees of freedom. */
export function normalPoint(probability: number): number {
  const x = betaQuantile(probability, FREEDOM / 2, 0.5);
  return Math.sqrt((FREEDOM * (1 - x)) / x);
}

const FREEDOM = 1e6;

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
