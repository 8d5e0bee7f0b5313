/** Track-and-stop (Garivier & Kaufmann 2016): samples so as to find the best plan as soon as possible, then commits. A reference policy. */
import type { SampleTable } from '../core/choice/posterior-samples.ts';
import { meanScores } from '../core/choice/allocation.ts';
import { meanTable } from '../core/choice/posterior-samples.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import { betaVariance } from '../core/beliefs/posterior.ts';
import { checkNames } from '../errors.ts';
import type { Plan } from '../core/ledger/vocabulary.ts';
import { eligibleKeys, scoreWeights } from './view.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { planIndexes } from '../core/ledger/plan-set.ts';

/** Minimum outcomes per plan before the stopping rule is evaluated. Larger: it commits later; smaller: it may commit by luck. */
const MIN_OUTCOMES = 10;
/** Probability that it commits to a plan that is not the best. Smaller: it commits later. */
const MAX_ERROR = 1e-4;

interface Arm {
  readonly score: number;
  readonly n: number;
  /** Variance of the loss of one outcome, USD². */
  readonly variance: number;
}

/**
 * For single-model plans: a plan that climbs is treated as its first model. Losses are modeled as Gaussian, with the variance of a
 * Bernoulli variable times the failure cost; the proportions are those of Glynn & Juneja.
 *
 * @example
 * ```ts
 * const policy = trackAndStop();
 * ```
 */
export function trackAndStop(options: Readonly<Record<string, never>> = {}): Policy {
  checkNames(options, [], 'trackAndStop');
  // The plan for each set of eligible plans: the best plan during an outage need not be the best of all plans.
  const committed = new WeakMap<LearnedSegment, Map<PlanSet, number>>();
  return Object.freeze({
    name: 'track-and-stop',
    decide(view) {
      const choices = planIndexes(view.eligible);
      let stopped = committed.get(view.learned);
      if (stopped === undefined) committed.set(view.learned, (stopped = new Map()));
      const kept = stopped.get(view.eligible);
      const chosen = kept ?? track(view, { choices, stopped });
      return {
        plan: view.plans[chosen] as Plan,
        propensity: 1,
        eligible: eligibleKeys(view),
        policy: 'track-and-stop',
        reason: kept === undefined ? 'finding out' : 'stopped',
      };
    },
  } satisfies Policy);
}

function track(
  view: FeatureView,
  { choices, stopped }: { choices: readonly number[]; stopped: Map<number, number> },
): number {
  const arms = armsOf(view);
  const arm = (k: number): Arm => arms[k] as Arm;
  const least = choices.reduce((x, y) => (arm(y).n < arm(x).n ? y : x));
  const total = choices.reduce((sum, k) => sum + arm(k).n, 0);
  // Evidence decays, so 10 outcomes count a little less than 10.
  if (arm(least).n < MIN_OUTCOMES - 0.5 || arm(least).n < Math.sqrt(total) - choices.length / 2) return least;
  const best = choices.reduce((x, y) => (arm(y).score < arm(x).score ? y : x));
  const rivals = choices.filter(k => k !== best);
  const gap2 = (k: number): number => Math.max(1e-18, (arm(k).score - arm(best).score) ** 2);
  const evidence = rivals.map(k => gap2(k) / 2 / (arm(k).variance / arm(k).n + arm(best).variance / arm(best).n));
  if (Math.min(...evidence) > Math.log((1 + Math.log(total + 1)) / MAX_ERROR)) {
    stopped.set(view.eligible, best);
    return best;
  }
  const weights = new Map(rivals.map(k => [k, arm(k).variance / gap2(k)]));
  const ofRivals = rivals.reduce((sum, k) => sum + (weights.get(k) as number) ** 2 / arm(k).variance, 0);
  weights.set(best, Math.sqrt(arm(best).variance * ofRivals));
  const lag = (k: number): number => arm(k).n / (weights.get(k) as number);
  return choices.reduce((x, y) => (lag(y) < lag(x) ? y : x));
}

function armsOf(view: FeatureView): readonly Arm[] {
  const posterior = view.learned.posterior(view.nowMs);
  const table: SampleTable = meanTable(posterior);
  const weights = scoreWeights(table, { ...view, costMultiplier: 1 });
  const scores = meanScores(table, weights);
  return posterior.graph.paths.map((path, k) => {
    const node = posterior.nodes[path[0] ?? 0];
    const shape = node?.ended ?? { a: 1, b: 1 };
    return {
      score: scores[k] as number,
      n: node?.n ?? 0,
      variance: weights.valueUsd ** 2 * betaVariance(shape) * (shape.a + shape.b + 1),
    };
  });
}
