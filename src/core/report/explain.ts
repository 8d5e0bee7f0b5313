/** Explains why a feature is routed as it is: the statistics of every plan, and what follows from them. */
import { countShares, meanScores, valueOfFailure } from '../choice/allocation.ts';
import { sampleTable } from '../choice/posterior-samples.ts';
import type { Figure } from '../math/interval.ts';
import { unseenUsd } from '../math/interval.ts';
import type { BetaShape, Posterior } from '../beliefs/posterior.ts';
import { betaMean } from '../beliefs/posterior.ts';
import { betaQuantile } from '../math/distributions.ts';
import { seededRandom } from '../math/random.ts';
import { describeNode, planKey } from '../ledger/vocabulary.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { hasPlan, planIndexes } from '../ledger/plan-set.ts';
import { EXPLANATION_SAMPLES } from './constants.ts';
import { explainDecision } from './explain-decision.ts';
import { credibleFigure, expectedFigures, mixtureOf, scoreDifferences, withLoss } from './explain-figures.ts';
import { reasonFor, summaryOf } from './explain-words.ts';
import type { Explanation, NodeBelief, PlanExplanation } from './explanation.ts';
import type { FailureCosts } from './failure-costs.ts';
import { meanFailureCostUsd } from './failure-costs.ts';
import type { KnownPlans } from './known-plans.ts';
import { withExtraUsd } from './standard-cost.ts';
import type { Traffic } from './traffic.ts';
import { ALL_LEARN } from './traffic.ts';
import { describePlan } from './wording.ts';

/** Inputs of an explanation besides the posterior. */
export interface ExplanationInputs {
  readonly feature: string;
  readonly segment: string;
  readonly atMs: number;
  readonly policy: string;
  readonly objective: Explanation['objective'];
  /** What a failure of new intents costs. */
  readonly failureCosts: FailureCosts;
  /** The failure cost as configured, where that is known. */
  readonly configuredFailureCostUsd?: number | undefined;
  /** Plans that may be chosen. */
  readonly eligible: PlanSet;
  /** Why plan i may not be chosen. */
  readonly exclusionReasons?: (plan: number) => readonly string[];
  readonly costMultiplier?: number;
  /** USD by plan that standard cost is above the billed one, on average; absent where plans are compared as billed. */
  readonly extraUsd?: ArrayLike<number>;
  readonly shares?: ArrayLike<number>;
  /** For each plan, its share times the mean failure cost of the intents that get it. Default: that mean is the same for all plans. */
  readonly failureUsd?: ArrayLike<number>;
  readonly floors?: ArrayLike<number>;
  /** Default: every intent's plan follows what is learned. */
  readonly traffic?: Traffic;
  readonly notes?: readonly string[];
  /** No outcome was ever recorded, and no prior is configured: the plans are not ranked. */
  readonly isUnknown?: boolean;
  /** The ledger's figures of the plans; without them, the explanation makes no forecast. */
  readonly known?: KnownPlans;
  /** The explanation covers the intents without context, in a feature where routing depends on the context. */
  readonly isOfContextless?: boolean;
  /** Only the ledger is known, not the configuration. */
  readonly isOfLedger?: boolean;
  /** The plan that an operator has pinned. */
  readonly pinned?: PlanKey;
  /** The application's own model, where the feature is only observed. */
  readonly observes?: string;
  readonly holdout?: NonNullable<Explanation['holdout']>;
}

