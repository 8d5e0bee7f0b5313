/**
 * What a verdict says, as rows of the pool of features: how often the replies of a node are accepted, and how often a
 * rejected one was good. So a feature's first intents know how far verdicts could be trusted elsewhere.
 */
import { REJECTED_SUCCESS } from './constants.ts';
import type { Guess } from './constants.ts';
import type { BetaShape, NodePrior } from './posterior.ts';
import { flipped } from './posterior.ts';
import type { RateCell } from '../cells/rate-cells.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** Endings of the keys of these rows: no model is named so. */
const ACCEPTED = '\0accepted';
const RETURNED = '\0returned';

/** The row of every node's success, and beside it the two rows of a node that plans climb on from. */
export function withVerdictRows(cells: readonly RateCell[]): readonly RateCell[] {
  return cells.flatMap(cell => {
    const { feature, node, costRank, visits = 0, verdict } = cell;
    if (verdict === undefined) return [cell];
    const accepted = { feature, node: node + ACCEPTED, n: visits, s: visits - verdict.rejected };
    return [
      cell,
      costRank === undefined ? accepted : { ...accepted, costRank },
      { feature, node: node + RETURNED, n: verdict.returned, s: verdict.returnedSuccesses },
    ];
  });
}

export function isVerdictRow(node: NodeKey): boolean {
  return node.endsWith(ACCEPTED) || node.endsWith(RETURNED);
}

/** What is expected of a row before any outcome, where it is not that of a success. */
export function verdictGuess(node: NodeKey): Guess | undefined {
  return node.endsWith(RETURNED) ? REJECTED_SUCCESS : undefined;
}

/** The priors of a node's verdict, from the shapes of its two rows. */
export function verdictPriors(
  shapes: ReadonlyMap<NodeKey, BetaShape>,
  node: NodeKey,
): Partial<Pick<NodePrior, 'climb' | 'rejected'>> {
  const accepted = shapes.get(node + ACCEPTED);
  const rejected = shapes.get(node + RETURNED);
  return accepted === undefined || rejected === undefined ? {} : { climb: flipped(accepted), rejected };
}
