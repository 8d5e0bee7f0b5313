/**
 * What an intent adds to the statistics, as a pure function of its records. Whatever happens to the intent (another
 * turn, an outcome, a correction) changes the cells by `contribution(after) − contribution(before)`, so that a
 * retraction is exact and the statistics can always be rebuilt from the ledger.
 */
import type { Intent } from '../ledger/records.ts';
import { outcomeBeforeAudit } from '../ledger/outcome.ts';
import type { Cell, CellKey, SumName, Sums } from './cell.ts';
import { BUCKET_MS } from './cell.ts';
import { prefixSums } from './prefix-sums.ts';
import { versionServedBy } from './served-version.ts';
import type { GrowingSums } from './sums.ts';
import { difference, hasSums } from './sums.ts';
import { modelOfNode, planKey } from '../ledger/vocabulary.ts';
import type { Visit } from './visits.ts';
import { visitsOf } from './visits.ts';

/** How the cells change when `before` becomes `after`; cells that stay the same are left out. */
export function contributionDelta(before: Intent | undefined, after: Intent): readonly Cell[] {
  return deltaOf(before === undefined ? [] : contribution(before), contribution(after));
}

/** How the cells change when an intent contributes `added` where it contributed `before`. */
export function deltaOf(before: readonly Cell[], added: readonly Cell[]): readonly Cell[] {
  if (before.length === 0) return added;
  const taken = [...before];
  const changed: Cell[] = [];
  for (const cell of added) {
    const index = taken.findIndex(old => isSameKey(old.key, cell.key));
    if (index < 0) changed.push(cell);
    else pushUnlessEmpty(changed, { key: cell.key, sums: difference(cell.sums, (taken[index] as Cell).sums) });
    if (index >= 0) taken.splice(index, 1);
  }
  for (const cell of taken) pushUnlessEmpty(changed, { key: cell.key, sums: difference(NO_SUMS, cell.sums) });
  return changed;
}

function pushUnlessEmpty(changed: Cell[], cell: Cell): void {
  if (hasSums(cell)) changed.push(cell);
}

/** Compares everything but the feature, which all cells of an intent share. */
function isSameKey(a: CellKey, b: CellKey): boolean {
  return (
    a.subject === b.subject &&
    a.scope === b.scope &&
    a.version === b.version &&
    a.bucket === b.bucket &&
    a.segment === b.segment
  );
}

/** One cell for the intent's plan and one for each node that answered. No cells before the first attempt. */
export function contribution(intent: Intent): readonly Cell[] {
  if (intent.attempts.length === 0) return [];
  const audit = auditOf(intent);
  return [planCell(intent, audit), ...nodeCells(intent, audit)];
}

/** The cells of {@link contribution} that routing learns from: all but the plan's. */
export function nodeContribution(intent: Intent): readonly Cell[] {
  return intent.attempts.length === 0 ? [] : nodeCells(intent, auditOf(intent));
}

function nodeCells(intent: Intent, audit: Sums): readonly Cell[] {
  return visitsOf(intent).map(visit => nodeCell(intent, visit, audit));
}

function nodeCell(intent: Intent, visit: Visit, audit: Sums): Cell {
  const cost = BigInt(visit.cost);
  const sums = moments(cost);
  if (intent.decided.prefix !== undefined) Object.assign(sums, prefixSums(intent, cost, visit.nodes));
  put(sums, 'escalationCost', visit.substituteCost);
  if (visit.rejected || !visit.isEnd) sums.rejected = 1n;
  if (visit.isEnd) {
    sums.ended = 1n;
    addLabel(sums, intent, cost);
    if (visit.rejected) {
      if (sums.labelled === 1n) sums.labelledRejected = 1n;
      if (sums.successes === 1n) sums.successesRejected = 1n;
    } else Object.assign(sums, audit);
  }
  const asked = intent.decided.versions[modelOfNode(visit.nodes[0])] ?? '';
  const version = visit.servedBy === undefined ? asked : versionServedBy(asked, visit.servedBy);
  return { key: keyOf(intent, 'node', visit.nodes[0], version), sums };
}

