/** Groups of changes as the values of the statement that commits them. */
import type { Cell, SumName } from '../../core/cells/cell.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';
import type { Change, ChangeResult } from '../../contracts/store.ts';
import { lines, numberArray, textArray } from './arrays.ts';
import { cellsParameter, merged, PLAIN_SUMS } from './cell-rows.ts';
import { monthOf } from './schema.ts';

/** A change, its records encoded, and where its answer goes. */
export interface PostgresCommit {
  readonly change: Change;
  readonly json: readonly string[];
  readonly settle: (result: ChangeResult) => void;
}

/** The next changes of one intent, in their order: committed together or not at all. */
export type CommitPart = readonly [PostgresCommit, ...PostgresCommit[]];

/** The kinds of records, by their number in the column `kind`. */
const KINDS: readonly LedgerRecord['kind'][] = ['decided', 'attempted', 'labelled', 'corrected'];

export const kindNumber = (kind: LedgerRecord['kind']): number => KINDS.indexOf(kind);

export function settleAll(part: CommitPart, result: ChangeResult): void {
  for (const { settle } of part) settle(result);
}

export const recordCount = (part: CommitPart): number => part.reduce((sum, { json }) => sum + json.length, 0);

/** The month of an intent that begins with the change. */
export function monthOfChange({ records, expectedRevision }: Change): readonly number[] {
  return records[0] === undefined || expectedRevision > 0 ? [] : [monthOf(records[0].atMs)];
}

/**
 * Parameters 1 to 14 of the statement.
 *
 * @param elsewhere - Months without a part of the ledger, each with the month that stores its intents
 */
export function valuesOf(
  parts: readonly CommitPart[],
  shard: number,
  elsewhere: ReadonlyMap<number, number> = new Map(),
): readonly unknown[] {
  const storedIn = (month: number): number => elsewhere.get(month) ?? month;
  const firsts = parts.map(([{ change }]) => change);
  const records = recordColumns(parts);
  return [
    textArray(firsts.map(change => change.intentId)),
    numberArray(firsts.map(change => change.expectedRevision)),
    numberArray(parts.map(recordCount)),
    // An existing intent's head row knows its month.
    numberArray(firsts.map(change => storedIn(monthOfChange(change)[0] ?? 0))),
    textArray(firsts.map(change => change.feature)),
    numberArray(firsts.map(({ records: [first] }) => first?.atMs ?? 0)),
    numberArray(parts.map(lastMs)),
    numberArray(parts.map(part => part.at(-1)?.change.dueAtMs ?? null)),
    numberArray(records.numbers),
    numberArray(records.revisions),
    numberArray(records.timesMs),
    numberArray(records.kinds),
    lines(records.json),
    shard,
  ];
}

/** The records of all parts by column, filled in one pass: an object for each record would take twice the time. */
function recordColumns(parts: readonly CommitPart[]) {
  const columns = {
    /** Of the record's part, from 1. */
    numbers: [] as number[],
    revisions: [] as number[],
    timesMs: [] as number[],
    kinds: [] as number[],
    json: [] as string[],
  };
  for (const [index, part] of parts.entries())
    for (const { change, json } of part)
      for (const [at, { revision, atMs, kind }] of change.records.entries()) {
        columns.numbers.push(index + 1);
        columns.revisions.push(revision);
        columns.timesMs.push(atMs);
        columns.kinds.push(kindNumber(kind));
        columns.json.push(json[at] ?? '');
      }
  return columns;
}

/** Parameters 16 to 20: a row for each key of a reply. Absent where no reply has one. */
export function repliesOf(parts: readonly CommitPart[]): readonly unknown[] {
  const replies = parts.flatMap((part, index) =>
    part.flatMap(({ change }) =>
      change.records.flatMap(record => {
        if (record.kind !== 'attempted') return [];
        const { attempt, atMs } = record;
        const reply = { number: index + 1, model: attempt.model, atMs, awaited: isPending(attempt) };
        return (attempt.replyKeys ?? []).map(key => ({ key, ...reply }));
      }),
    ),
  );
  if (replies.length === 0) return [];
  return [
    numberArray(replies.map(({ number }) => number)),
    textArray(replies.map(({ key }) => key)),
    textArray(replies.map(({ model }) => model)),
    numberArray(replies.map(({ atMs }) => atMs)),
    textArray(replies.map(({ awaited }) => String(awaited))),
  ];
}

/** Whether every change begins its intent. */
export function areNew(parts: readonly CommitPart[]): boolean {
  return parts.every(([{ change, json }]) => change.expectedRevision === 0 && json.length > 0);
}

/** Whether the cells have only the sums that intents of one request and one turn have. */
export function isPlain(parts: readonly CommitPart[]): boolean {
  for (const part of parts)
    for (const { change } of part)
      for (const { sums } of change.delta) for (const name in sums) if (!PLAIN_SUMS.has(name as SumName)) return false;
  return true;
}

function lastMs(part: CommitPart): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { change } of part) for (const { atMs } of change.records) latest = Math.max(latest, atMs);
  return latest;
}

export type ShardOf = (hour: number) => number;

/** Parameter 15 for the whole group: the cells added up. */
export function cellsOfAll(parts: readonly CommitPart[], shardOf: ShardOf): string {
  const cells = merged(parts.flatMap(part => part.flatMap(({ change }) => change.delta)));
  return cellsParameter(cells, cell => ({ shard: shardOfCell(cell, shardOf) }));
}

/** Parameter 15 for each part by its number. */
export function cellsOfEach(parts: readonly CommitPart[], shardOf: ShardOf): string {
  const numbered = parts.flatMap((part, index) =>
    part.flatMap(({ change }) => change.delta.map(cell => ({ cell, number: index + 1 }))),
  );
  return cellsParameter(
    numbered.map(({ cell }) => cell),
    (cell, index) => ({ change: numbered[index]?.number ?? 0, shard: shardOfCell(cell, shardOf) }),
  );
}

function shardOfCell({ key }: Cell, shardOf: ShardOf): number {
  return key.grain === undefined ? shardOf(key.bucket) : 0;
}
