/** The one statement that commits a group of changes. */
import type { SqlStatement } from './connection.ts';
import { ADDED_SUMS, GROUPED_SUMS, SUM_LIST, unnestCells } from './cell-rows.ts';
import { statement } from './statement.ts';

/**
 * - `all`: the cells are those of the whole group. If a change is not the next of its intent, the statement divides by zero
 *   (22012) and has changed nothing.
 * - `each`: the cells are those of each change. It answers with the numbers of the changes that were committed.
 */
export type CommitForm = 'all' | 'each';

/** SQLSTATE of a group with a change that is not the next of its intent. */
export const NOT_ALL = '22012';

/**
 * One round trip and no transaction that could be left open. It is one statement for another reason too: its snapshot is
 * older than its transaction's number, so the records of an intent have growing numbers, which is what lets readers come
 * back.
 *
 * The parts wait for rows in the same order everywhere: new intents, known intents, replies, cells, pulse, each sorted.
 * Parts of a WITH have no order of their own, so that each reads what the one before returned.
 *
 * @param s - Name of the schema, quoted
 */
export function commitStatement(s: string, form: CommitForm): SqlStatement {
  const cellColumns = ['feature', 'place', 'start', 'grain', 'shard'];
  const isEach = form === 'each';
  const after = (part: string): string => `(SELECT count(*) FROM ${part}) >= 0`;
  const cells = isEach
    ? `SELECT d.feature COLLATE "C" AS feature, d.place COLLATE "C" AS place, d.start, d.grain, d.shard, pg_current_xact_id(), ${GROUPED_SUMS}
       FROM ${unnestCells(20, ['change', ...cellColumns])} JOIN winners w ON w.change = d.change
       WHERE ${after('replied')} GROUP BY 1, 2, 3, 4, 5`
    : `SELECT d.feature COLLATE "C" AS feature, d.place COLLATE "C" AS place, d.start, d.grain, d.shard, pg_current_xact_id(), ${SUM_LIST}
       FROM ${unnestCells(20, cellColumns)} WHERE ${after('replied')}`;
  return statement(`WITH change AS MATERIALIZED (
    SELECT id COLLATE "C" AS id, expected, added, month, feature COLLATE "C" AS feature, decided_ms, last_ms, due_ms, change
    FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::text[], $6::float8[], $7::float8[], $8::float8[])
      WITH ORDINALITY AS t (id, expected, added, month, feature, decided_ms, last_ms, due_ms, change)
  ), begun AS (
    INSERT INTO ${s}.heads (id, revisions, month, feature, decided_ms, last_ms, due_ms)
    SELECT id, added, month, feature, decided_ms, last_ms, due_ms FROM change
    WHERE expected = 0 AND added > 0 ORDER BY id ON CONFLICT (id) DO NOTHING RETURNING id, month
  ), locked AS MATERIALIZED (
    SELECT h.id FROM change c JOIN ${s}.heads h ON h.id = c.id AND h.revisions = c.expected
    WHERE c.expected > (SELECT 0 * count(*) FROM begun) ORDER BY h.id FOR UPDATE OF h
  ), moved AS (
    UPDATE ${s}.heads h SET revisions = h.revisions + c.added, last_ms = greatest(h.last_ms, c.last_ms), due_ms = c.due_ms,
      claimed_until_ms = NULL
    FROM change c JOIN locked l ON l.id = c.id WHERE h.id = l.id RETURNING h.id, h.month
  ), winners AS MATERIALIZED (
    SELECT c.id, w.month, c.change, c.feature FROM (SELECT * FROM begun UNION ALL SELECT * FROM moved) w JOIN change c ON c.id = w.id
    UNION ALL SELECT c.id, NULL, c.change, c.feature FROM change c
    WHERE c.expected = 0 AND c.added = 0 AND NOT EXISTS (SELECT FROM ${s}.heads h WHERE h.id = c.id)
  ), passed AS MATERIALIZED (
    SELECT ${isEach ? '1' : '1 / (count(*) = (SELECT count(*) FROM change))::int'} AS ok FROM winners${isEach ? ' LIMIT 1' : ''}
  ), written AS (
    INSERT INTO ${s}.ledger (month, intent_id, revision, feature, at_ms, kind, json)
    SELECT w.month, w.id, r.revision, w.feature, r.at_ms, r.kind, r.json
    FROM unnest($9::int[], $10::int[], $11::float8[], $12::smallint[], string_to_array($13, E'\\n'))
      AS r (change, revision, at_ms, kind, json)
    JOIN winners w ON w.change = r.change WHERE (SELECT ok FROM passed) = 1 RETURNING 1
  ), replied AS (
    INSERT INTO ${s}.replies AS t (key, model, at_ms, awaited_intent)
    SELECT key COLLATE "C" AS key, (array_agg(r.model ORDER BY r.position DESC))[1], max(r.at_ms),
      (array_agg(w.id ORDER BY r.position DESC) FILTER (WHERE r.awaited))[1]
    FROM unnest($14::int[], $15::text[], $16::text[], $17::float8[], $18::bool[])
      WITH ORDINALITY AS r (change, key, model, at_ms, awaited, position)
    JOIN winners w ON w.change = r.change WHERE ${after('written')} GROUP BY 1 ORDER BY 1
    ON CONFLICT (key) DO UPDATE SET model = excluded.model, at_ms = excluded.at_ms,
      awaited_intent = coalesce(excluded.awaited_intent, t.awaited_intent) RETURNING 1
  ), counted AS (
    INSERT INTO ${s}.cells AS t (feature, place, start, grain, shard, xid, ${SUM_LIST})
    ${cells} ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (feature, place, start, grain, shard) DO UPDATE SET xid = excluded.xid, ${ADDED_SUMS} RETURNING 1
  ), pulsed AS (
    INSERT INTO ${s}.pulse AS t (feature, shard, xid)
    SELECT DISTINCT feature, $19::smallint, pg_current_xact_id() FROM winners WHERE ${after('counted')} ORDER BY 1
    ON CONFLICT (feature, shard) DO UPDATE SET xid = excluded.xid RETURNING 1
  ) SELECT ${isEach ? 'change FROM winners' : '1'} WHERE ${after('pulsed')}`);
}
