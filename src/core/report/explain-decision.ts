/** The decision between a feature's plans, with its forecast and in words: the same in explanations and reports. */
import { COST_AWARE_FLOOR, POOLED_FLOOR } from '../choice/constants.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import type { Sums } from '../cells/cell.ts';
import type { Posterior } from '../beliefs/posterior.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { planKey } from '../ledger/vocabulary.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { planIndexes } from '../ledger/plan-set.ts';
import { seededRandom } from '../math/random.ts';
import { costSample } from './cost-sample.ts';
import type { PlanDecision } from './decision.ts';
import { decisionOf } from './decision.ts';
import { decisionSentence } from './decision-words.ts';
import { notComparable, settledOn } from './estimate.ts';
import type { Forecast } from './forecast.ts';
import { forecast } from './forecast.ts';
import { describePlan } from './wording.ts';

/** What the ledger knows of the plans that are compared, from which a forecast is made. */
export interface KnownPlans {
  /** Sums of `plan` cells. */
  readonly sums: ReadonlyMap<PlanKey, Sums>;
  /** Outcomes in a year at the present rate. */
  readonly outcomesPerYear: number;
}

export interface ExplainDecisionInputs {
  readonly failureCostUsd: number;
  readonly perSuccess: boolean;
  readonly costMultiplier: number;
  readonly eligible: PlanSet;
  /** The traffic that goes on: the present shares, or those of a policy that follows the evidence. */
  readonly traffic: ArrayLike<number> | 'learns';
  readonly known?: KnownPlans | undefined;
  /** The plan that an operator has pinned. */
  readonly pinned?: PlanKey | undefined;
}

/** `undefined` without an eligible plan. */
export function explainDecision(
  posterior: Posterior,
  table: SampleTable,
  { traffic, known, pinned, ...inputs }: ExplainDecisionInputs,
): PlanDecision | undefined {
  const plans = posterior.graph.plans.map(planKey);
  const decision = decisionOf(table, { ...inputs, descriptions: plans.map(describePlan) });
  if (decision === undefined) return undefined;
  const choices = planIndexes(inputs.eligible);
  const predicted =
    known === undefined || pinned !== undefined || choices.length < 2 ? undefined : forecastOf(known, choices);
  return {
    ...decision,
    ...(predicted === undefined ? {} : { forecast: predicted }),
    sentence: decisionSentence(decision, {
      failureCostUsd: inputs.failureCostUsd,
      forecast: predicted,
      outcomesPerYear: known?.outcomesPerYear,
      hasEvidence: posterior.nodes.some(node => node.n > 0),
      pinned: pinned === undefined ? undefined : describePlan(pinned),
    }),
  };

  function forecastOf({ sums, outcomesPerYear }: KnownPlans, own: readonly number[]): Forecast {
    const { failureCostUsd, perSuccess } = inputs;
    const ofPlan = (k: number): Sums => sums.get(plans[k] as PlanKey) ?? {};
    const reason = notComparable(own.map(ofPlan));
    if (reason !== undefined) return { kind: 'not comparable', reason };
    const keys = own.map(k => plans[k] as PlanKey);
    const settled = settledOn(sums, { plans: keys, failureCostUsd, perSuccess });
    if (settled !== undefined && describePlan(settled) !== decision?.preferred.description)
      return {
        kind: 'not comparable',
        reason: `older outcomes favour ${describePlan(settled)} and recent ones do not`,
      };
    return forecast(
      own.map(k => costSample(ofPlan(k), failureCostUsd)),
      {
        table,
        columns: own,
        random: seededRandom('forecast'),
        perSuccess,
        limit: outcomesPerYear,
        traffic:
          traffic === 'learns'
            ? { floor: posterior.hasPooledPrior === true ? POOLED_FLOOR : COST_AWARE_FLOOR }
            : { shares: own.map(k => traffic[k] as number) },
      },
    );
  }
}
