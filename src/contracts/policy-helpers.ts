/** Helpers for a policy or a wire that an application defines, with their arguments checked. */
import {
  aboveZero,
  accepting,
  anyText,
  finite,
  fromZero,
  listOf,
  objectWith,
  text,
  wholeFromZero,
  yesOrNo,
} from '../argument-checks.ts';
import * as graphs from '../core/beliefs/plan-graph.ts';
import type { BetaShape, NodePosterior } from '../core/beliefs/posterior.ts';
import * as posteriors from '../core/beliefs/posterior.ts';
import * as planSets from '../core/ledger/plan-set.ts';
import * as vocabulary from '../core/ledger/vocabulary.ts';
import { invalidValue } from '../errors.ts';
import { checked } from './checked.ts';
import * as preferences from './preference-names.ts';

const MAX_SET = planSets.allPlans(planSets.MAX_PLANS);
const isWholeTo = (most: number) => (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

const plan = listOf("a plan: the names of its models, ['mini', 'premium']", text);
const planSet = accepting('a set of plans: allPlans(3), planSetOf([0, 2])', isWholeTo(MAX_SET));
const planIndex = accepting(`the index of a plan, 0 to ${planSets.MAX_PLANS - 1}`, isWholeTo(planSets.MAX_PLANS - 1));
const shape = objectWith<BetaShape>({ a: aboveZero, b: aboveZero });
/** True for a parameter that the router may leave out for a model that refuses it. */
export const isPreference = checked('isPreference', preferences.isPreference, { parameter: anyText });

/** The mean of a Beta distribution. */
export const betaMean = checked('betaMean', posteriors.betaMean, { shape });

/** The variance of a Beta distribution. */
export const betaVariance = checked('betaVariance', posteriors.betaVariance, { shape });

/** Posterior means of a node. */
export const expectedRates = checked('expectedRates', posteriors.expectedRates, {
  node: objectWith<Pick<NodePosterior, 'costUsd' | 'climb' | 'accepted' | 'rejected' | 'ended'>>({
    costUsd: finite,
    climb: shape,
    accepted: shape,
    rejected: shape,
    ended: shape,
  }),
});

/** The set of all `count` plans of a feature. */
export const allPlans = checked('allPlans', planSets.allPlans, {
  count: accepting(`a number of plans, at most ${planSets.MAX_PLANS}`, isWholeTo(planSets.MAX_PLANS)),
});

/** Index of the first plan in a set; −1 for the empty set. */
export const firstPlan = checked('firstPlan', planSets.firstPlan, { set: planSet });

/** True if the plan at this index is in the set. */
export const hasPlan = checked('hasPlan', planSets.hasPlan, { set: planSet, index: planIndex });

/** Indexes of the plans in a set, ascending. */
export const planIndexes = checked('planIndexes', planSets.planIndexes, { set: planSet });

/** The set of the plans at these indexes. */
export const planSetOf = checked('planSetOf', planSets.planSetOf, { indexes: listOf('a list of indexes', planIndex) });

/** The plans of a set that are not in the other one. */
export const withoutPlans = checked('withoutPlans', planSets.withoutPlans, { set: planSet, others: planSet });

/** The rates of a plan: those of its nodes, times the probability that an intent reaches the node. */
export const planRates: (
  graph: graphs.PlanGraph,
  plan: number,
  nodes: readonly graphs.NodeRates[],
) => graphs.PlanRates = checked(
  'planRates',
  (graph, index, nodes) => {
    for (const node of graph.paths[index] ?? [index])
      if (nodes[node] === undefined) throw invalidValue(index, 'planRates.plan', 'the index of a plan of the graph');
    return graphs.planRates(graph, index, nodes);
  },
  {
    graph: objectWith<Pick<graphs.PlanGraph, 'paths' | 'climbs'>>({
      paths: listOf('a list of paths', listOf('a path: indexes of nodes', wholeFromZero)),
      climbs: listOf('a list of true and false', yesOrNo),
    }),
    plan: wholeFromZero,
    nodes: listOf(
      'the rates of every node of the graph',
      objectWith<graphs.NodeRates>({
        costUsd: fromZero,
        climb: finite,
        failAccepted: finite,
        failRejected: finite,
        failEnded: finite,
      }),
    ),
  },
);

/** The model at a node: the last one in the node's name. */
export const modelOfNode = checked('modelOfNode', vocabulary.modelOfNode, { node: text });

/** The node at a position of a plan. */
export const nodeOf: (plan: vocabulary.Plan, index: number) => vocabulary.NodeKey = checked(
  'nodeOf',
  (given, index) => {
    if (index >= given.length) throw invalidValue(index, 'nodeOf.index', 'the index of a model of the plan');
    return vocabulary.nodeOf(given, index);
  },
  { plan, index: wholeFromZero },
);

/** A plan as text: its models joined by `>`. */
export const planKey = checked('planKey', vocabulary.planKey, { plan });

/** The inverse of {@link planKey}. */
export const planOfKey = checked('planOfKey', vocabulary.planOfKey, { key: text });
