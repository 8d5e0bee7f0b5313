/**
 * Rows about verdicts in the pool of features: how often the replies of a node are accepted, and how often a rejected
 * reply was good. So for a feature's first intents, routing knows how far verdicts could be trusted in other features.
 */
import { REJECTED_SUCCESS } from './constants.ts';
import type { BetaShape, NodePrior } from './posterior.ts';
import { flipped } from './posterior.ts';
import type { RateCell } from '../cells/rate-cells.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** Suffixes of the keys of these rows: no model has such a name. */
const ACCEPTED = '\0accepted';
const RETURNED = '\0returned';

/** P(success) of a rejected reply before any outcome of this feature or of others. */
export const REJECTED_PRIOR: BetaShape = Object.freeze({
  a: REJECTED_SUCCESS.weight * REJECTED_SUCCESS.value,
  b: REJECTED_SUCCESS.weight * (1 - REJECTED_SUCCESS.value),
});

/** The row of every node's success, and beside it the two rows of a node that plans climb on from. */
export function withVerdictRows(cells: readonly RateCell[]): readonly RateCell[] {
  return cells.flatMap(cell => {
    const { feature, node, costRank, expected, visits = 0, verdict } = cell;
    if (verdict === undefined) return [cell];
    return [
      cell,
      { feature, node: node + ACCEPTED, n: visits, s: visits - verdict.rejected, costRank, expected },
      { feature, node: node + RETURNED, n: verdict.returned, s: verdict.returnedSuccesses },
    ];
  });
}

export function isVerdictRow(node: NodeKey): boolean {
  return node.endsWith(ACCEPTED) || node.endsWith(RETURNED);
}

/**
 * Rows that mainly show how good a verdict is, and so are similar for all models: of accepted replies, and of rejected
 * ones.
 */
export type VerdictKind = 'accepted' | 'returned';

/** @param rows of one node */
export function verdictKind(rows: readonly RateCell[]): VerdictKind | undefined {
  if (rows[0]?.node.endsWith(RETURNED) === true) return 'returned';
  return rows.some(({ verdict }) => verdict !== undefined) ? 'accepted' : undefined;
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
