/** The nodes at which an intent got an answer, with what its attempts there cost. */
import type { Intent } from '../ledger/records.ts';
import { nodeReplacedBy } from '../ledger/substitute.ts';
import type { Attempt, AttemptStatus, NodeKey } from '../ledger/vocabulary.ts';
import { isPending, nodeAfterOutage } from '../ledger/vocabulary.ts';

/** All attempts of an intent at one node. */
export interface Visit {
  readonly node: NodeKey;
  /** Without an answer (provider faults only) a visit is no evidence on the quality or the cost of an answer. */
  readonly answered: boolean;
  readonly cost: number;
  /** The other model that gave an answer here: the visit is then no evidence on the model that was asked. */
  readonly servedBy?: string;
  /** Whether the last verdict on a reply of this node was a rejection. */
  readonly rejected: boolean;
  /** Whether the caller got the reply of this node. */
  readonly isEnd: boolean;
  /** Visits in place of this one, whose reply broke the schema. Its cost has theirs, and it ends as they do. */
  readonly substitutes: readonly Visit[];
}

type VisitDraft = { -readonly [Name in keyof Visit]: Visit[Name] };

const NONE: readonly never[] = [];

/** The visits that answered, in order. */
export function visitsOf({ attempts, decided }: Intent): readonly Visit[] {
  const all: VisitDraft[] = [];
  for (const attempt of attempts) {
    const { node } = attempt;
    let visit = all.find(known => known.node === node);
    if (visit === undefined) {
      visit = { node, answered: false, cost: 0, rejected: false, isEnd: false, substitutes: NONE };
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
  for (const visit of visits.slice(1)) {
    const replaced = nodeReplacedBy(visit.node, decided.decision.plan, attempts);
    const host = replaced === visit.node ? undefined : visits.find(({ node }) => node === replaced);
    if (host === undefined) continue;
    host.cost += visit.cost;
    host.rejected = visit.rejected;
    host.isEnd = visit.isEnd;
    host.substitutes = [...host.substitutes, visit];
  }
  return visits;
}

const OUTPUT_METERS = ['output', 'outputAudio', 'outputImage', 'imageGenOutput'] as const;

/** How a reply ended of which a part may have arrived. Any other failure is none, whatever it charges. */
const PARTIAL: ReadonlySet<AttemptStatus> = new Set(['broken', 'aborted', 'timeout']);

/**
 * A complete reply, or the part of one that arrived. Input that is billed without any output (a reply that never came) is no
 * answer, nor is output that did not reach the caller, because the request went on to another model.
 */
function hasAnswered(attempt: Attempt, attempts: readonly Attempt[]): boolean {
  const { status, usage, requestId, node } = attempt;
  if (isPending(attempt)) return false;
  if (status === 'ok') return true;
  if (!PARTIAL.has(status) || OUTPUT_METERS.every(meter => (usage[meter] ?? 0) === 0)) return false;
  const substitute = nodeAfterOutage(node, '');
  return !attempts.some(other => other.requestId === requestId && other.node.startsWith(substitute));
}
