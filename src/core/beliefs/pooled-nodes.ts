/** Success rates by node, pooled over features, where no feature counts for more than a few outcomes. */
import type { Guess } from './constants.ts';
import {
  MAX_OBSERVATIONS_PER_FEATURE,
  COST_RANK_OUTCOMES,
  REJECTED_SUCCESS,
  SUCCESS_BY_COST_RANK,
  SUCCESS_WITHOUT_RANK,
} from './constants.ts';
import type { RateCounts } from './rate-counts.ts';
import type { VerdictKind } from './verdict-rows.ts';
import { verdictKind } from './verdict-rows.ts';
import type { RateCell } from '../cells/rate-cells.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { sigmoid } from '../math/sigmoid.ts';

export interface PooledNode {
  /** Outcomes and successes: at most {@link MAX_OBSERVATIONS_PER_FEATURE} of each feature, plus those of the prior by cost rank. */
  readonly n: number;
  readonly s: number;
  /** Success rate on the logit scale. */
  readonly logit: number;
  /** What is expected before any outcome. */
  readonly guess: Guess;
  /** Number of features with outcomes; one with few outcomes counts as a fraction. */
  readonly features: number;
}

export function pooledNodes(cells: readonly RateCell[]): ReadonlyMap<NodeKey, PooledNode> {
  const byNode = Map.groupBy(cells, cell => cell.node);
  const ofVerdicts = verdictRates(byNode);
  const pooled = new Map<NodeKey, PooledNode>();
  for (const [node, rows] of byNode) {
    const guess = ofVerdicts.get(verdictKind(rows)) ?? priorGuess(rows);
    const { n, s } = total([...rows.map(cappedCounts), { n: guess.weight, s: guess.weight * guess.value }]);
    const logit = logitOf(n, s);
    const features = rows.reduce((sum, row) => sum + informationFraction(row, logit), 0);
    pooled.set(node, { n, s, logit, guess, features });
  }
  return pooled;
}

/**
 * The expected rate of a row about a verdict: that of the verdicts on all models together. A verdict that is right about one model's
 * replies is probably right about another's.
 */
function verdictRates(byNode: ReadonlyMap<NodeKey, readonly RateCell[]>): ReadonlyMap<VerdictKind | undefined, Guess> {
  const kinds = Map.groupBy(byNode.values(), verdictKind);
  kinds.delete(undefined);
  return new Map(
    [...kinds].map(([kind, nodes]) => {
      const rows = nodes.flat();
      const { value, weight } = kind === 'returned' ? REJECTED_SUCCESS : priorGuess(rows);
      const { n, s } = total([...rows.map(cappedCounts), { n: weight, s: weight * value }]);
      return [kind, { value: s / n, weight }];
    }),
  );
}

function total(counts: readonly RateCounts[]): RateCounts {
  return counts.reduce((sum, { n, s }) => ({ n: sum.n + n, s: sum.s + s }), { n: 0, s: 0 });
}

/** Pooled counts with this feature left out. */
export function leaveOneOut(pooled: PooledNode, row: RateCell | undefined): PooledNode {
  if (row === undefined || row.n <= 0) return pooled;
  const counted = cappedCounts(row);
  const n = pooled.n - counted.n;
  const s = pooled.s - counted.s;
  const features = Math.max(0, pooled.features - informationFraction(row, pooled.logit));
  return { ...pooled, n, s, logit: logitOf(n, s), features };
}

/** Weight of a feature, from 0 to 1: one half when its outcomes determine the logit of its rate with a variance of 1. */
export function informationFraction({ n }: RateCell, logit: number): number {
  const rate = sigmoid(logit);
  const information = n * rate * (1 - rate);
  return information / (1 + information);
}

function logitOf(n: number, s: number): number {
  return Math.log(s / (n - s));
}

function cappedCounts({ n, s }: RateCell): RateCounts {
  const weight = Math.min(1, MAX_OBSERVATIONS_PER_FEATURE / Math.max(1, n));
  return { n: weight * n, s: weight * s };
}

/**
 * The prior from the candidate's cost rank and from public evidence together, so that wrong evidence is partly
 * compensated.
 */
function priorGuess(rows: readonly RateCell[]): Guess {
  const { value, weight } = costRankPrior(rows);
  const outside = rows.flatMap(({ expected }) => expected ?? []);
  // Takes the mean over features: the same evidence on a model would otherwise count once for each feature.
  const counts = outside.map(({ success, outcomes }) => {
    const n = outcomes / outside.length;
    return { n, s: n * success };
  });
  const { n, s } = total([{ n: weight, s: weight * value }, ...counts]);
  return { value: s / n, weight: n };
}

function costRankPrior(rows: readonly RateCell[]): Guess {
  const ranks = rows.flatMap(({ costRank }) => costRank ?? []);
  if (ranks.length === 0) return SUCCESS_WITHOUT_RANK;
  const [cheapest, mostExpensive] = SUCCESS_BY_COST_RANK;
  const rank = ranks.reduce((sum, each) => sum + each, 0) / ranks.length;
  return { value: cheapest + (mostExpensive - cheapest) * rank, weight: COST_RANK_OUTCOMES };
}
