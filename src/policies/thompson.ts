/** Thompson sampling from a cached posterior table: the default policy. */
import type { FloorOptions } from '../core/choice/constants.ts';
import type { SampleTable } from '../core/choice/posterior-samples.ts';
import { countShares, meanScores, raiseToFloors, shareExponents, sharpen } from '../core/choice/allocation.ts';
import {
  COST_AWARE_FLOOR,
  EVALUATION_FLOOR,
  MAX_NEW_OUTCOME_FRACTION,
  POOLED_FLOOR,
  SHORT_TABLE_ROWS,
  TABLE_ROWS,
} from '../core/choice/constants.ts';
import { directByInformation, informationWeight } from '../core/choice/information.ts';
import { sampleMixture } from '../core/choice/posterior-samples.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { NodeComponent, Mixture, Posterior } from '../core/beliefs/posterior.ts';
import { asMixture } from '../core/beliefs/posterior.ts';
import { isSameBelief } from '../core/beliefs/same-belief.ts';
import type { Policy } from '../contracts/policy.ts';
import { checkOptions, oneOf } from './options.ts';
import { sharePolicy } from './share-policy.ts';
import { scoreWeights } from './view.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { firstPlan, planIndexes } from '../core/ledger/plan-set.ts';

export interface ThompsonOptions {
  /**
   * `cost-aware` (default): every plan keeps a small share, smaller the more trying it costs. `evaluation`: every plan has a share of at
   * least 0.02, so that a replay of the ledger can estimate the cost of another policy; this is more expensive. `none`: plain Thompson
   * sampling.
   */
  readonly floor?: 'cost-aware' | 'evaluation' | 'none';
}

const FLOORS: Readonly<Record<NonNullable<ThompsonOptions['floor']>, FloorOptions | undefined>> = {
  'cost-aware': COST_AWARE_FLOOR,
  evaluation: EVALUATION_FLOOR,
  none: undefined,
};

/** Posterior samples, how shares follow from them, and the floor. */
interface Prepared {
  /**
   * The belief that the table was sampled from; absent for a short table: it is not reused, because its sampling noise
   * would persist.
   */
  readonly belief: Mixture | undefined;
  readonly table: SampleTable;
  readonly exponents: readonly number[];
  /** Weight of information-directed sampling in the shares. */
  readonly informationWeight: number;
  readonly floor: FloorOptions | undefined;
}

/**
 * Chooses every plan with the posterior probability that it has the lowest total cost. It explores where that may save money, and never
 * commits to a plan. For a new feature whose priors come from other features, it prefers the likeliest plan more strongly; with two models,
 * it tries the one whose outcomes tell much for their price. The propensity is exact, because the plan is drawn from the shares.
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

/** Thompson sampling from a belief about a segment. */
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
    prepare({ learned, nowMs }, random, { replaced, isBudgetLow }): Prepared {
      const belief = believe(learned, nowMs);
      const known = broadest(belief);
      const rows = isBudgetLow && isShortLived(learned) ? SHORT_TABLE_ROWS : TABLE_ROWS;
      return {
        belief: rows < TABLE_ROWS ? undefined : belief,
        table: sampleMixture(belief, random, { rows, reused: replaced?.table }),
        exponents: shareExponents(known),
        informationWeight: floor === undefined ? 0 : informationWeight(known),
        floor: floor === COST_AWARE_FLOOR && belief.hasPooledPrior === true ? POOLED_FLOOR : floor,
      };
    },
    isStillValid: ({ belief }, { learned, nowMs }) =>
      belief !== undefined && isSameBelief(belief, believe(learned, nowMs)),
    shares({ table, exponents, informationWeight: weight, floor: least }, view) {
      const score = scoreWeights(table, view);
      const { eligible } = view;
      const shares = countShares(table, score, eligible);
      sharpen(shares, exponents);
      if (weight > 0) directByInformation(shares, { table, score, eligible, weight });
      if (least !== undefined) raiseToFloors(shares, { scores: meanScores(table, score), eligible, floor: least });
      return shares;
    },
    floors({ table, floor: kept }, view) {
      if (kept === undefined) return undefined;
      const scores = meanScores(table, scoreWeights(table, view));
      const least = new Float64Array(table.plans);
      // Raising shares of 0 puts every plan at its floor, except the best plan, which gives up its share and has no floor.
      const best = leader(scores, view.eligible);
      least[best] = 1;
      raiseToFloors(least, { scores, eligible: view.eligible, floor: kept });
      least[best] = 0;
      return least;
    },
  });
}

/**
 * The next outcome replaces the table, so few decisions use it. With few rows, plans are chosen nearly as often as with many; many rows
 * would take most of a call's time where thousands of features have few outcomes.
 */
function isShortLived({ outcomes }: LearnedSegment): boolean {
  return outcomes * MAX_NEW_OUTCOME_FRACTION < 1;
}

/** The last component of every node: the evidence of the whole feature. A new segment of a known feature counts as known. */
function broadest({ nodes, ...rest }: Mixture): Posterior {
  return { ...rest, nodes: nodes.map(likely => (likely.at(-1) as NodeComponent).node) };
}

function leader(scores: Float64Array, eligible: PlanSet): number {
  return planIndexes(eligible).reduce(
    (x, y) => ((scores[y] as number) < (scores[x] as number) ? y : x),
    firstPlan(eligible),
  );
}
