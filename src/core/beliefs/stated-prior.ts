/**
 * A success rate that the configuration states, as outcomes that it adds to a node's prior. How many of them count depends on
 * what the feature's own outcomes say: a power prior (Ibrahim and Chen 2000) whose power is P(the statements hold).
 */
import { DEFAULT_CONFIGURED_OUTCOMES, MAX_CONFIGURED_OUTCOMES, STATED_HOLDS } from './constants.ts';
import type { BetaShape, NodePrior } from './posterior.ts';
import { expectedSuccess, UNIFORM } from './posterior.ts';
import type { RateCounts } from './rate-counts.ts';
import { successCounts } from './rate-counts.ts';
import type { RoutingSums } from './routing-sums.ts';
import { addRoutingSums } from './routing-sums.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { logBeta } from '../math/distributions.ts';

/** P(success) by model when it is asked first, and how many outcomes that counts as, at most. */
export type StatedRates = Readonly<Partial<Record<string, { readonly success: number; readonly strength?: number }>>>;

export interface StatedOptions {
  readonly rates: StatedRates | undefined;
  /** The prior of a node without the statement. */
  readonly priorOf: (node: NodeKey) => NodePrior;
  /** Nodes from which some plan climbs on. */
  readonly climbing: ReadonlySet<NodeKey>;
  /** The feature's own sums of a node, by segment. */
  readonly sumsOf: (node: NodeKey, now: number) => readonly RoutingSums[];
  /** Changes whenever priors or outcomes do. */
  readonly revision: () => number;
}

/** The prior of a node, adjusted to the stated rates. */
export function statedPriors({
  rates = {},
  priorOf,
  climbing,
  sumsOf,
  revision: currentRevision,
}: StatedOptions): (node: NodeKey, now: number) => NodePrior {
  const stated = new Map(
    Object.entries(rates).flatMap(([node, rate]) => {
      if (rate === undefined) return [];
      const n = Math.min(MAX_CONFIGURED_OUTCOMES, rate.strength ?? DEFAULT_CONFIGURED_OUTCOMES);
      return [[node, { n, s: n * rate.success }]];
    }),
  );
  // The last power is cached, because a belief asks for the prior of every node at the same moment.
  let last = { now: Number.NaN, revision: -1, power: 0 };
  return (node, now) => {
    const prior = priorOf(node);
    const counts = stated.get(node);
    if (counts === undefined) return prior;
    const revision = currentRevision();
    if (last.now !== now || last.revision !== revision) {
      const nodes = [...stated].map(([each, counts]) => ({
        stated: counts,
        prior: expectedSuccess(priorOf(each)),
        outcomes: successCounts(climbing.has(each))(addRoutingSums(sumsOf(each, now))),
      }));
      last = { now, revision, power: probabilityOfStated(nodes) };
    }
    return withOutcomes(prior, { n: last.power * counts.n, s: last.power * counts.s });
  };
}

/**
 * P(the statements about all nodes hold), given the nodes' outcomes: if one statement is contradicted, the others count less too, so a
 * model that was wrongly stated to be bad is tried.
 */
export function probabilityOfStated(
  nodes: readonly { readonly stated: RateCounts; readonly prior: BetaShape; readonly outcomes: RateCounts }[],
): number {
  let logFactor = 0;
  for (const { stated, prior, outcomes } of nodes) {
    logFactor += logEvidence(plus(prior, stated), outcomes) - logEvidence(prior, outcomes);
  }
  return STATED_HOLDS / (STATED_HOLDS + (1 - STATED_HOLDS) * Math.exp(-logFactor));
}

/** ln P(outcomes). */
function logEvidence(prior: BetaShape, outcomes: RateCounts): number {
  const after = plus(prior, outcomes);
  return logBeta(after.a, after.b) - logBeta(prior.a, prior.b);
}

function plus({ a, b }: BetaShape, { n, s }: RateCounts): BetaShape {
  return { a: a + Math.max(0, s), b: b + Math.max(0, n - s) };
}

function withOutcomes({ byDifficulty, ...prior }: NodePrior, counts: RateCounts): NodePrior {
  return {
    ...prior,
    success: plus(prior.success, counts),
    ...(prior.likeness === undefined ? {} : { unlike: plus(UNIFORM, counts) }),
    ...(byDifficulty === undefined ? {} : { byDifficulty: byDifficulty.map(shape => plus(shape, counts)) }),
  };
}
