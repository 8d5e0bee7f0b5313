/** The synchronous steps of the SQLite store, each inside one transaction. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import { readRecord } from '../core/ledger/record-versions.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { RouterError } from '../errors.ts';
import { intentRemovedError } from '../contracts/archiving.ts';
import type { CorrectCellsOptions } from '../contracts/store.ts';
import { endFullBlocks, mergeCells, serials } from './sqlite-cell-sums.ts';
import { removeDamaged } from './sqlite-cells.ts';
import { DamagedRow } from './sqlite-damage.ts';
import type { Statements } from './sqlite-statements.ts';

/** Rows of the ledger by append order, both ends included. */
export interface PageRange {
  readonly start: number;
  readonly end: number;
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

/** Ids of due intents that no process has claimed, oldest first: they belong to the caller until the lease ends. */
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
  endFullBlocks(statements, mergeCells(statements.cells, difference, { serialOf }));
  mergeCells(statements.prunedCells, options.pruned ?? [], { serialOf });
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
  return removed && intentRemovedError(intentId, removed.is_archived === 1);
}

export function recordsOf(statements: Statements, intentId: string): readonly LedgerRecord[] {
  return (statements.load.all(intentId) as unknown as LedgerRow[]).map(parseRow);
}

/** The columns of a row of the table `ledger` that are read. */
export interface LedgerRow {
  readonly intent_id: string;
  readonly revision: number;
  readonly json: string;
}

/** @throws DamagedRow when the row's text is not the record that its columns name */
export function parseRow({ intent_id: id, revision, json }: LedgerRow): LedgerRecord {
  const row = (): string => `ledger (intent ${JSON.stringify(id)}, revision ${revision})`;
  let stored: unknown;
  try {
    stored = JSON.parse(json);
  } catch (cause) {
    throw new DamagedRow(row(), cause);
  }
  const record = readRecord(stored);
  if (record?.intentId !== id || record.revision !== revision)
    throw new DamagedRow(row(), 'not the record that its columns name');
  return record;
}
