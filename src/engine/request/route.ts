/** Where a request of an intent may go: from the intent's position on, to nowhere else where it is tied to a model. */
import type { Intent } from '../../core/ledger/records.ts';
import type { Attempt, NodeKey } from '../../core/ledger/vocabulary.ts';
import { modelOfNode, nodeOf } from '../../core/ledger/vocabulary.ts';
import type { FeatureState, RequestRequirements } from '../state/feature-state.ts';
import { noEligibleModelError } from '../state/feature-state.ts';
import type { Route } from '../attempts/next.ts';

/** What of a request says where it may go. */
export interface RoutedRequest {
  readonly feature: FeatureState;
  readonly wants: RequestRequirements;
  /** The request is tied to the model that started it: no switch, no climb, no failover. */
  readonly pin?: { readonly reason: string; readonly model?: string | undefined } | undefined;
  /** A judge's own call: charged to the intent at the node it judges, and never judged itself. */
  readonly judge?: { readonly model: string; readonly node: NodeKey } | undefined;
}

const NOTHING: readonly never[] = [];

/** Number of this request within its intent. */
export function turnOf({ attempts }: Intent): number {
  let last = 0;
  for (const attempt of attempts) if (attempt.kind !== 'judge' && attempt.turn > last) last = attempt.turn;
  return last + 1;
}

/** Where the request may go: from the intent's position on, or nowhere else for a pinned one. */
export function routeOf(request: RoutedRequest, intent: Intent, turn: number): Route {
  const { feature, judge, pin, wants } = request;
  if (judge !== undefined) return { start: judge.node, plan: [judge.model], fallbacks: NOTHING };
  const able = feature.able(wants);
  const answered =
    turn === 1 ? NOTHING : intent.attempts.filter(({ kind, status }) => kind !== 'judge' && status === 'ok');
  const route = pin === undefined ? plannedRoute(request, intent, answered) : pinnedRoute(request, intent, answered);
  return route.plan.every(name => able.includes(name)) ? route : detour(request, route);
}

/** On from where the intent is. */
function plannedRoute({ feature, wants }: RoutedRequest, intent: Intent, answered: readonly Attempt[]): Route {
  const { plan } = intent.decided.decision;
  const fallbacks = feature.able(wants);
  const last = answered.at(-1);
  if (last === undefined) return { start: nodeOf(plan, 0), plan, fallbacks };
  // A substitute does not move the intent: the next turn tries the plan's own model again.
  const node = last.node.split('!', 1)[0] as NodeKey;
  const model = modelOfNode(node);
  const rest = plan.includes(model) ? plan.slice(plan.indexOf(model)) : [model];
  if (turnsAt(intent, node) < (feature.config.maxTurns ?? Number.POSITIVE_INFINITY))
    return { start: node, plan: rest, fallbacks };
  const climb = rest[1] ?? fallbacks[fallbacks.indexOf(model) + 1];
  if (climb === undefined) return { start: node, plan: rest, fallbacks };
  return { start: `${node}>${climb}`, plan: rest[1] === undefined ? [climb] : rest.slice(1), fallbacks };
}

/**
 * To the model that began what the request goes on with. Where nobody can say which one that was (its reply was another
 * process's), a model that refuses it was not it: the others are asked in turn.
 */
function pinnedRoute({ feature, pin, wants }: RoutedRequest, intent: Intent, answered: readonly Attempt[]): Route {
  const { plan } = intent.decided.decision;
  const model = pin?.model;
  const last = answered.findLast(attempt => attempt.model === model) ?? answered.at(-1);
  const node = last?.node ?? nodeOf(plan, 0);
  if (model === undefined || modelOfNode(node) === model || !feature.models.has(model)) {
    const isGuess = last === undefined && modelOfNode(node) !== model;
    return { start: node, plan: [modelOfNode(node)], fallbacks: isGuess ? feature.able(wants) : NOTHING };
  }
  return { start: `${node}!${model}`, plan: [model], fallbacks: NOTHING };
}

/**
 * Past the models that cannot take this request: switched off, of another API, or without what it asks for.
 *
 * @throws RouterError `wrong-provider` or `no-eligible-candidate` when nobody can
 */
function detour({ feature, wants }: RoutedRequest, { start, plan, fallbacks }: Route): Route {
  const able = feature.able(wants);
  const rest = plan.filter(name => able.includes(name));
  const first = rest[0] ?? able[0];
  if (first === undefined) throw noEligibleModelError(feature.config, wants);
  return { start: first === plan[0] ? start : `${start}!${first}`, plan: rest.length > 0 ? rest : [first], fallbacks };
}

function turnsAt({ attempts }: Intent, node: NodeKey): number {
  return new Set(
    attempts.filter(attempt => attempt.node === node && attempt.kind !== 'judge').map(attempt => attempt.requestId),
  ).size;
}
