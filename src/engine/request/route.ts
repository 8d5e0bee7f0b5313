/**
 * The route of a request: from the intent's position in its plan onwards, or to the one model that the request is bound to.
 */
import { staysAfterAlarm } from '../../core/beliefs/plan-graph.ts';
import type { Intent } from '../../core/ledger/records.ts';
import type { Attempt, NodeKey, Plan } from '../../core/ledger/vocabulary.ts';
import { nodeReplacedBy } from '../../core/ledger/substitute.ts';
import {
  modelOfNode,
  nodeAfterOutage,
  nodeAfterRejection,
  nodeBeforeOutage,
  nodeOf,
  planOfKey,
} from '../../core/ledger/vocabulary.ts';
import type { RequestRoute } from '../attempts/next.ts';
import { noEligibleModelError, speaks } from '../state/capable-models.ts';
import type { RoutedRequest } from './routed-request.ts';
import { turnsAt } from './turns.ts';

/** The part of a request that its route depends on. */
type Routing = Pick<RoutedRequest, 'feature' | 'requirements' | 'boundTo' | 'isAlarmed' | 'judge' | 'begun'>;

const NOTHING: readonly never[] = [];

/**
 * The route of request number `turn` of the intent.
 *
 * @throws RouterError `wrong-provider` or `no-eligible-candidate` when no candidate can serve the request
 */
export function routeOf(request: Routing, intent: Intent, turn: number): RequestRoute {
  const { feature, judge, boundTo, begun, requirements } = request;
  if (begun !== undefined) return begun.route;
  if (judge !== undefined) return { start: judge.node, plan: [judge.model], fallbacks: NOTHING };
  const capable = feature.capableModels(requirements);
  const answered =
    turn === 1 ? NOTHING : intent.attempts.filter(({ kind, status }) => kind !== 'judge' && status === 'ok');
  const route = boundTo === undefined ? plannedRoute(request, intent, answered) : boundRoute(request, intent, answered);
  const isOnRoute = isOwner(request, route) || route.plan.every(name => capable.includes(name));
  return isOnRoute ? route : detour(request, route);
}

/** True where only one model can answer: it is asked even if it is known to refuse. */
function isOwner({ feature, boundTo, requirements }: Routing, { plan, fallbacks }: RequestRoute): boolean {
  if (boundTo === undefined || fallbacks.length > 0) return false;
  const owner = feature.models.get(plan[0] ?? '');
  return owner !== undefined && speaks(owner, requirements);
}

/** The route of a new intent, whose plan was decided for its first request. */
export function firstRoute(
  { feature, requirements }: Pick<Routing, 'feature' | 'requirements'>,
  plan: Plan,
): RequestRoute {
  return { start: nodeOf(plan, 0), plan, fallbacks: feature.capableModels(requirements) };
}

/** The plan from the intent's position on; one step further once the turns at that position are used up. */
function plannedRoute(request: Routing, intent: Intent, answered: readonly Attempt[]): RequestRoute {
  const { feature, requirements, isAlarmed } = request;
  const { plan } = intent.decided.decision;
  const fallbacks = feature.capableModels(requirements);
  // Replies on the path of another plan come from a process that also decided the intent, but whose decision lost to
  // this one.
  const last = answered.findLast(attempt => firstModelOf(attempt.node) === plan[0]);
  if (last === undefined) return firstRoute(request, plan);
  // A substitute does not move the intent: the next turn tries the plan's own model again.
  const node = nodeBeforeOutage(nodeReplacedBy(last.node, plan, intent.attempts));
  const model = modelOfNode(node);
  const rest = plan.includes(model) ? plan.slice(plan.indexOf(model)) : [model];
  const { hasAlarms, maxTurns = Number.POSITIVE_INFINITY, plans } = feature.config;
  if (hasAlarms) {
    // An alarm ends the first node, whether the plan moves on or stays, so that later nodes are counted separately.
    const isFirst = isAlarmed === true && node === plan[0];
    const next = isFirst ? (plan[1] ?? (staysAfterAlarm(plans, plan) ? model : undefined)) : undefined;
    if (next === undefined) return { start: node, plan: rest, fallbacks };
    return { start: nodeAfterRejection(node, next), plan: [next], fallbacks };
  }
  if (turnsAt(intent, node) < maxTurns) return { start: node, plan: rest, fallbacks };
  const climb = rest[1] ?? fallbacks[fallbacks.indexOf(model) + 1];
  if (climb === undefined) return { start: node, plan: rest, fallbacks };
  return { start: nodeAfterRejection(node, climb), plan: rest[1] === undefined ? [climb] : rest.slice(1), fallbacks };
}

/**
 * The model that gave the reply which the request continues. Where this process does not know that model (another process
 * received the reply), a model that refuses the request cannot be it, and the others are asked in turn.
 */
function boundRoute(
  { feature, boundTo, requirements }: Routing,
  intent: Intent,
  answered: readonly Attempt[],
): RequestRoute {
  const { plan } = intent.decided.decision;
  const model = boundTo?.model;
  const last = answered.findLast(attempt => attempt.model === model) ?? answered.at(-1);
  const node = last?.node ?? nodeOf(plan, 0);
  if (model === undefined || modelOfNode(node) === model || !feature.models.has(model)) {
    const isGuess = last === undefined && modelOfNode(node) !== model;
    return {
      start: node,
      plan: [modelOfNode(node)],
      fallbacks: isGuess ? feature.capableModels(requirements) : NOTHING,
    };
  }
  return { start: nodeAfterOutage(node, model), plan: [model], fallbacks: NOTHING };
}

/**
 * The route without the models that cannot serve this request: switched off, of another API, or without a capability that it needs.
 *
 * @throws RouterError `wrong-provider` or `no-eligible-candidate` when no model is left
 */
function detour({ feature, requirements }: Routing, { start, plan, fallbacks }: RequestRoute): RequestRoute {
  const capable = feature.capableModels(requirements);
  const rest = plan.filter(name => capable.includes(name));
  const first = rest[0] ?? capable[0];
  if (first === undefined) throw noEligibleModelError(feature.config, requirements);
  return {
    start: first === plan[0] ? start : nodeAfterOutage(start, first),
    plan: rest.length > 0 ? rest : [first],
    fallbacks,
  };
}

function firstModelOf(node: NodeKey): string | undefined {
  return planOfKey(nodeBeforeOutage(node))[0];
}
