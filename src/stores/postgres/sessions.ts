/** Reads and writes the states of users' sessions, in the table `sessions`. */
import type { SessionState } from '../../core/sessions/session-state.ts';
import { sessionOfJson } from '../stored-session.ts';
import { textArray } from './arrays.ts';
import type { AskServer } from './connection.ts';
import { statement } from './statement.ts';

export async function readSessions(
  ask: AskServer,
  s: string,
  ids: readonly string[],
): Promise<readonly SessionState[]> {
  const rows = await ask(statement(`SELECT json FROM ${s}.sessions WHERE id = ANY ($1::text[])`), [textArray(ids)]);
  return rows.flatMap(([json]) => sessionOfJson(json ?? '') ?? []);
}

/**
 * Writes each state unless the table has one with a later reply. Locks rows in order of their ids, as every writer does, so that writers
 * cannot deadlock.
 */
export async function writeSessions(ask: AskServer, s: string, states: readonly SessionState[]): Promise<void> {
  await ask(
    statement(`INSERT INTO ${s}.sessions AS t
      SELECT id, (json::json -> 'last' ->> 'atMs')::float8, json
      FROM unnest($1::text[], $2::text[]) AS given (id, json) ORDER BY id COLLATE "C"
      ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms, json = excluded.json WHERE t.at_ms <= excluded.at_ms`),
    [textArray(states.map(({ id }) => id)), textArray(states.map(state => JSON.stringify(state)))],
  );
}

export async function removeSessions(ask: AskServer, s: string, ids: readonly string[]): Promise<void> {
  await ask(`DELETE FROM ${s}.sessions WHERE id = ANY ($1::text[])`, [textArray(ids)]);
}
