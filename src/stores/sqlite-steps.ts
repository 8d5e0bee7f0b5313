/** The synchronous steps of the SQLite store, each inside one transaction. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import { readRecord } from '../core/ledger/record-versions.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { RouterError } from '../errors.ts';
import { intentRemoved } from '../contracts/archiving.ts';
import { checkChange } from '../contracts/change.ts';
import type { Change, ChangeResult, CorrectCellsOptions } from '../contracts/store.ts';
import { mergeCells, removeDamaged } from './sqlite-cells.ts';
import { isMisuse } from './replay-change.ts';
import { DamagedRow } from './sqlite-damage.ts';
import type { Statements } from './sqlite-statements.ts';

/** A change, and its records encoded as JSON; or why it is refused. */
export interface EncodedChange {
  readonly change: Change;
  readonly json: readonly string[] | RouterError;
}

/** Bounds how long one transaction blocks the event loop. */
export const MAX_COMMITS_PER_TRANSACTION = 500;

/** Changes that were given together. */
export interface Call {
  readonly changes: readonly EncodedChange[];
  /** Intents of which a change was not committed: the later ones of the same caller conflict. */
  readonly lost: Set<string>;
}

/** Rows of the ledger by append order, both ends included. */
export interface PageRange {
  readonly start: number;
  readonly end: number;
}

/** The records as JSON, or why the change is refused. */
export function encode(change: Change): EncodedChange {
  try {
    checkChange(change);
    return { change, json: change.records.map(record => JSON.stringify(record)) };
  } catch (error) {
    if (!isMisuse(error)) throw error;
    return { change, json: error };
  }
}

/** Parts that a transaction each can take. */
export function partsOf(changes: readonly EncodedChange[]): readonly (readonly EncodedChange[])[] {
  const count = Math.ceil(changes.length / MAX_COMMITS_PER_TRANSACTION);
  return Array.from({ length: count }, (_, part) =>
    changes.slice(part * MAX_COMMITS_PER_TRANSACTION, (part + 1) * MAX_COMMITS_PER_TRANSACTION),
  );
}

/** Commits each change whose intent still has the expected revision. The answers by call, in the order of its changes. */
export function commitGroup(statements: Statements, calls: readonly Call[]): readonly (readonly ChangeResult[])[] {
  const delta: Cell[] = [];
  const serialOf = serials(statements);
  const commit = ({ change, json }: EncodedChange, lost: Set<string>): ChangeResult => {
    const { intentId, expectedRevision, dueAtMs } = change;
    if (!Array.isArray(json)) return { kind: 'refused', error: json as RouterError };
    if (lost.has(intentId)) return CONFLICT;
    const { revisions } = statements.revisions.get(intentId, intentId) as { revisions: number };
    if (revisions < 0) return { kind: 'refused', error: removalOf(statements, intentId) as RouterError };
    if (revisions !== expectedRevision) return isKnown(statements, change, json) ? KNOWN : CONFLICT;
    appendAll(statements, change, json);
    delta.push(...change.delta);
    serialOf(change.feature);
    if (dueAtMs !== null) statements.setDue.run(intentId, dueAtMs);
    else if (expectedRevision > 0) statements.clearDue.run(intentId);
    return COMMITTED;
  };
  const results = calls.map(({ changes, lost }) =>
    changes.map(encoded => {
      const result = commit(encoded, lost);
      if (result !== COMMITTED && result !== KNOWN) lost.add(encoded.change.intentId);
      return result;
    }),
  );
  mergeCells(statements.cells, delta, serialOf);
  return results;
}

const COMMITTED: ChangeResult = { kind: 'committed' };
const KNOWN: ChangeResult = { kind: 'known' };
const CONFLICT: ChangeResult = { kind: 'conflict' };

/** Whether the ledger has these very records already. */
function isKnown(statements: Statements, { intentId, expectedRevision }: Change, json: readonly string[]): boolean {
  if (json.length === 0) return false;
  const stored = statements.load.all(intentId) as unknown as LedgerRow[];
  return json.every((text, index) => stored[expectedRevision + index]?.json === text);
}

