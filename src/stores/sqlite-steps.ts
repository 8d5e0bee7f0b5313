/** The synchronous steps of the SQLite store, each inside one transaction. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import { foldIntent } from '../core/ledger/records.ts';
import { readRecord } from '../core/ledger/record-versions.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import { contribution } from '../core/cells/contribution.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { Change, Control, Pruned, ReplaceCellsOptions } from '../contracts/store.ts';
import type { Connection } from './sqlite-connection.ts';
import { generationOf } from './sqlite-connection.ts';
import type { Statements } from './sqlite-statements.ts';
import { DamagedRow, mergeCells, replaceTable } from './sqlite-statements.ts';

/** A change, and its records encoded as JSON. */
export interface EncodedChange {
  readonly change: Change;
  readonly json: readonly string[];
}

/** Rows of the ledger by append order, both ends included. */
export interface PageRange {
  readonly start: number;
  readonly end: number;
}

/** Commits each change whose intent still has the expected revision; `false` for the others. */
export function commitGroup(statements: Statements, group: readonly EncodedChange[]): readonly boolean[] {
  const delta: Cell[] = [];
  const results = group.map(({ change, json }) => {
    const { intentId, expectedRevision, dueAtMs } = change;
    const { revisions } = statements.revisions.get(intentId) as { revisions: number };
    if (revisions !== expectedRevision) return false;
    change.records.forEach((record, index) => {
      const { revision, feature, atMs, kind } = record;
      statements.append.run(intentId, revision, feature, atMs, kind, json[index] ?? '');
      if (record.kind !== 'attempted') return;
      const { replyKeys = [], model } = record.attempt;
      for (const key of replyKeys) statements.setReply.run(key, model, atMs);
      if (isPending(record.attempt)) for (const key of replyKeys) statements.setAwaited.run(key, intentId, atMs);
    });
    delta.push(...change.delta);
    if (dueAtMs !== null) statements.setDue.run(intentId, dueAtMs);
    else if (expectedRevision > 0) statements.clearDue.run(intentId);
    return true;
  });
  mergeCells(statements.cells, delta);
  return results;
}

/** A row of the table `controls`. */
interface ControlRow {
  readonly name: string;
  readonly revision: number;
  readonly json: string;
}

/** Every control that can be read, and a DamagedRow for each other one. */
export function readControls(statements: Statements): readonly (Control | DamagedRow)[] {
  return (statements.controls.all() as unknown as ControlRow[]).map(readControl);
}

function readControl({ name, revision, json }: ControlRow): Control | DamagedRow {
  const row = `controls (name ${JSON.stringify(name)})`;
  try {
    const control = JSON.parse(json) as Partial<Control> | null;
    const isWhole =
      `${control?.kind} ${control?.subject}` === name &&
      control?.revision === revision &&
      typeof control.isSet === 'boolean' &&
      typeof control.atMs === 'number' &&
      (control.kind === 'disabled' || !control.isSet || typeof control.plan === 'string') &&
      (control.kind !== 'holdout' || !control.isSet || typeof control.fraction === 'number');
    return isWhole ? (control as Control) : new DamagedRow(row, 'not the control of its columns');
  } catch (cause) {
    return new DamagedRow(row, cause);
  }
}

/** `false` unless the control's latest revision is the one before. A damaged one is replaced. */
export function setControl(statements: Statements, control: Control): boolean {
  const name = `${control.kind} ${control.subject}`;
  const row = statements.control.get(name) as ControlRow | undefined;
  // Other processes apply only what has a later revision than they have seen.
  const next = row !== undefined && readControl(row) instanceof DamagedRow ? row.revision + 1 : control.revision;
  if (next === control.revision && (row?.revision ?? 0) !== next - 1) return false;
  statements.setControl.run(name, next, JSON.stringify({ ...control, revision: next }));
  return true;
}

export function replaceCells(
  connection: Connection,
  feature: string,
  cells: readonly Cell[],
  { ifGeneration, pruned }: ReplaceCellsOptions,
): boolean {
  const { statements } = connection;
  if (ifGeneration !== undefined && ifGeneration !== generationOf(connection)) return false;
  replaceTable(statements.cells, feature, cells);
  if (pruned !== undefined) replaceTable(statements.prunedCells, feature, pruned);
  return true;
}

/** Moves the closed intents that began in a page of the ledger into the pruned base. */
export function prunePage(statements: Statements, range: PageRange & { readonly beforeMs: number }): Pruned {
  const closed = statements.closed.all({ ...range }) as { intent_id: string }[];
  let removed = 0;
  const base: Cell[] = [];
  for (const { intent_id: id } of closed) {
    const intent = foldIntent(recordsOf(statements, id));
    if (intent !== undefined) base.push(...contribution(intent));
    removed += Number(statements.remove.run(id).changes);
  }
  mergeCells(statements.prunedCells, base);
  statements.removeReplies.run(range.beforeMs);
  statements.removeAwaited.run(range.beforeMs);
  return { intents: closed.length, records: removed };
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