function planCell(intent: Intent, audit: Sums): Cell {
  const { attempts, decided, outcome } = intent;
  let spent = 0;
  let retries = 0;
  let escalations = 0;
  let judges = 0;
  let laterTurns = 0;
  let estimated = 0;
  let isMultiTurn = false;
  for (const { kind, costNanoUsd, turn, provenance } of attempts) {
    spent += costNanoUsd;
    if (kind === 'retry') retries += costNanoUsd;
    else if (kind === 'escalation') escalations += costNanoUsd;
    else if (kind === 'judge') judges += costNanoUsd;
    else if (turn > 1) laterTurns += costNanoUsd;
    if (turn > 1) isMultiTurn = true;
    if (provenance === 'estimated') estimated += costNanoUsd;
  }
  const cost = BigInt(spent);
  const sums = moments(cost);
  addLabel(sums, intent, cost);
  Object.assign(sums, audit);
  if (outcome.state === 'unknown') sums.unknown = 1n;
  if (sums.labelled === 1n) {
    const configured = BigInt(decided.failureCostNanoUsd);
    if (configured !== 0n) sums.labelledFailureCost = configured;
    putProduct(sums, 'labelledFailureCost2', configured, configured);
  }
  if (outcome.state === 'failure') {
    const failureCost = BigInt(outcome.costNanoUsd ?? decided.failureCostNanoUsd);
    if (failureCost !== 0n) sums.failureCost = failureCost;
    putProduct(sums, 'failureCost2', failureCost, failureCost);
    putProduct(sums, 'costTimesFailureCost', cost, failureCost);
    sums.weighedFailures = 1n;
    if (outcome.costNanoUsd !== undefined) {
      sums.recordedFailures = 1n;
      put(sums, 'recordedFailureCost', outcome.costNanoUsd);
      put(sums, 'configuredOfRecorded', decided.failureCostNanoUsd);
    }
  }
  if (outcome.escalated) sums.escalated = 1n;
  put(sums, 'retryCost', retries);
  put(sums, 'escalationCost', escalations);
  put(sums, 'judgeCost', judges);
  put(sums, 'laterTurnsCost', laterTurns);
  put(sums, 'estimatedCost', estimated);
  put(sums, 'attempts', attempts.length);
  put(sums, 'requests', attempts.length === 1 ? 1 : new Set(attempts.map(attempt => attempt.requestId)).size);
  if (isMultiTurn) {
    sums.multiTurn = 1n;
    Object.assign(sums, multiTurnMoments(cost));
    if (sums.failureCost !== undefined) sums.multiTurnFailureCost = sums.failureCost;
    if (sums.labelled === 1n) sums.multiTurnLabelled = 1n;
    if (sums.successes === 1n) sums.multiTurnSuccesses = 1n;
  }
  if (decided.prefix !== undefined) Object.assign(sums, prefixSums(intent, cost));
  return { key: keyOf(intent, 'plan', planKey(decided.decision.plan), ''), sums };
}

/** Leaves zeros out: the canonical form, so that equal sums are deeply equal. */
function put(sums: GrowingSums, name: SumName, value: number): void {
  if (value !== 0) sums[name] = BigInt(value);
}

function putProduct(sums: GrowingSums, name: SumName, a: bigint, b: bigint): void {
  if (a !== 0n && b !== 0n) sums[name] = a * b;
}

function moments(cost: bigint): GrowingSums {
  if (cost === 0n) return { n: 1n };
  const cost2 = cost * cost;
  return { n: 1n, cost, cost2, cost3: cost2 * cost };
}

function multiTurnMoments(cost: bigint): GrowingSums {
  if (cost === 0n) return {};
  const cost2 = cost * cost;
  return { multiTurnCost: cost, multiTurnCost2: cost2, multiTurnCost3: cost2 * cost };
}

function addLabel(sums: GrowingSums, intent: Intent, cost: bigint): void {
  const { state } = intent.outcome;
  if (state !== 'success' && state !== 'failure') return;
  sums.labelled = 1n;
  if (cost !== 0n) sums.costOfLabelled = cost;
  if (state === 'success') {
    sums.successes = 1n;
    return;
  }
  if (cost !== 0n) sums.costOfFailures = cost;
  put(
    sums,
    'failureDelayMs',
    Math.max(0, Math.round((intent.outcomeAtMs ?? intent.decided.atMs) - intent.decided.atMs)),
  );
}

/**
 * The labels of an audited intent by the audit and by the other sources: their agreement shows how reliable those
 * sources are.
 */
function auditOf(intent: Intent): Sums {
  const proxy = outcomeBeforeAudit(intent);
  if (proxy === undefined) return NO_SUMS;
  const { outcome } = intent;
  const sums: GrowingSums = { audited: 1n };
  if (outcome.state === 'success') sums.auditedSuccesses = 1n;
  if (proxy === 'success') sums.auditedProxySuccesses = 1n;
  if (outcome.state === 'success' && proxy === 'success') sums.auditedBothSuccesses = 1n;
  return sums;
}

const NO_SUMS: Sums = {};

function keyOf(intent: Intent, scope: CellKey['scope'], subject: string, version: string): CellKey {
  const { feature, segment, atMs } = intent.decided;
  return { scope, feature, segment, subject, version, bucket: Math.floor(atMs / BUCKET_MS) };
}
