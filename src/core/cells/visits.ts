/** The nodes at which an intent got an answer, with what its attempts there cost. */
import type { Intent } from '../ledger/records.ts';
import { nodeReplacedBy } from '../ledger/substitute.ts';
import type { Attempt, AttemptStatus, NodeKey } from '../ledger/vocabulary.ts';
import { isPending, nodeAfterOutage } from '../ledger/vocabulary.ts';

/** All attempts of an intent at one node, and at the nodes that answered in its place because its reply broke the schema. */
export interface Visit {
  /** The node, then the nodes that answered in its place. */
  readonly nodes: readonly [NodeKey, ...NodeKey[]];
  /** Without an answer (provider faults only) a visit is no evidence on the quality or the cost of an answer. */
  readonly answered: boolean;
  readonly cost: number;
  /** The other model that gave an answer here: the visit is then no evidence on the model that was asked. */
  readonly servedBy?: string;
  /** Whether the last verdict on a reply of this node rejected it. */
  readonly rejected: boolean;
  /** Whether the caller got the reply of this node. */
  readonly isEnd: boolean;
  /** The part of the cost that arose at the other nodes. */
  readonly substituteCost: number;
}

type VisitDraft = { -readonly [Name in keyof Visit]: Visit[Name] };

/** The visits that answered, in order. */
export function visitsOf({ attempts, decided }: Intent): readonly Visit[] {
  const all: VisitDraft[] = [];
  for (const attempt of attempts) {
    const { node } = attempt;
    let visit = all.find(known => known.nodes[0] === node);
    if (visit === undefined) {
      visit = { nodes: [node], answered: false, cost: 0, substituteCost: 0, rejected: false, isEnd: false };
      all.push(visit);
    }
    visit.cost += attempt.costNanoUsd;
    if (attempt.kind !== 'judge' && hasAnswered(attempt, attempts)) {
      visit.answered = true;
      if (attempt.servedBy !== undefined) visit.servedBy = attempt.servedBy;
    }
    if (attempt.verdict !== undefined) visit.rejected = !attempt.verdict.accepted;
  }
  const visits = all.filter(visit => visit.answered);
  const last = visits.at(-1);
  if (last !== undefined) last.isEnd = true;
  for (const { nodes, cost, rejected, isEnd } of visits.slice(1)) {
    const [node] = nodes;
    const replaced = nodeReplacedBy(node, decided.decision.plan, attempts);
    const host = visits.find(visit => visit.nodes[0] === replaced);
    if (host === undefined || host.nodes === nodes) continue;
    host.nodes = [...host.nodes, node];
    host.cost += cost;
    host.substituteCost += cost;
    Object.assign(host, { rejected, isEnd });
  }
  return visits;
}

const OUTPUT_METERS = ['output', 'outputAudio', 'outputImage', 'imageGenOutput'] as const;

/**
 * Statuses of a reply of which a part may have arrived. After any other failure there is no reply, whatever was charged.
 */
const PARTIAL: ReadonlySet<AttemptStatus> = new Set(['broken', 'aborted', 'timeout']);

/**
 * A complete reply, or the part of one that arrived. Input that is billed without any output (a reply that never came) is not an answer,
 * nor is output that did not reach the caller, because the request went on to another model.
 */
function hasAnswered(attempt: Attempt, attempts: readonly Attempt[]): boolean {
  const { status, usage, requestId, node } = attempt;
  if (isPending(attempt)) return false;
  if (status === 'ok') return true;
  if (!PARTIAL.has(status) || OUTPUT_METERS.every(meter => (usage[meter] ?? 0) === 0)) return false;
  const substitute = nodeAfterOutage(node, '');
  return !attempts.some(other => other.requestId === requestId && other.node.startsWith(substitute));
}
