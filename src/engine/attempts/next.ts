/**
 * Chooses the model to which a request is sent next, as a pure function. Retries at one node happen inside `send`; climbing and failover
 * are decided here.
 */
import type { AttemptKind, NodeKey } from '../../core/ledger/vocabulary.ts';
import { nodeAfterOutage, nodeAfterRejection } from '../../core/ledger/vocabulary.ts';

/**
 * How a node ended: the verdict accepted its reply, the verdict rejected it, the reply breaks what the request demands (so that another
 * model is asked whatever the plan says), or no reply came.
 */
export type NodeEnd = 'accepted' | 'rejected' | 'violated' | 'unavailable';

export interface VisitedNode {
  readonly node: NodeKey;
  readonly model: string;
  readonly end: NodeEnd;
}

/** Where a request may go. */
export interface RequestRoute {
  /** The node the request starts at; its last model is the first of `plan`. */
  readonly start: NodeKey;
  /** Models of the decided plan from the start on. */
  readonly plan: readonly string[];
  /** Models that may replace an unavailable one, in order; they include the plan's own. */
  readonly fallbacks: readonly string[];
}

export type NextStep =
  | { readonly do: 'send'; readonly node: NodeKey; readonly model: string; readonly kind: AttemptKind }
  | { readonly do: 'finish' };

const FINISH: NextStep = Object.freeze({ do: 'finish' });

/** The next step after the nodes that this request has visited so far. */
export function next(route: RequestRoute, visited: readonly VisitedNode[]): NextStep {
  const last = visited.at(-1);
  if (last === undefined) {
    const model = route.plan[0];
    return model === undefined ? FINISH : { do: 'send', node: route.start, model, kind: 'first' };
  }
  if (last.end === 'accepted') return FINISH;
  const position = route.plan.indexOf(last.model);
  const climb = position < 0 ? undefined : route.plan[position + 1];
  if (last.end === 'rejected')
    return climb === undefined ? FINISH : escalation(nodeAfterRejection(last.node, climb), climb);
  const tried = new Set(visited.map(visit => visit.model));
  const substitute = climb ?? route.fallbacks.find(model => !tried.has(model));
  if (substitute === undefined) return FINISH;
  const nodeAfter = last.end === 'violated' ? nodeAfterRejection : nodeAfterOutage;
  return escalation(nodeAfter(last.node, substitute), substitute);
}

function escalation(node: NodeKey, model: string): NextStep {
  return { do: 'send', node, model, kind: 'escalation' };
}
