/** Removes closed intents and keeps what they contributed. */
import { contribution } from '../../core/cells/contribution.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import { archiveExistsError, forgottenBefore } from '../../contracts/archiving.ts';
import type { PruneOptions, PruneResult } from '../../contracts/store.ts';
import { textArray } from './arrays.ts';
import { addToPrunedCells, bump } from './cell-table.ts';
import type { AskServer, PostgresConnection, PostgresRow } from './connection.ts';
import { transaction } from './connection.ts';
import { notOwner } from './faults.ts';
import { recordOfRow } from './ledger-rows.ts';
import type { Reading } from './scan.ts';

/**
 * Intents that are examined and removed at a time, and replies that are removed at a time: a statement has a time limit.
 */
const LOOKED_THROUGH = 5000;
const REMOVED = 500;
const REPLIES_REMOVED = 10_000;

/**
 * Intents that are being written are skipped. Each page is a transaction, so a later failure does not undo earlier pages.
 */
export async function pruneIntents(
  connection: PostgresConnection,
  s: string,
  beforeMs: number,
  { progress, forgetBeforeMs = forgottenBefore(beforeMs) }: PruneOptions = {},
): Promise<PruneResult> {
  const run = asOwner(connection, '`outcome-router prune`');
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
  await forget(run, s, { repliesBeforeMs: beforeMs, idsBeforeMs: forgetBeforeMs });
  return pruned;
}

/** Runs tasks on a connection. An error for missing rights says `what` the owner of the tables should run. */
export function asOwner(connection: PostgresConnection, what: string): Reading {
  return async task =>
    connection.run(async ask =>
      task(ask).catch((error: unknown) => {
        throw notOwner(error, what) ?? error;
      }),
    );
}

/** Forgets old replies, and the ids of intents that were removed long ago. */
export async function forget(
  run: Reading,
  s: string,
  { repliesBeforeMs, idsBeforeMs }: { readonly repliesBeforeMs: number; readonly idsBeforeMs: number },
): Promise<void> {
  let replies: number;
  do replies = await run(async ask => pruneReplies(ask, s, repliesBeforeMs));
  while (replies === REPLIES_REMOVED);
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after;
    after = await run(async ask => {
      const [to] = await ask(
        `SELECT id FROM ${s}.heads WHERE id > $1 AND revisions < 0 ORDER BY id LIMIT 1 OFFSET ${LOOKED_THROUGH}`,
        [from],
      );
      await ask(
        `DELETE FROM ${s}.heads WHERE id > $1 AND ($2::text IS NULL OR id <= $2) AND revisions < 0 AND last_ms < $3`,
        [from, to?.[0] ?? null, idsBeforeMs],
      );
      return to?.[0] ?? undefined;
    });
  }
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

interface PrunedPage extends PruneResult {
  /** The last intent that was examined; `null`: there are no more. */
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
    const [archive] = await ask(`SELECT 1 FROM ${s}.meta WHERE key = 'archive'`);
    if (archive !== undefined) throw archiveExistsError();
    const heads = await ask(
      `SELECT id, month FROM ${s}.heads WHERE id > $1 AND id <= $2 AND due_ms IS NULL AND last_ms < $3 AND revisions > 0
       ORDER BY id LIMIT ${REMOVED} FOR UPDATE SKIP LOCKED`,
      [from, to, beforeMs],
    );
    const isLast = heads.length < REMOVED && Number(bounds?.[1] ?? 0) < LOOKED_THROUGH;
    const next = isLast ? null : heads.length < REMOVED ? to : (heads.at(-1)?.[0] ?? to);
    const records = await removeIntents(ask, s, heads, { isArchived: false });
    return { intents: heads.length, records, next };
  });
}

/**
 * Removes the records of intents, in the caller's transaction, and keeps what they contributed. Their heads stay: a revision
 * below 0 is never expected, and without a feature they are in no list.
 *
 * @param heads - Id and month of each; they are locked
 * @returns how many records were removed
 */
export async function removeIntents(
  ask: AskServer,
  s: string,
  heads: readonly PostgresRow[],
  { isArchived }: { readonly isArchived: boolean },
): Promise<number> {
  if (heads.length === 0) return 0;
  const ids = textArray(heads.map(([id]) => id ?? ''));
  const rows = await ask(
    `DELETE FROM ${s}.ledger WHERE month = ANY ($1::int[]) AND intent_id = ANY ($2::text[]) RETURNING intent_id, revision, json`,
    [`{${[...new Set(heads.map(([, month]) => month))].join(',')}}`, ids],
  );
  const records = Map.groupBy(
    rows.map(([id, revision, json]) => recordOfRow(id ?? '', Number(revision), json ?? '')),
    record => record.intentId,
  );
  await ask(`UPDATE ${s}.heads SET revisions = -revisions, archived = $2, feature = '' WHERE id = ANY ($1::text[])`, [
    ids,
    isArchived,
  ]);
  await addToPrunedCells(ask, s, [...records.values()].flatMap(contributionOf));
  await bump(ask, s, [...new Set([...records.values()].map(([first]) => first?.feature ?? ''))]);
  return rows.length;
}

function contributionOf(records: LedgerRecord[]): readonly Cell[] {
  const intent = foldIntent(records.sort((a, b) => a.revision - b.revision));
  return intent === undefined ? [] : contribution(intent);
}
