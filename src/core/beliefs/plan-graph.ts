/**
 * Plans as paths through common nodes. Evidence belongs to a node (`mini`, `premium`, `mini>premium`), and a plan's cost and
 * failure probability are multiplied down its path, so that a node's evidence counts for every plan through it.
 */
import { MAX_CANDIDATES_FOR_ALL_PLANS } from './constants.ts';
import type { NodeKey, Plan, PlanKey } from '../ledger/vocabulary.ts';
import { nodeBeforeOutage, nodeOf, planKey, planOfKey } from '../ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import { MAX_PLANS } from '../ledger/plan-set.ts';

/**
 * Every plan worth considering, in a fixed order: cheapest start first, shorter before longer.
 *
 * Without a verdict nothing can be rejected, so only single-model plans exist. With one: all increasing sub-sequences of
 * up to four candidates; beyond that each candidate alone and the ordinary climb from each.
 *
 * @param candidates configured model names, cheapest first
 * @param options.path where the candidates were configured, for the error
 * @throws RouterError `invalid-config` when more than {@link MAX_PLANS} plans would result
 * @example
 * ```ts
 * enumeratePlans(['mini', 'premium'], true); // [['mini'], ['mini', 'premium'], ['premium']]
 * ```
 */
export function enumeratePlans(
  candidates: readonly string[],
  hasVerdict: boolean,
  options: { readonly path?: string } = {},
): readonly Plan[] {
  const plans: Plan[] = [];
  candidates.forEach((candidate, start) => {
    const rest = candidates.slice(start + 1);
    const tails = !hasVerdict
      ? [[]]
      : candidates.length <= MAX_CANDIDATES_FOR_ALL_PLANS
        ? increasing(rest).sort((x, y) => x.length - y.length)
        : [[], ...(rest.length > 0 ? [rest] : [])];
    for (const tail of tails) plans.push(Object.freeze([candidate, ...tail]));
  });
  return checkedPlans(plans, candidates, options);
}

/**
 * The plans of agents that raise an alarm when they are stuck: each candidate alone, and the plans that climb once, from a candidate to the
 * next. With plans that skip candidates, learning would cost more than the best of them saves.
 *
 * @throws RouterError as {@link enumeratePlans}
 */
export function plansWithAlarms(
  candidates: readonly string[],
  options: { readonly path?: string } = {},
): readonly Plan[] {
  const plans = candidates.flatMap((candidate, i) => {
    const next = candidates[i + 1];
    return next === undefined ? [[candidate]] : [[candidate], [candidate, next]];
  });
  return checkedPlans(plans.map(Object.freeze) as Plan[], candidates, options);
}

function checkedPlans(
  plans: readonly Plan[],
  candidates: readonly string[],
  options: { readonly path?: string },
): readonly Plan[] {
  if (plans.length <= MAX_PLANS) return Object.freeze(plans);
  throw new RouterError('invalid-config', `${candidates.length} candidates make ${plans.length} plans`, {
    path: options.path ?? 'candidates',
    accepted: `at most ${MAX_PLANS} plans: ${(MAX_PLANS + 1) / 2} candidates where replies can be rejected, ${MAX_PLANS} where not`,
  });
}

/** All subsequences that keep the order, the empty one included. */
function increasing(names: readonly string[]): string[][] {
  const [first, ...rest] = names;
  if (first === undefined) return [[]];
  const without = increasing(rest);
  return [...without, ...without.map(tail => [first, ...tail])];
}

/** Plans as paths through their nodes. */
export interface PlanGraph {
  readonly plans: readonly Plan[];
  readonly keys: readonly PlanKey[];
  readonly nodes: readonly NodeKey[];
  /** Per plan the indexes into `nodes`, in climbing order. */
  readonly paths: readonly (readonly number[])[];
  /** Per node: true when a plan climbs on from here, so that the intents that end here are selected by the verdict. */
  readonly climbs: readonly boolean[];
  /** Every node that is reached by climbing. */
  readonly climbsTo: readonly Climb[];
  /** How many candidates are one provider model at several efforts, on average: 1 where none are. Default 1. */
  readonly modelsPerFamily?: number;
}

