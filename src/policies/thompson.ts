/** Thompson sampling from a cached posterior table: the default policy. */
import type { ScoreWeights } from '../core/choice/allocation.ts';
import type { FloorOptions } from '../core/choice/constants.ts';
import type { SampleTable } from '../core/choice/posterior-samples.ts';
import {
  countShares,
  meanScores,
  raiseToFloors,
  sharpen,
  sharpness,
  valueOfFailure,
} from '../core/choice/allocation.ts';
import { COST_AWARE_FLOOR, EVALUATION_FLOOR, POOLED_FLOOR } from '../core/choice/constants.ts';
import { sampleMixture } from '../core/choice/posterior-samples.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { NodeComponent, Mixture, Posterior } from '../core/beliefs/posterior.ts';
import { asMixture } from '../core/beliefs/posterior.ts';
import { isSameBelief } from '../core/beliefs/same-belief.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { checkOptions, oneOf } from './options.ts';
import { sharePolicy } from './share-policy.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { firstPlan, planIndexes } from '../core/ledger/plan-set.ts';

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

/** Posterior samples, how far shares lean to the likeliest, and the floor that holds. */
interface Prepared {
  readonly belief: Mixture;
  readonly table: SampleTable;
  readonly exponent: number;
  readonly floor: FloorOptions | undefined;
}

/**
 * Chooses every plan with the probability that it is the cheapest, all things counted, given what is known. Explores
 * where that may pay and nowhere else; never commits. A feature that is new while others are known leans to the
 * likeliest plan. The propensity is exact: the shares are the policy.
 *
 * @throws RouterError `invalid-value` for an option or a floor that does not exist
 * @example
 * ```ts
 * const policy = thompson({ floor: 'evaluation' });
 * ```
 */
export function thompson(options: ThompsonOptions = {}): Policy {
  return samplingPolicy(options, {
    name: 'thompson',
    believe: (learned, nowMs) => asMixture(learned.posterior(nowMs)),
  });
}

/** Thompson sampling from whatever is believed of a segment. */
export interface SamplingRule {
  readonly name: string;
  believe(this: void, learned: LearnedSegment, nowMs: number): Mixture;
}

/** @throws RouterError `invalid-value` */
export function samplingPolicy(options: ThompsonOptions, { name, believe }: SamplingRule): Policy {
  checkOptions(name, options, { floor: oneOf(Object.keys(FLOORS)) });
  const floor = FLOORS[options.floor ?? 'cost-aware'];
  return sharePolicy<Prepared>({
    name,
    prepare({ learned, nowMs }, random): Prepared {
      const belief = believe(learned, nowMs);
      return {
        belief,
        table: sampleMixture(belief, random),
        exponent: sharpness(broadest(belief)),
        floor: floor === COST_AWARE_FLOOR && belief.hasPooledPrior === true ? POOLED_FLOOR : floor,
      };
    },
    stands: ({ belief }, { learned, nowMs }) => isSameBelief(belief, believe(learned, nowMs)),
    shares({ table, exponent, floor: least }, view) {
      const score = scoreOf(table, view);
      const shares = countShares(table, score, view.eligible);
      sharpen(shares, exponent);
      if (least !== undefined)
        raiseToFloors(shares, { scores: meanScores(table, score), eligible: view.eligible, floor: least });
      return shares;
    },
    floors({ table, floor: kept }, view) {
      if (kept === undefined) return undefined;
      const scores = meanScores(table, scoreOf(table, view));
      const least = new Float64Array(table.plans);
      // Raised from nothing, every plan but one is at its floor; that one, the best, gives and has none.
      const best = leader(scores, view.eligible);
      least[best] = 1;
      raiseToFloors(least, { scores, eligible: view.eligible, floor: kept });
      least[best] = 0;
      return least;
    },
  });
}

/** The last of what may be true of every node: what the whole feature has shown. A new segment of a known feature is not new. */
function broadest({ nodes, ...rest }: Mixture): Posterior {
  return { ...rest, nodes: nodes.map(likely => (likely.at(-1) as NodeComponent).node) };
}

function scoreOf(
  table: SampleTable,
  { failureCostUsd, objective, eligible, costMultiplier = 1 }: FeatureView,
): ScoreWeights {
  const perSuccess = objective === 'cost-per-success';
  return { valueUsd: valueOfFailure(table, { failureCostUsd, perSuccess, eligible }), costMultiplier };
}

function leader(scores: Float64Array, eligible: PlanSet): number {
  return planIndexes(eligible).reduce(
    (x, y) => ((scores[y] as number) < (scores[x] as number) ? y : x),
    firstPlan(eligible),
  );
}
