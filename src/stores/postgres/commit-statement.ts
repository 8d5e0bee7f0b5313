/** The one statement that commits a group of changes. */
import type { SqlStatement } from './connection.ts';
import { addedSums, CELL_KEY, cellRows, givenSums, GROUPED_SUMS, sumList, PLAIN_COLUMNS } from './cell-rows.ts';
import { SHARDS, SUM_COLUMNS } from './schema.ts';
import { statement } from './statement.ts';

/**
 * - `new`: as `all`, where every change begins its intent. If one of these intents exists already, the statement ends with a duplicate
 *   key (23505) and has changed nothing. It takes the server a sixth less time, because it need not look for the heads first.
 * - `all`: the cells are those of the whole group. If a change is not the next of its intent, the statement divides by zero
 *   (22012) and has changed nothing.
 * - `each`: the cells are those of each change. It answers with the numbers of the changes that were committed.
 */
export type CommitForm = 'new' | 'all' | 'each';

/**
 * The contents of a group, which decide how much the statement does: for a single commit, each part of the statement takes
 * the server some time.
 */
export interface CommitShape {
  readonly form: CommitForm;
  /** At least one change has a reply with keys. */
  readonly hasReplies: boolean;
  /** The cells have no other sums than the plain ones. Not used for `each`. */
  readonly isPlain: boolean;
}

/** SQLSTATE of a group with a change that is not the next of its intent, by form. */
export const NOT_ALL: Readonly<Record<CommitForm, string>> = { new: '23505', all: '22012', each: '22012' };

/**
 * One round trip and no transaction that could be left open. It is one statement for another reason too: its snapshot is older
 * than its transaction's number. A change is committed only after records that the snapshot sees, so the records of an intent
 * have growing numbers, which lets readers continue from a cursor.
 *
 * Like every writer, it locks rows in this order: heads, replies, cells, pulse, each sorted by its key. The parts of a WITH run in no fixed
 * order, so each reads what the one before returned. Rows are looked up one by one rather than joined, because the planner can only guess
 * how many changes come.
 *
 * A row that it adds to stays locked until the commit is on the disk. So it adds to a shard that no other commit holds at the
 * moment, beginning with its process's own shard ($14); only where all are held does it wait. The locks that mark a shard as held
 * are taken without waiting, and end with the transaction, even behind a pooler.
 *
 * A head's `claimed_until_ms`, which every commit sets to null, carries the expected revision to where rows conflict. Where it
 * is returned, the head had just been pruned and began again with a later revision: the statement is undone.
 *
 * @param s - Name of the schema, quoted
 */
