/** Commits changes into the tables of the SQLite store, inside the caller's transaction. */
import { checkChange } from '../contracts/change.ts';
import type { Change, ChangeResult } from '../contracts/store.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import { RouterError } from '../errors.ts';
import { isFileable } from './fileable-change.ts';
import { isMisuse } from './replay-change.ts';
import type { MergeOptions } from './sqlite-cell-sums.ts';
import { endFullBlocks, mergeCells, serials } from './sqlite-cell-sums.ts';
import type { Statements } from './sqlite-statements.ts';
import type { LedgerRow } from './sqlite-steps.ts';
import { removalOf } from './sqlite-steps.ts';

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

/** The records as JSON, or why the change is refused. */
export function encode(change: Change): EncodedChange {
  try {
    checkChange(change);
    if (!isFileable(change)) throw notFileable(change);
    return { change, json: change.records.map(record => JSON.stringify(record)) };
  } catch (error) {
    if (!isMisuse(error)) throw error;
    return { change, json: error };
  }
}

function notFileable({ intentId }: Change): RouterError {
  return new RouterError('invalid-value', `the change of intent "${intentId}" has an invalid record or cell`, {
    path: 'change',
    accepted: 'records with their content, attempts with a model, and cells with a whole key and sums in bigints',
  });
}

/** Parts of a size that one transaction can commit. */
export function partsOf(changes: readonly EncodedChange[]): readonly (readonly EncodedChange[])[] {
  const count = Math.ceil(changes.length / MAX_COMMITS_PER_TRANSACTION);
  return Array.from({ length: count }, (_, part) =>
    changes.slice(part * MAX_COMMITS_PER_TRANSACTION, (part + 1) * MAX_COMMITS_PER_TRANSACTION),
  );
}

/**
 * Commits each change whose intent still has the expected revision. Returns the answers by call, in the order of the call's changes.
 * `revisions` holds the known revisions of intents, and gets the new ones.
 */
export function commitGroup(
  statements: Statements,
  calls: readonly Call[],
  { revisions: known = new Map(), ...options }: AppendOptions & { readonly revisions?: Map<string, number> } = {},
): readonly (readonly ChangeResult[])[] {
  const group = appending(statements, options);
  const commit = ({ change, json }: EncodedChange, lost: Set<string>): ChangeResult => {
    const { intentId, expectedRevision } = change;
    if (!Array.isArray(json)) return { kind: 'refused', error: json as RouterError };
    if (lost.has(intentId)) return CONFLICT;
    const revisions = known.get(intentId) ?? revisionsOf(statements, intentId);
    if (revisions < 0) return { kind: 'refused', error: removalOf(statements, intentId) as RouterError };
    if (revisions !== expectedRevision) return isKnown(statements, change, json) ? KNOWN : CONFLICT;
    group.append(change, json);
    known.set(intentId, expectedRevision + json.length);
    return COMMITTED;
  };
  const results = calls.map(({ changes, lost }) =>
    changes.map(encoded => {
      const result = commit(encoded, lost);
      if (result !== COMMITTED && result !== KNOWN) lost.add(encoded.change.intentId);
      return result;
    }),
  );
  group.end();
  return results;
}

export const COMMITTED: ChangeResult = Object.freeze({ kind: 'committed' });
const KNOWN: ChangeResult = Object.freeze({ kind: 'known' });
const CONFLICT: ChangeResult = Object.freeze({ kind: 'conflict' });

/** Number of the intent's records in the ledger; -1 where it was removed. */
export function revisionsOf(statements: Statements, intentId: string): number {
  return (statements.revisions.get(intentId, intentId) as { revisions: number }).revisions;
}

/** Whether the ledger has these very records already. */
function isKnown(statements: Statements, { intentId, expectedRevision }: Change, json: readonly string[]): boolean {
  if (json.length === 0) return false;
  const stored = statements.load.all(intentId) as unknown as LedgerRow[];
  return json.every((text, index) => stored[expectedRevision + index]?.json === text);
}

export type AppendOptions = Pick<MergeOptions, 'known' | 'damaged'>;

/** Appends changes that are the next of their intents. Their cells are added up, and written at the end. */
export function appending(
  statements: Statements,
  options: AppendOptions = {},
): { append(change: Change, json: readonly string[]): void; end(): void } {
  const delta: Cell[] = [];
  const serialOf = serials(statements);
  let hasPending: boolean | undefined;

  function setDue({ intentId, expectedRevision, dueAtMs }: Change): void {
    if (dueAtMs !== null) {
      statements.setDue.run(intentId, dueAtMs);
      hasPending = true;
    } else if (expectedRevision > 0) {
      hasPending ??= statements.hasPending.get() !== undefined;
      if (hasPending) statements.clearDue.run(intentId);
    }
  }

  return {
    append(change, json) {
      change.records.forEach((record, index) => appendRecord(statements, record, json[index] as string));
      delta.push(...change.delta);
      serialOf(change.feature);
      setDue(change);
    },
    end: () => endFullBlocks(statements, mergeCells(statements.cells, delta, { ...options, serialOf })),
  };
}

function appendRecord(statements: Statements, record: LedgerRecord, json: string): void {
  const { intentId, revision, feature, atMs, kind } = record;
  statements.append.run(intentId, revision, feature, atMs, kind, json);
  if (record.kind !== 'attempted') return;
  const { replyKeys = [], model } = record.attempt;
  for (const key of replyKeys) statements.setReply.run(key, model, atMs);
  if (isPending(record.attempt)) for (const key of replyKeys) statements.setAwaited.run(key, intentId, atMs);
}
