/**
 * What an intent adds to the statistics, as a pure function of its records. A change of the intent (another turn, an
 * outcome, a correction) changes the cells by `contribution(after) − contribution(before)`: exact retraction by
 * construction, and statistics that can always be rebuilt from the ledger.
 */
import type { Intent } from './ledger.ts';
import type { Cell, CellKey, SumName, Sums } from './statistics.ts';
import { addSums, BUCKET_MS, cellKeyString } from './statistics.ts';
import type { Attempt } from './vocabulary.ts';
import { modelOfNode, planKey } from './vocabulary.ts';

/** The cells' change when `before` becomes `after`; cells that do not change are left out. */
export function settle(before: Intent | undefined, after: Intent): readonly Cell[] {
  const cells = new Map<string, Cell>();
  const merge = (part: readonly Cell[], sign: 1n | -1n): void => {
    for (const cell of part) {
      const id = cellKeyString(cell.key);
      cells.set(id, { key: cell.key, sums: addSums(cells.get(id)?.sums ?? {}, cell.sums, sign) });
    }
  };
  merge(contribution(after), 1n);
  if (before !== undefined) merge(contribution(before), -1n);
  return [...cells.values()].filter(cell => Object.keys(cell.sums).length > 0);
}

/** Everything the intent adds: one cell for its plan and one for each node it visited. Nothing before its first attempt. */
export function contribution(intent: Intent): readonly Cell[] {
  const { attempts } = intent;
  if (attempts.length === 0) return [];
  const visits = visitsOf(attempts);
  const ended = endOf(visits);
  return [planCell(intent), ...visits.filter(answered).map(visit => nodeCell(intent, visit, visit === ended))];
}

/** All attempts of an intent at one node. */
interface Visit {
  readonly node: string;
  readonly attempts: readonly Attempt[];
}

function visitsOf(attempts: readonly Attempt[]): readonly Visit[] {
  const byNode = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const list = byNode.get(attempt.node);
    if (list === undefined) byNode.set(attempt.node, [attempt]);
    else list.push(attempt);
  }
  return [...byNode].map(([node, list]) => ({ node, attempts: list }));
}

/** Nodes that never answered (provider faults only) say nothing about quality or cost of an answer. */
function answered(visit: Visit): boolean {
  return visit.attempts.some(
    attempt => attempt.kind !== 'judge' && (attempt.status === 'ok' || attempt.costNanoUsd > 0),
  );
}

/** The node whose reply the caller got last: the deepest that answered. */
function endOf(visits: readonly Visit[]): Visit | undefined {
  return visits.findLast(answered);
}

function nodeCell(intent: Intent, visit: Visit, isEnd: boolean): Cell {
  const cost = spend(visit.attempts);
  const last = visit.attempts.findLast(attempt => attempt.verdict !== undefined);
  const rejected = last?.verdict?.accepted === false;
  const sums: Draft = { ...moments(cost) };
  if (rejected || !isEnd) sums.rejected = 1n;
  if (isEnd) {
    addLabel(sums, intent, cost);
    if (rejected && sums.labelled === 1n) {
      sums.labelledRejected = 1n;
      if (sums.successes === 1n) sums.successesRejected = 1n;
    }
  }
  const { decided } = intent;
  const version = decided.versions[modelOfNode(visit.node)] ?? '';
  return { key: keyOf(intent, 'node', visit.node, version), sums: canonical(sums) };
}

function planCell(intent: Intent): Cell {
  const { attempts, decided, outcome } = intent;
  const cost = spend(attempts);
  const sums: Draft = { ...moments(cost) };
  addLabel(sums, intent, cost);
  if (outcome.state === 'unknown') sums.unknown = 1n;
  if (outcome.state === 'failure') {
    sums.failureCost = BigInt(outcome.costNanoUsd ?? decided.failureCostNanoUsd);
    if (outcome.costNanoUsd !== undefined) {
      sums.recordedFailures = 1n;
      sums.recordedFailureCost = BigInt(outcome.costNanoUsd);
      sums.configuredOfRecorded = BigInt(decided.failureCostNanoUsd);
    }
  }
  if (outcome.escalated) sums.escalated = 1n;
  sums.retryCost = spend(attempts.filter(attempt => attempt.kind === 'retry'));
  sums.escalationCost = spend(attempts.filter(attempt => attempt.kind === 'escalation'));
  sums.judgeCost = spend(attempts.filter(attempt => attempt.kind === 'judge'));
  sums.laterTurnsCost = spend(attempts.filter(attempt => attempt.turn > 1));
  sums.estimatedCost = spend(attempts.filter(attempt => attempt.provenance === 'estimated'));
  sums.attempts = BigInt(attempts.length);
  sums.requests = BigInt(new Set(attempts.map(attempt => attempt.requestId)).size);
  if (attempts.some(attempt => attempt.turn > 1)) {
    sums.multiTurn = 1n;
    sums.multiTurnCost = cost;
    sums.multiTurnLabelled = sums.labelled ?? 0n;
    sums.multiTurnSuccesses = sums.successes ?? 0n;
  }
  return { key: keyOf(intent, 'plan', planKey(decided.decision.plan), ''), sums: canonical(sums) };
}

type Draft = Partial<Record<SumName, bigint>>;

function moments(cost: bigint): Draft {
  return { n: 1n, cost, cost2: cost * cost, cost3: cost * cost * cost };
}

function addLabel(sums: Draft, intent: Intent, cost: bigint): void {
  const { state } = intent.outcome;
  if (state !== 'success' && state !== 'failure') return;
  sums.labelled = 1n;
  sums.costOfLabelled = cost;
  if (state === 'success') sums.successes = 1n;
  else sums.costOfFailures = cost;
}

function spend(attempts: readonly Attempt[]): bigint {
  let total = 0;
  for (const attempt of attempts) total += attempt.costNanoUsd;
  return BigInt(total);
}

function keyOf(intent: Intent, scope: CellKey['scope'], at: string, version: string): CellKey {
  const { feature, segment, atMs } = intent.decided;
  return { scope, feature, segment, at, version, bucket: Math.floor(atMs / BUCKET_MS) };
}

function canonical(sums: Draft): Sums {
  return addSums({}, sums);
}