export function commitStatement(s: string, { form, hasReplies, isPlain }: CommitShape): SqlStatement {
  const isEach = form === 'each';
  const isNew = form === 'new';
  const winners = isNew ? 'change' : 'winners';
  const columns = isPlain ? PLAIN_COLUMNS : SUM_COLUMNS;
  const after = (part: string): string => `(SELECT count(*) FROM ${part}) >= 0`;
  const cells = `SELECT ${CELL_KEY}, CASE d.shard WHEN 0 THEN 0::smallint ELSE (SELECT shard FROM free) END AS shard, pg_current_xact_id(), ${isEach ? GROUPED_SUMS : givenSums(columns)} FROM ${cellRows('$15', columns)}
    ${isEach ? 'JOIN winners w ON w.change = d.change' : ''} WHERE ${after(hasReplies ? 'replied' : 'written')} ${isEach ? 'GROUP BY 1, 2, 3, 4, 5' : ''}`;
  return statement(`WITH change AS MATERIALIZED (
    SELECT id COLLATE "C" AS id, expected, added, month, feature COLLATE "C" AS feature, decided_ms, last_ms, due_ms, change
    FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::text[], $6::float8[], $7::float8[], $8::float8[])
      WITH ORDINALITY AS t (id, expected, added, month, feature, decided_ms, last_ms, due_ms, change)
  ), ${
    isNew
      ? `moved AS (
    INSERT INTO ${s}.heads (id, revisions, month, feature, decided_ms, last_ms, due_ms)
    SELECT id, added, month, feature, decided_ms, last_ms, due_ms FROM change ORDER BY id RETURNING 1
  )`
      : `moved AS (
    INSERT INTO ${s}.heads AS h (id, revisions, month, feature, decided_ms, last_ms, due_ms, claimed_until_ms)
    SELECT id, expected + added, month, feature, decided_ms, last_ms, due_ms, nullif(expected, 0) FROM change c
    WHERE expected = 0 AND added > 0 OR expected = (SELECT revisions FROM ${s}.heads WHERE id = c.id)
    ORDER BY id ON CONFLICT (id) DO UPDATE SET revisions = excluded.revisions, last_ms = greatest(h.last_ms, excluded.last_ms),
      due_ms = excluded.due_ms, claimed_until_ms = NULL
    WHERE h.revisions = excluded.claimed_until_ms RETURNING h.id, h.month, h.claimed_until_ms
  ), winners AS MATERIALIZED (
    SELECT c.id, m.month, c.change, c.feature, m.claimed_until_ms AS began FROM moved m JOIN change c ON c.id = m.id
    UNION ALL SELECT id, NULL, change, feature, NULL FROM change c
    WHERE expected = 0 AND added = 0 AND NOT EXISTS (SELECT FROM ${s}.heads WHERE id = c.id AND (SELECT count(*) FROM moved) >= 0)
  ), passed AS MATERIALIZED (
    SELECT 1 / (count(began) = 0 ${isEach ? '' : 'AND count(*) = (SELECT count(*) FROM change)'})::int AS ok FROM winners
  )`
  }, written AS (
    INSERT INTO ${s}.ledger (month, intent_id, revision, feature, at_ms, kind, json)
    SELECT w.month, w.id, r.revision, w.feature, r.at_ms, r.kind, r.json
    FROM unnest($9::int[], $10::int[], $11::float8[], $12::smallint[], string_to_array($13, E'\\n'))
      AS r (change, revision, at_ms, kind, json)
    JOIN ${winners} w ON w.change = r.change WHERE ${isNew ? after('moved') : '(SELECT ok FROM passed) = 1'} RETURNING 1
  ), ${
    hasReplies
      ? `replied AS (
    INSERT INTO ${s}.replies AS t (key, model, at_ms, awaited_intent)
    SELECT key COLLATE "C" AS key, (array_agg(r.model ORDER BY r.position DESC))[1], max(r.at_ms),
      (array_agg(w.id ORDER BY r.position DESC) FILTER (WHERE r.awaited))[1]
    FROM unnest($16::int[], $17::text[], $18::text[], $19::float8[], $20::bool[])
      WITH ORDINALITY AS r (change, key, model, at_ms, awaited, position)
    JOIN ${winners} w ON w.change = r.change WHERE ${after('written')} GROUP BY 1 ORDER BY 1
    ON CONFLICT (key) DO UPDATE SET model = excluded.model, at_ms = excluded.at_ms,
      awaited_intent = coalesce(excluded.awaited_intent, t.awaited_intent) RETURNING 1
  ), `
      : ''
  }free AS MATERIALIZED (
    SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext('${s}.cells'), $14::int) THEN $14::int ELSE coalesce((
      SELECT shard FROM (SELECT 1 + ($14::int - 1 + i) % ${SHARDS} AS shard FROM generate_series(1, ${SHARDS - 1}) AS i OFFSET 0) one
      WHERE pg_try_advisory_xact_lock(hashtext('${s}.cells'), shard) LIMIT 1
    ), $14::int) END::smallint AS shard
  ), counted AS (
    INSERT INTO ${s}.cells AS t (feature, place, start, grain, shard, xid, ${sumList(columns)})
    ${cells} ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (feature, place, start, grain, shard) DO UPDATE SET xid = excluded.xid, ${addedSums(columns)} RETURNING 1
  ), pulsed AS (
    INSERT INTO ${s}.pulse AS t (feature, shard, xid)
    SELECT DISTINCT feature, (SELECT shard FROM free), pg_current_xact_id() FROM ${winners} WHERE ${after('counted')} ORDER BY 1
    ON CONFLICT (feature, shard) DO UPDATE SET xid = excluded.xid RETURNING 1
  ) SELECT ${isEach ? 'change FROM winners' : '1'} WHERE ${after('pulsed')}`);
}