/** Takes each feature's next serial number, once per transaction. */
function serials(statements: Statements): (feature: string) => number {
  const taken = new Map<string, number>();
  return feature => {
    let serial = taken.get(feature);
    if (serial === undefined) {
      ({ serial } = statements.nextSerial.get(feature) as { serial: number });
      taken.set(feature, serial);
    }
    return serial;
  };
}

function appendAll(statements: Statements, { intentId, records }: Change, json: readonly string[]): void {
  records.forEach((record, index) => {
    const { revision, feature, atMs, kind } = record;
    statements.append.run(intentId, revision, feature, atMs, kind, json[index] as string);
    if (record.kind !== 'attempted') return;
    const { replyKeys = [], model } = record.attempt;
    for (const key of replyKeys) statements.setReply.run(key, model, atMs);
    if (isPending(record.attempt)) for (const key of replyKeys) statements.setAwaited.run(key, intentId, atMs);
  });
}

export interface DueClaim {
  readonly nowMs: number;
  readonly untilMs: number;
  readonly limit: number;
  readonly features?: readonly string[] | undefined;
}

/** Whether there is a due intent that no process has claimed. Takes no lock. */
export function isDue(statements: Statements, { nowMs, features }: DueClaim): boolean {
  return statements.isDue.get({ nowMs, features: listed(features) }) !== undefined;
}

const listed = (features: readonly string[] | undefined): string | null =>
  features === undefined ? null : JSON.stringify(features);

/** Ids of due intents that no process has claimed, oldest first: they are the caller’s until then. */
export function claimDue(statements: Statements, { features, ...claim }: DueClaim): readonly string[] {
  const claimed = statements.claim.all({ ...claim, features: listed(features) }) as {
    intent_id: string;
    due_at_ms: number;
  }[];
  return claimed
    .sort((a, b) => a.due_at_ms - b.due_at_ms || (a.intent_id < b.intent_id ? -1 : 1))
    .map(row => row.intent_id);
}

export interface Correction {
  readonly feature: string;
  readonly difference: readonly Cell[];
  /** Rows that could not be read before. */
  readonly damaged: readonly number[];
  readonly options: CorrectCellsOptions;
}

/** `false`: the correction was applied before. A cell that cannot be read counts as empty. */
export function correctCells(statements: Statements, { feature, difference, damaged, options }: Correction): boolean {
  if (Number(statements.correct.run(options.id).changes) === 0) return false;
  const serialOf = serials(statements);
  serialOf(feature);
  if (removeDamaged(statements.cells, damaged)) statements.forget.run(feature);
  mergeCells(statements.cells, difference, serialOf);
  mergeCells(statements.prunedCells, options.pruned ?? [], serialOf);
  return true;
}

export interface LedgerBounds {
  readonly id: string;
  readonly first: number;
  readonly last: number;
  /** How often pruning removed the last records. */
  readonly epoch: number;
}

export function boundsOf(statements: Statements): LedgerBounds {
  return statements.bounds.get() as unknown as LedgerBounds;
}

/** Why an intent has no records, if they were removed. */
export function removalOf(statements: Statements, intentId: string): RouterError | undefined {
  const removed = statements.removed.get(intentId) as { is_archived: number } | undefined;
  return removed && intentRemoved(intentId, removed.is_archived === 1);
}

export function recordsOf(statements: Statements, intentId: string): readonly LedgerRecord[] {
  return (statements.load.all(intentId) as unknown as LedgerRow[]).map(parseRow);
}

/** A row of the table `ledger`, as far as it is read. */
export interface LedgerRow {
  readonly intent_id: string;
  readonly revision: number;
  readonly json: string;
}

/** @throws DamagedRow when the row's text is not the record that its columns name */
export function parseRow({ intent_id: id, revision, json }: LedgerRow): LedgerRecord {
  const row = `ledger (intent ${JSON.stringify(id)}, revision ${revision})`;
  let stored: unknown;
  try {
    stored = JSON.parse(json);
  } catch (cause) {
    throw new DamagedRow(row, cause);
  }
  const record = readRecord(stored);
  if (record?.intentId !== id || record.revision !== revision)
    throw new DamagedRow(row, 'not the record of its columns');
  return record;
}
