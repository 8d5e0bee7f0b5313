/** Why a feature is routed as it is: what is believed about every plan, and what follows, in words. */
import type { Score } from '../choice/allocation.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import { countShares, meanScores, valueOfFailure } from '../choice/allocation.ts';
import { sampleTable } from '../choice/posterior-samples.ts';
import type { Figure } from '../math/interval.ts';
import type { BetaShape, Posterior } from '../beliefs/posterior.ts';
import { betaMean } from '../beliefs/posterior.ts';
import { betaQuantile } from '../math/distributions.ts';
import { seededRandom } from '../math/random.ts';
import type { NodeKey, PlanKey } from '../ledger/vocabulary.ts';
import { describeNode, planKey } from '../ledger/vocabulary.ts';
import { describePlan, formatFigure, formatPercent, formatUsd } from './wording.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { hasPlan, planIndexes } from '../ledger/plan-set.ts';

/** Rows of the table that intervals are read from: enough for two digits of a 2.5 % tail. */
const ROWS = 4_000;

/** What is believed about one node: a posterior with its 95 % credible interval. */
export interface NodeBelief {
  readonly node: NodeKey;
  /** `premium after mini`. */
  readonly description: string;
  /** Visits, weighted by age. */
  readonly visits: number;
  readonly costUsd: number;
  /** P(the reply is rejected); absent where nothing can be. */
  readonly rejection?: Figure;
  /** P(success) of intents that end here with an accepted reply. */
  readonly success: Figure;
}

/** Posterior means with their 95 % credible intervals. */
export interface ExpectedFigures {
  readonly success: Figure;
  /** Model spend per intent. */
  readonly spendUsd: Figure;
  readonly costPerIntentUsd: Figure;
  readonly costPerSuccessUsd: Figure;
}

/** One plan: what is believed, what the policy makes of it, and why. */
export interface PlanExplanation extends ExpectedFigures {
  readonly plan: PlanKey;
  /** `mini, then premium if rejected`. */
  readonly description: string;
  readonly nodes: readonly NodeBelief[];
  /** P(this plan is the cheapest of the eligible, all things counted), as the posterior has it. */
  readonly chanceCheapest: number;
  /** The exact probability with which the policy chooses it now; absent for a policy that does not say. */
  readonly share?: number;
  /** The least share it is kept at, so that a change would be noticed. */
  readonly floor?: number;
  readonly eligible: boolean;
  /** What keeps it from being chosen; empty for eligible plans. */
  readonly exclusionReasons: readonly string[];
  readonly reason: string;
}

export interface Explanation {
  readonly feature: string;
  /** Declared context the intents have in common; `''` for none. */
  readonly segment: string;
  readonly atMs: number;
  readonly policy: string;
  readonly objective: 'cost-per-intent' | 'cost-per-success';
  readonly failureCostUsd: number;
  /** What one failure weighs in the comparison, USD: the failure cost, and the price of another success where that counts. */
  readonly failureWeightUsd: number;
  /** What a dollar of spend weighs: above 1 while a budget is being stretched. */
  readonly costMultiplier: number;
  /** In the order of the configuration: cheapest start first. */
  readonly plans: readonly PlanExplanation[];
  /** What an intent costs and how often it succeeds at these shares; absent for a policy that does not say them. */
  readonly expected?: ExpectedFigures;
  /** The decision in one sentence. */
  readonly summary: string;
  /** What overrides or surrounds it: a pin, a holdout, a spent budget. */
  readonly notes: readonly string[];
}

/** What is known besides the posterior. */
export interface Explained {
  readonly feature: string;
  readonly segment: string;
  readonly atMs: number;
  readonly policy: string;
  readonly objective: Explanation['objective'];
  readonly failureCostUsd: number;
  /** Plans that may be chosen. */
  readonly eligible: PlanSet;
  /** Why plan i may not. */
  readonly exclusionReasons?: (plan: number) => readonly string[];
  readonly costMultiplier?: number;
  readonly shares?: ArrayLike<number>;
  readonly floors?: ArrayLike<number>;
  readonly notes?: readonly string[];
}

