/**
 * Finds out whether plans were chosen by properties of the request. If so, their figures cover different requests, and a plan that gets the
 * easy ones looks good. The plans are compared as if each had got the same mix of segments (direct standardization).
 */
import type { Cell, CellKey } from '../cells/cell.ts';
import { sumOf, sumsByPlan } from '../cells/sums.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { CostSample } from '../math/interval.ts';
import { MAX_UNCOMPARED_FRACTION, MIN_OUTCOMES_PER_SEGMENT, SELECTION_BY_CHANCE } from './constants.ts';
import { costSample } from './cost-sample.ts';
import { describePlan, formatCount } from './wording.ts';

/** Comparison of plans that were chosen by the request. */
export type Selection =
  /** The expected figures of each plan with the traffic of the whole feature, in the order of the plans. */
  | { readonly samples: readonly CostSample[] }
  /** Why the comparison is impossible, in words that follow "while". */
  | { readonly reason: string };

/**
 * `undefined` where, by the segments, the plans got the same requests.
 *
 * @param cells those that the plans are compared by
 * @param history cells of more intents, which show sooner that plans are chosen by the request
 */
export function selectionOf(
  cells: readonly Cell[],
  { plans, failureCostUsd }: { readonly plans: readonly PlanKey[]; readonly failureCostUsd: number },
  history = cells,
): Selection | undefined {
  if (plans.length < 2 || !dependsOnSegment(history)) return undefined;
  const bySegment = [...Map.groupBy(cells, ({ key }) => key.segment)].map(([segment, own]) => {
    const sums = sumsByPlan(own);
    const outcomes = plans.map(plan => Number(sums.get(plan)?.labelled ?? 0n));
    return { segment, sums, n: Number(sumOf(sums.values()).n ?? 0n), outcomes, fewest: Math.min(...outcomes) };
  });
  const compared = bySegment.filter(({ fewest }) => fewest >= MIN_OUTCOMES_PER_SEGMENT);
  const total = (of: typeof bySegment): number => of.reduce((sum, { n }) => sum + n, 0);
  const covered = total(compared);
  if (compared.length === 0 || covered < (1 - MAX_UNCOMPARED_FRACTION) * total(bySegment)) {
    const [worst] = bySegment.filter(each => !compared.includes(each)).sort((a, b) => b.n - a.n);
    const { segment = '', fewest = 0, outcomes = [] } = worst ?? {};
    const plan = describePlan(plans[outcomes.indexOf(fewest)] ?? '');
    const count = `${formatCount(fewest)} ${fewest === 1 ? 'outcome' : 'outcomes'}`;
    const where = segment === '' ? 'without context' : `where ${segment}`;
    return { reason: `routing depends on the request and ${plan} has only ${count} ${where}` };
  }
  const samples = plans.map(plan =>
    standardised(
      compared.map(({ sums, n }) => ({
        share: n / covered,
        sample: costSample(sums.get(plan) ?? {}, failureCostUsd),
      })),
      costSample(sumOf(compared.map(({ sums }) => sums.get(plan) ?? {})), failureCostUsd),
    ),
  );
  return { samples };
}

/**
 * A sample with the strata's rates weighted by their shares, and with the size at which its variances equal those of the
 * weighted sums.
 */
function standardised(
  strata: readonly { readonly share: number; readonly sample: CostSample }[],
  pooled: CostSample,
): CostSample {
  const sum = (of: (sample: CostSample, share: number) => number): number =>
    strata.reduce((total, { share, sample }) => total + of(sample, share), 0);
  // One success and one failure are added, so that a stratum without failures is not treated as certain.
  const smoothed = ({ successes, labelled }: CostSample): number => (successes + 1) / (labelled + 2);
  const failRate = ({ successes, labelled }: CostSample): number => 1 - successes / labelled;
  const rate = sum((sample, share) => share * smoothed(sample));
  const rateVariance = sum((sample, share) => {
    const p = smoothed(sample);
    return (share * share * p * (1 - p)) / sample.labelled;
  });
  const labelled = (rate * (1 - rate)) / rateVariance;
  const fails = sum((sample, share) => share * failRate(sample));
  const n = 1 / sum((sample, share) => (share * share) / sample.n);
  const lossUsd = sum((sample, share) => share * failRate(sample) * sample.failureCostUsd);
  return {
    ...pooled,
    n,
    meanUsd: sum((sample, share) => share * sample.meanUsd),
    variance: n * sum((sample, share) => (share * share * sample.variance) / sample.n),
    labelled,
    successes: labelled * (1 - fails),
    failureCostUsd: fails > 0 ? lossUsd / fails : pooled.failureCostUsd,
  };
}

/**
 * Whether the plans' shares differ between segments by more than chance, each segment compared with the others in the same hours (Mantel &
 * Haenszel 1959): shares that change in time together with the traffic are not selection.
 */
function dependsOnSegment(cells: readonly Cell[]): boolean {
  const tables = Map.groupBy(
    cells.filter(({ key }) => key.scope === 'plan'),
    ({ key }) => key.bucket,
  );
  const excess = new Map<string, { observed: number; variance: number }>();
  const segments = new Set<string>();
  const plans = new Set<PlanKey>();
  for (const own of tables.values()) {
    const byPlan = intentsBy(own, ({ subject }) => subject);
    const bySegment = intentsBy(own, ({ segment }) => segment);
    if (bySegment.size < 2 || byPlan.size < 2) continue;
    const total = [...byPlan.values()].reduce((sum, n) => sum + n, 0);
    // Names never contain a tab.
    const each = intentsBy(own, ({ segment, subject }) => `${segment}\t${subject}`);
    for (const [segment, inSegment] of bySegment) {
      for (const [plan, ofPlan] of byPlan) {
        const id = `${segment}\t${plan}`;
        const sum = excess.get(id) ?? { observed: 0, variance: 0 };
        excess.set(id, sum);
        sum.observed += (each.get(id) ?? 0) - (inSegment * ofPlan) / total;
        const spread = inSegment * (total - inSegment) * ofPlan * (total - ofPlan);
        if (total > 1) sum.variance += spread / (total * total * (total - 1));
        segments.add(segment);
        plans.add(plan);
      }
    }
  }
  const squares = [...excess.values()].flatMap(({ observed, variance }) =>
    variance > 0 ? [(observed * observed) / variance] : [],
  );
  if (squares.length === 0) return false;
  const largest = Math.max(...squares);
  // The first test finds a single segment that differs, the second one finds many small segments that all differ.
  // P(|Z| > z) ≤ exp(−z²/2).
  const byOne = squares.length * Math.exp(-largest / 2) < SELECTION_BY_CHANCE;
  const sum = squares.reduce((total, square) => total + square, 0);
  return byOne || sum > squares.length + 8 * plans.size * Math.sqrt(2 * segments.size);
}

/** Counts only the intents: adding all sums of every cell would take most of the time. */
function intentsBy(cells: readonly Cell[], by: (key: CellKey) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key, sums } of cells) {
    const name = by(key);
    counts.set(name, (counts.get(name) ?? 0) + Number(sums.n ?? 0n));
  }
  return counts;
}