/** Explains every plan of a feature: posterior figures, share, and the reason in words. */
export function explainPlans(posterior: Posterior, inputs: ExplanationInputs): Explanation {
  const { eligible, failureCosts, objective, costMultiplier = 1, shares, floors } = inputs;
  const failureCostUsd = meanFailureCostUsd(failureCosts);
  const { graph } = posterior;
  const table = withExtraUsd(sampleTable(posterior, seededRandom('explain'), EXPLANATION_SAMPLES), inputs.extraUsd);
  const valueUsd = valueOfFailure(table, { failureCostUsd, perSuccess: objective === 'cost-per-success', eligible });
  const score = { valueUsd, costMultiplier };
  const withFailures = withLoss(table, failureCostUsd);
  const chances = countShares(table, score, eligible);
  const scores = meanScores(table, score);
  const choices = planIndexes(eligible);
  const best = choices.reduce((x, y) => ((scores[y] as number) < (scores[x] as number) ? y : x), choices[0] ?? 0);
  const isForced = inputs.pinned !== undefined || inputs.observes !== undefined || choices.length < 2;
  const isUnknown = inputs.isUnknown === true && !isForced;
  const beliefs = posterior.nodes.map((node, index): NodeBelief => {
    const climbs = graph.climbs[index] === true;
    return {
      node: node.node,
      description: describeNode(node.node),
      visits: node.n,
      costUsd: node.costUsd,
      ...(climbs ? { rejection: credible(node.climb) } : {}),
      success: credible(climbs ? node.accepted : node.ended),
    };
  });
  // Every intent of a plan visits the plan's first node.
  const unseen = graph.paths.map((path, k) =>
    unseenUsd({ n: posterior.nodes[path[0] ?? 0]?.n ?? 0, meanUsd: table.meanCostUsd[k] as number, mayBurst: true }),
  );
  const decided = explainDecision(posterior, table, {
    failureCosts,
    configuredFailureCostUsd: inputs.configuredFailureCostUsd,
    // Where failures cost nothing, plans are compared by cost per success.
    perSuccess: objective === 'cost-per-success' || failureCostUsd === 0,
    costMultiplier,
    eligible,
    traffic: inputs.traffic ?? ALL_LEARN,
    known: inputs.known,
    isOfContextless: inputs.isOfContextless === true,
    isOfLedger: inputs.isOfLedger,
    isStandard: inputs.extraUsd !== undefined,
    pinned: inputs.pinned,
    observes: inputs.observes,
    exclusionReasons: inputs.exclusionReasons,
  });
  const decision = isUnknown ? undefined : decided;
  const plans = graph.plans.map((plan, k): PlanExplanation => {
    const figures = {
      plan: planKey(plan),
      description: describePlan(planKey(plan)),
      nodes: (graph.paths[k] ?? []).map(index => beliefs[index] as NodeBelief),
      ...expectedFigures(withFailures, k, unseen[k]),
      chanceCheapest: chances[k] as number,
      eligible: hasPlan(eligible, k),
      exclusionReasons: hasPlan(eligible, k) ? [] : (inputs.exclusionReasons?.(k) ?? []),
      ...(shares === undefined ? {} : { share: shares[k] as number }),
      ...(floors === undefined ? {} : { floor: floors[k] as number }),
    };
    const moreUsd = credibleFigure(
      (scores[k] as number) - (scores[best] as number),
      scoreDifferences(table, score, [k, best]),
    );
    return {
      ...figures,
      reason: reasonFor(figures, {
        isBest: k === best,
        moreUsd,
        isOnly: choices.length === 1,
        isUnknown,
        preferredAt: decision?.byFailureCost?.find(part => part.plan === figures.plan),
        heldOut: inputs.holdout?.model === figures.plan && !isForced ? inputs.holdout.fraction : 0,
      }),
    };
  });
  const { failureUsd = Array.from(shares ?? [], share => share * failureCostUsd) } = inputs;
  return {
    feature: inputs.feature,
    segment: inputs.segment,
    atMs: inputs.atMs,
    policy: inputs.policy,
    objective,
    failureCostUsd,
    ...(failureCosts.length === 1 ? {} : { failureCosts }),
    failureWeightUsd: valueUsd,
    costMultiplier,
    plans,
    ...(shares === undefined
      ? {}
      : {
          expected: expectedFigures(mixtureOf(table, shares, failureUsd), 0, mixed(unseen, shares)),
        }),
    summary: summaryOf(plans, {
      best: plans[best],
      objective,
      isUnknown,
      dependsOnFailureCost: decision?.byFailureCost !== undefined,
      isOfContextless: inputs.isOfContextless === true,
    }),
    ...(decision === undefined ? {} : { decision }),
    ...(inputs.observes === undefined ? {} : { observes: inputs.observes }),
    ...(inputs.holdout === undefined ? {} : { holdout: inputs.holdout }),
    notes: inputs.notes ?? [],
  };
}

function mixed(amounts: readonly number[], shares: ArrayLike<number>): number {
  return amounts.reduce((sum, amount, k) => sum + amount * (shares[k] as number), 0);
}

function credible({ a, b }: BetaShape): Figure {
  return { value: betaMean({ a, b }), low: betaQuantile(0.025, a, b), high: betaQuantile(0.975, a, b) };
}