/** Indexes of three nodes: one that rejects, the node after it, and the node that asks this later model at once. */
export interface Climb {
  readonly before: number;
  readonly after: number;
  readonly instead: number;
}

/**
 * True where an intent of the plan continues with the same model after an alarm, at a separate node (`mini>mini`): where another plan moves
 * on from there.
 */
export function staysAfterAlarm(plans: readonly Plan[], plan: Plan): boolean {
  return plan.length === 1 && plans.some(other => other.length > 1 && other[0] === plan[0]);
}

/** True where an intent continued with the same model after an alarm: the feature's agents raise alarms. */
export function isStayAfterAlarm(node: NodeKey): boolean {
  const [first, second] = planOfKey(nodeBeforeOutage(node));
  return first === second;
}

/** @param hasAlarms agents raise an alarm when they are stuck; then a plan of several models moves on, and a plan of one model stays */
export function planGraph(
  plans: readonly Plan[],
  { hasAlarms = false }: { readonly hasAlarms?: boolean | undefined } = {},
): PlanGraph {
  const indexes = new Map<NodeKey, number>();
  const climbs: boolean[] = [];
  const paths = plans.map(plan => {
    const steps = hasAlarms && staysAfterAlarm(plans, plan) ? [...plan, ...plan] : plan;
    return steps.map((_, position) => {
      const node = nodeOf(steps, position);
      const index = indexes.get(node) ?? indexes.size;
      indexes.set(node, index);
      climbs[index] = (climbs[index] ?? false) || position < steps.length - 1;
      return index;
    });
  });
  const climbsTo = new Map<number, Climb>();
  // A stuck agent may leave a worse state than a fresh start: after an alarm, a model may fail more often than if it is
  // asked first.
  const rejecting = hasAlarms ? [] : plans;
  rejecting.forEach((plan, p) => {
    for (let position = 1; position < plan.length; position++) {
      const [before, after] = (paths[p] as number[]).slice(position - 1, position + 1) as [number, number];
      const instead = indexes.get(nodeOf([...plan.slice(0, position - 1), plan[position] as string], position - 1));
      if (instead !== undefined) climbsTo.set(after, { before, after, instead });
    }
  });
  return {
    plans,
    keys: plans.map(planKey),
    nodes: [...indexes.keys()],
    paths,
    climbs,
    climbsTo: [...climbsTo.values()],
  };
}

/** The rates of one node as numbers: posterior means, a sample, or the truth of a simulated world. */
export interface NodeRates {
  /** USD spent at the node per visit. */
  readonly costUsd: number;
  /** P(the reply is rejected). */
  readonly climb: number;
  /** P(failure | accepted), P(failure | rejected, but returned), P(failure | the intent ends here). */
  readonly failAccepted: number;
  readonly failRejected: number;
  readonly failEnded: number;
}

export interface PlanRates {
  /** Expected spend per intent. */
  readonly costUsd: number;
  /** P(failure). */
  readonly fail: number;
}

/** The rates of a plan: those of its nodes, times the probability that an intent reaches the node. */
export function planRates(graph: PlanGraph, plan: number, nodes: readonly NodeRates[]): PlanRates {
  const path = graph.paths[plan] ?? [];
  let reach = 1;
  let costUsd = 0;
  let fail = 0;
  for (let position = 0; position < path.length; position++) {
    const index = path[position] as number;
    const node = nodes[index] as NodeRates;
    costUsd += reach * node.costUsd;
    if (position < path.length - 1) {
      fail += reach * (1 - node.climb) * node.failAccepted;
      reach *= node.climb;
    } else if (graph.climbs[index] === true) {
      fail += reach * ((1 - node.climb) * node.failAccepted + node.climb * node.failRejected);
    } else {
      fail += reach * node.failEnded;
    }
  }
  return { costUsd, fail };
}
