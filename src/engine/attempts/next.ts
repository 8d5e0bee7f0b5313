/** What a request does next: pure. Retries of one node happen inside `send`; climbing and failover are decided here. */
import type { AttemptKind, NodeKey } from '../../core/ledger/vocabulary.ts';

/** How a node ended: its reply was good enough, was rejected by the verdict, or never came. */
export type NodeEnd = 'accepted' | 'rejected' | 'unavailable';

export interface Visited {
  readonly node: NodeKey;
  readonly model: string;
  readonly end: NodeEnd;
}

/** Where a request may go. */
export interface Route {
  /** The node the request starts at; its last model is the first of `plan`. */
  readonly start: NodeKey;
  /** Models of the decided plan from the start on. */
  readonly plan: readonly string[];
  /** Models that may step in when a model is unavailable, in order; includes the plan's own. */
  readonly fallbacks: readonly string[];
}

export type Step =
  | { readonly do: 'send'; readonly node: NodeKey; readonly model: string; readonly kind: AttemptKind }
  | { readonly do: 'finish' };

const FINISH: Step = Object.freeze({ do: 'finish' });

/** The next step after the nodes visited so far by this request. */
export function next(route: Route, visited: readonly Visited[]): Step {
  const last = visited.at(-1);
  if (last === undefined) {
    const model = route.plan[0];
    return model === undefined ? FINISH : { do: 'send', node: route.start, model, kind: 'first' };
  }
  if (last.end === 'accepted') return FINISH;
  const planned = route.plan[route.plan.indexOf(last.model) + 1];
  const climb = route.plan.includes(last.model) ? planned : undefined;
  if (last.end === 'rejected') return climb === undefined ? FINISH : send(`${last.node}>${climb}`, climb);
  const tried = new Set(visited.map(visit => visit.model));
  const substitute = climb ?? route.fallbacks.find(model => !tried.has(model));
  return substitute === undefined ? FINISH : send(`${last.node}!${substitute}`, substitute);
}

function send(node: NodeKey, model: string): Step {
  return { do: 'send', node, model, kind: 'escalation' };
}
