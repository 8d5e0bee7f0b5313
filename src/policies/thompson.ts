/** Thompson sampling from a cached posterior table: the default policy. */
import type { FloorOptions } from '../core/allocation.ts';
import {
  COST_AWARE_FLOOR,
  countShares,
  EVALUATION_FLOOR,
  meanScores,
  raiseToFloors,
  sampleTable,
  valueOfFailure,
} from '../core/allocation.ts';
import type { Policy } from './policy.ts';
import { sharePolicy } from './share-policy.ts';

export interface ThompsonOptions {
  /**
   * `cost-aware` (default): a plan is still tried as often as trying it is worth. `evaluation`: at least a share of 0.02
   * for every plan, so that a ledger can answer what another policy would have cost; dearer while it lasts.
   * `none`: plain Thompson sampling.
   */
  readonly floor?: 'cost-aware' | 'evaluation' | 'none';
}

const FLOORS: Readonly<Record<NonNullable<ThompsonOptions['floor']>, FloorOptions | undefined>> = {
  'cost-aware': COST_AWARE_FLOOR,
  evaluation: EVALUATION_FLOOR,
  none: undefined,
};

/**
 * Chooses every plan with the probability that it is the cheapest, all things counted, given what is known. Explores
 * where that may pay and nowhere else; never commits. The propensity is exact: the shares are the policy.
 *
 * @example
 * ```ts
 * const policy = thompson({ floor: 'evaluation' });
 * ```
 */
export function thompson(options: ThompsonOptions = {}): Policy {
  const floor = FLOORS[options.floor ?? 'cost-aware'];
  return sharePolicy({
    name: 'thompson',
    prepare: (view, random) => sampleTable(view.learned.posterior(view.nowMs), random),
    shares(table, { failureCostUsd, objective, eligible, costMultiplier = 1 }) {
      const perSuccess = objective === 'cost-per-success';
      const score = { valueUsd: valueOfFailure(table, { failureCostUsd, perSuccess, eligible }), costMultiplier };
      const shares = countShares(table, score, eligible);
      if (floor !== undefined) raiseToFloors(shares, { scores: meanScores(table, score), eligible, floor });
      return shares;
    },
  });
}
