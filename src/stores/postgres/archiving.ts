/** The PostgreSQL store's side of an archive. */
import type { Archiving, ClosedIntent, ClosedRecord } from '../../contracts/archiving.ts';
import { numberArray, textArray } from './arrays.ts';
import type { AskServer, PostgresConnection } from './connection.ts';
import { transaction } from './connection.ts';
import { asOwner, forget, removeIntents } from './prune.ts';

const DAY_MS = 86_400_000;

/** Intents whose records one query reads. */
const INTENTS_AT_ONCE = 2000;

/** @param aside - Opens a connection for work that would keep others waiting */
export function archiving(
  s: string,
  aside: <Result>(work: (side: PostgresConnection) => Promise<Result>) => Promise<Result>,
): Archiving {
  const run = async <Result>(task: (ask: AskServer) => Promise<Result>): Promise<Result> =>
    aside(async side => asOwner(side, '`outcome-router archive`')(task));

  return {
    claim: async (archive, runs = []) =>
      run(async ask =>
        transaction(ask, '', async () => {
          await ask(`INSERT INTO ${s}.meta VALUES ('archive', $1) ON CONFLICT DO NOTHING`, [archive]);
          const [row] = await ask(`SELECT value FROM ${s}.meta WHERE key = 'archive'`);
          if (row?.[0] === archive)
            await ask(`INSERT INTO ${s}.archive_runs SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`, [
              textArray(runs),
            ]);
          return row?.[0] ?? archive;
        }),
      ),
    closed: async ({ fromMs, beforeMs, limit }) =>
      run(async ask => {
        for (let from = fromMs; ; ) {
          const [first] = await ask(
            `SELECT min(h.ms) FROM ${FEATURES(s)} CROSS JOIN LATERAL (
               SELECT min(decided_ms) AS ms FROM ${s}.heads WHERE feature = f.feature AND decided_ms >= $1) h`,
            [from],
          );
          const ms = first?.[0] ?? null;
          if (ms === null || Number(ms) >= beforeMs) return [];
          const end = (Math.floor(Number(ms) / DAY_MS) + 1) * DAY_MS;
          const ids = await ask(
            `SELECT h.id FROM ${FEATURES(s)} CROSS JOIN LATERAL (
               SELECT id, decided_ms FROM ${s}.heads WHERE feature = f.feature AND decided_ms >= $1 AND decided_ms < $2
                 AND due_ms IS NULL AND last_ms < $3 ORDER BY decided_ms, id LIMIT $4) h
             ORDER BY h.decided_ms, h.id LIMIT $4`,
            [ms, end, beforeMs, limit],
          );
          if (ids.length > 0)
            return storedIntents(
              ask,
              s,
              ids.map(([id]) => id ?? ''),
            );
          from = end;
        }
      }),
    stored: async ids =>
      (await run(async ask => storedIntents(ask, s, ids))).filter(({ records }) => records.length > 0),
    remove: async (name, intents, { runsBefore, evenOpen = false } = {}) =>
      run(async ask =>
        transaction(ask, '', async () => {
          await ask('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`outcome-router archive ${s}`]);
          const [runs] = await ask(`SELECT count(*) FROM ${s}.archive_runs WHERE run <> $1`, [name]);
          const isNew = await ask(
            `INSERT INTO ${s}.archive_runs (run) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1`,
            [name],
          );
          // The answer to an earlier try was lost, but it succeeded.
          if (isNew.length === 0) return true;
          const heads = await ask(
            `SELECT h.id, h.month FROM unnest($1::text[], $2::int[]) AS t (id, revisions)
               JOIN ${s}.heads h ON h.id = t.id COLLATE "C" AND h.revisions = t.revisions
             WHERE h.due_ms IS NULL OR $3 ORDER BY h.id FOR UPDATE OF h`,
            [textArray(intents.map(({ id }) => id)), numberArray(intents.map(({ revisions }) => revisions)), evenOpen],
          );
          const isNext = runsBefore === undefined || Number(runs?.[0]) === runsBefore;
          if (!isNext || heads.length < intents.length) {
            await ask(`DELETE FROM ${s}.archive_runs WHERE run = $1`, [name]);
            return false;
          }
          if (evenOpen)
            await ask(`UPDATE ${s}.heads SET due_ms = NULL WHERE id = ANY ($1::text[])`, [
              textArray(heads.map(([id]) => id ?? '')),
            ]);
          await removeIntents(ask, s, heads, { isArchived: true });
          return true;
        }),
      ),
    adopt: async removed =>
      run(async ask =>
        transaction(ask, '', async () => {
          const ids = textArray(removed.map(({ id }) => id));
          const heads = await ask(
            `UPDATE ${s}.heads SET due_ms = NULL WHERE id = ANY ($1::text[]) AND revisions > 0 RETURNING id, month`,
            [ids],
          );
          await removeIntents(ask, s, heads, { isArchived: false });
          await ask(
            `INSERT INTO ${s}.heads (id, revisions, month, feature, decided_ms, last_ms, archived)
             SELECT id, -1, 0, '', ms, ms, archived FROM unnest($1::text[], $2::float8[], $3::boolean[]) AS t (id, ms, archived)
             ON CONFLICT (id) DO UPDATE SET last_ms = excluded.last_ms, archived = excluded.archived`,
            [
              ids,
              numberArray(removed.map(({ lastMs }) => lastMs)),
              `{${removed.map(each => each.isArchived).join(',')}}`,
            ],
          );
        }),
      ),
    forget: async times => aside(async side => forget(asOwner(side, '`outcome-router archive`'), s, times)),
  };
}

/** Every feature with a commit, as `f`. */
const FEATURES = (s: string): string => `(SELECT DISTINCT feature FROM ${s}.pulse) f`;

async function storedIntents(ask: AskServer, s: string, ids: readonly string[]): Promise<readonly ClosedIntent[]> {
  const records = new Map<string, ClosedRecord[]>(ids.map(id => [id, []]));
  for (let start = 0; start < ids.length; start += INTENTS_AT_ONCE) {
    const rows = await ask(
      `SELECT t.id, l.xid, l.json FROM unnest($1::text[]) AS t (id)
         CROSS JOIN LATERAL (SELECT id, month FROM ${s}.heads WHERE id = t.id COLLATE "C" OFFSET 0) h
         CROSS JOIN LATERAL (SELECT xid, revision, json FROM ${s}.ledger WHERE month = h.month AND intent_id = h.id OFFSET 0) l
       ORDER BY t.id, l.revision`,
      [textArray(ids.slice(start, start + INTENTS_AT_ONCE))],
    );
    for (const [id, xid, json] of rows) records.get(id ?? '')?.push({ json: json ?? '', position: Number(xid) });
  }
  return [...records].map(([id, list]) => ({ id, records: list }));
}
