/** Removes closed intents and keeps what they contributed. */
import { contribution } from '../../core/cells/contribution.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { Pruned, PruneOptions } from '../../contracts/store.ts';
import { textArray } from './arrays.ts';
import { addToPrunedCells, bump } from './cell-table.ts';
import type { AskServer, PostgresConnection } from './connection.ts';
import { transaction } from './connection.ts';
import { notOwner } from './faults.ts';
import { recordOfRow } from './ledger-rows.ts';

/** Intents that are looked through, and removed, at a time, and replies that are removed: a statement has a time limit. */
const LOOKED_THROUGH = 5000;
const REMOVED = 500;
const REPLIES_REMOVED = 10_000;

/** Intents that are being written are passed over. Each page is a transaction; what fails later leaves the pages before. */
export async function pruneIntents(
  connection: PostgresConnection,
  s: string,
  beforeMs: number,
  { progress }: PruneOptions = {},
): Promise<Pruned> {
  const run = async <Result>(task: (ask: AskServer) => Promise<Result>): Promise<Result> =>
    connection.run(async ask =>
      task(ask).catch((error: unknown) => {
        throw notOwner(error, '`outcome-router prune`') ?? error;
      }),
    );
  const pruned = { intents: 0, records: 0 };
  let after: string | null = '';
  while (after !== null) {
    const from: string = after;
    const page = await run(async ask => prunePage(ask, s, { from, beforeMs }));
    pruned.intents += page.intents;
    pruned.records += page.records;
    if (page.intents > 0) progress?.(pruned.intents);
    after = page.next;
  }
  let replies: number;
  do replies = await run(async ask => pruneReplies(ask, s, beforeMs));
  while (replies === REPLIES_REMOVED);
  return pruned;
}

/** @returns how many were removed */
async function pruneReplies(ask: AskServer, s: string, beforeMs: number): Promise<number> {
  const [removed] = await ask(
    `WITH old AS MATERIALIZED (
       SELECT key FROM ${s}.replies WHERE at_ms < $1 ORDER BY at_ms LIMIT ${REPLIES_REMOVED} FOR UPDATE SKIP LOCKED
     ), removed AS (DELETE FROM ${s}.replies r USING old WHERE r.key = old.key RETURNING 1)
     SELECT count(*) FROM removed`,
    [beforeMs],
  );
  return Number(removed?.[0]);
}

interface PrunedPage extends Pruned {
  /** The intent up to which was looked; `null`: the last one. */
  readonly next: string | null;
}

async function prunePage(
  ask: AskServer,
  s: string,
  { from, beforeMs }: { readonly from: string; readonly beforeMs: number },
): Promise<PrunedPage> {
  const [bounds] = await ask(
    `SELECT max(id), count(*) FROM (SELECT id FROM ${s}.heads WHERE id > $1 ORDER BY id LIMIT ${LOOKED_THROUGH}) h`,
    [from],
  );
  const to = bounds?.[0] ?? from;
  return transaction(ask, '', async () => {
    const heads = await ask(
      `SELECT id, month FROM ${s}.heads WHERE id > $1 AND id <= $2 AND due_ms IS NULL AND last_ms < $3
       ORDER BY id LIMIT ${REMOVED} FOR UPDATE SKIP LOCKED`,
      [from, to, beforeMs],
    );
    const ids = heads.map(([id]) => id ?? '');
    const isLast = heads.length < REMOVED && Number(bounds?.[1] ?? 0) < LOOKED_THROUGH;
    const next = isLast ? null : heads.length < REMOVED ? to : (ids.at(-1) ?? to);
    if (ids.length === 0) return { intents: 0, records: 0, next };
    const rows = await ask(
      `DELETE FROM ${s}.ledger WHERE month = ANY ($1::int[]) AND intent_id = ANY ($2::text[]) RETURNING intent_id, revision, json`,
      [`{${[...new Set(heads.map(([, month]) => month))].join(',')}}`, textArray(ids)],
    );
    const records = Map.groupBy(
      rows.map(([id, revision, json]) => recordOfRow(id ?? '', Number(revision), json ?? '')),
      record => record.intentId,
    );
    const base: Cell[] = [...records.values()].flatMap(contributionOf);
    await ask(`DELETE FROM ${s}.heads WHERE id = ANY ($1::text[])`, [textArray(ids)]);
    await addToPrunedCells(ask, s, base);
    await bump(
      ask,
      s,
      rows.length === 0 ? [] : [...new Set([...records.values()].map(([first]) => first?.feature ?? ''))],
    );
    return { intents: ids.length, records: rows.length, next };
  });
}

function contributionOf(records: LedgerRecord[]): readonly Cell[] {
  const intent = foldIntent(records.sort((a, b) => a.revision - b.revision));
  return intent === undefined ? [] : contribution(intent);
}