/** Every plan of a feature with what is believed of it, its share, and the reason in words. */
export function explainPlans(posterior: Posterior, about: Explained): Explanation {
  const { eligible, failureCostUsd, objective, costMultiplier = 1, shares, floors } = about;
  const { graph } = posterior;
  const table = sampleTable(posterior, seededRandom('explain'), ROWS);
  const valueUsd = valueOfFailure(table, { failureCostUsd, perSuccess: objective === 'cost-per-success', eligible });
  const score = { valueUsd, costMultiplier };
  const chances = countShares(table, score, eligible);
  const scores = meanScores(table, score);
  const choices = planIndexes(eligible);
  const best = choices.reduce((x, y) => ((scores[y] as number) < (scores[x] as number) ? y : x), choices[0] ?? 0);
  const beliefs = posterior.nodes.map((node, at): NodeBelief => {
    const climbs = graph.climbs[at] === true;
    return {
      node: node.node,
      description: describeNode(node.node),
      visits: node.n,
      costUsd: node.costUsd,
      ...(climbs ? { rejection: credible(node.climb) } : {}),
      success: credible(climbs ? node.passed : node.ended),
    };
  });
  const plans = graph.plans.map((plan, k): PlanExplanation => {
    const told = {
      plan: planKey(plan),
      description: describePlan(planKey(plan)),
      nodes: (graph.paths[k] ?? []).map(at => beliefs[at] as NodeBelief),
      ...figuresOf(table, k, failureCostUsd),
      chanceCheapest: chances[k] as number,
      eligible: hasPlan(eligible, k),
      exclusionReasons: hasPlan(eligible, k) ? [] : (about.exclusionReasons?.(k) ?? []),
      ...(shares === undefined ? {} : { share: shares[k] as number }),
      ...(floors === undefined ? {} : { floor: floors[k] as number }),
    };
    const more = {
      value: (scores[k] as number) - (scores[best] as number),
      samples: differences(table, score, [k, best]),
    };
    const moreUsd = figure(more.value, more.samples);
    return { ...told, reason: reasonOf(told, { isBest: k === best, moreUsd, isOnly: choices.length === 1 }) };
  });
  return {
    feature: about.feature,
    segment: about.segment,
    atMs: about.atMs,
    policy: about.policy,
    objective,
    failureCostUsd,
    failureWeightUsd: valueUsd,
    costMultiplier,
    plans,
    ...(shares === undefined ? {} : { expected: figuresOf(mixtureOf(table, shares), 0, failureCostUsd) }),
    summary: summaryOf(plans, plans[best]),
    notes: about.notes ?? [],
  };
}

function credible({ a, b }: BetaShape): Figure {
  return { value: betaMean({ a, b }), low: betaQuantile(0.025, a, b), high: betaQuantile(0.975, a, b) };
}

type Told = Omit<PlanExplanation, 'reason'>;

/** Posterior means with the 95 % of the samples around them. */
function figuresOf(table: SampleTable, plan: number, failureCostUsd: number): ExpectedFigures {
  const { rows, plans, costUsd, fail } = table;
  const column = (of: (cost: number, fail: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => {
      const at = i * plans + plan;
      return of(costUsd[at] as number, fail[at] as number);
    }).sort();
  const perIntent = (c: number, f: number): number => c + failureCostUsd * f;
  const perSuccess = (c: number, f: number): number => perIntent(c, f) / Math.max(1e-12, 1 - f);
  const mean = [table.meanCostUsd[plan] as number, table.meanFail[plan] as number] as const;
  return {
    success: figure(
      1 - mean[1],
      column((_, f) => 1 - f),
    ),
    spendUsd: figure(
      mean[0],
      column(c => c),
    ),
    costPerIntentUsd: figure(perIntent(...mean), column(perIntent)),
    costPerSuccessUsd: figure(perSuccess(...mean), column(perSuccess)),
  };
}

/** All plans at their shares, as one plan. */
function mixtureOf(table: SampleTable, shares: ArrayLike<number>): SampleTable {
  const { rows, plans } = table;
  const mix = (column: Float64Array, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => {
      let sum = 0;
      for (let k = 0; k < plans; k++) sum += (shares[k] as number) * (column[row * plans + k] as number);
      return sum;
    });
  return {
    rows,
    plans: 1,
    costUsd: mix(table.costUsd, rows),
    fail: mix(table.fail, rows),
    meanCostUsd: mix(table.meanCostUsd, 1),
    meanFail: mix(table.meanFail, 1),
  };
}

/** Samples of by how much the first plan's score is above the second's, in order. */
function differences(table: SampleTable, score: Score, [k, best]: readonly [number, number]): Float64Array {
  const { rows, plans, costUsd, fail } = table;
  const at = (i: number): number =>
    score.costMultiplier * (costUsd[i] as number) + score.valueUsd * (fail[i] as number);
  return Float64Array.from({ length: rows }, (_, row) => at(row * plans + k) - at(row * plans + best)).sort();
}

function figure(value: number, sorted: Float64Array): Figure {
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] as number;
  return { value, low: Math.min(value, at(0.025)), high: Math.max(value, at(0.975)) };
}

function reasonOf(plan: Told, about: { isBest: boolean; moreUsd: Figure; isOnly: boolean }): string {
  if (!plan.eligible) return plan.exclusionReasons.length > 0 ? plan.exclusionReasons.join('; ') : 'not eligible';
  if (about.isOnly) return 'the only eligible plan';
  const { share, floor = 0, chanceCheapest } = plan;
  const sure = `${formatPercent(chanceCheapest)} likely to be the cheapest`;
  if (about.isBest) return `the lowest expected cost; ${sure}`;
  const more = `${formatFigure(about.moreUsd, formatUsd)} more per intent than the best`;
  const kept = share !== undefined && floor > 0 && share <= floor * 1.001 && chanceCheapest < share;
  return kept
    ? `${more}; kept at a floor of ${formatPercent(floor)}, so that a change would be noticed`
    : `${more}; ${sure}`;
}

function summaryOf(plans: readonly PlanExplanation[], best: PlanExplanation | undefined): string {
  if (best === undefined) return 'There is no plan.';
  const open = plans.filter(plan => plan.eligible).length;
  const share = best.share === undefined ? '' : `, ${formatPercent(best.share)} of the intents go there`;
  const masked = plans.length - open;
  const rest = masked === 0 ? '' : `; ${masked} of ${plans.length} plans cannot be chosen now`;
  return `${best.description} costs least per intent all told: ${formatFigure(best.costPerIntentUsd, formatUsd)}${share}${rest}.`;
}
