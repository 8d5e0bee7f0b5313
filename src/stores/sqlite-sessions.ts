/** Reads and writes the states of users' sessions, as rows of the SQLite store. */
import type { SessionState } from '../core/sessions/session-state.ts';
import { SESSION_KEPT_MS } from '../core/sessions/session-state.ts';
import type { Statements } from './sqlite-statements.ts';
import { sessionOfJson } from './stored-session.ts';

export function readSessions(statements: Statements, ids: readonly string[]): readonly SessionState[] {
  const rows = statements.sessions.all(JSON.stringify(ids)) as unknown as readonly { readonly json: string }[];
  return rows.flatMap(({ json }) => sessionOfJson(json) ?? []);
}

/** Writes states of sessions, in the caller's transaction. */
export function putSessions(statements: Statements, states: readonly SessionState[]): void {
  for (const state of states) statements.putSession.run(state.id, state.last.atMs, JSON.stringify(state));
}

export function hasOldSessions({ oldSession }: Statements, nowMs: number): boolean {
  return oldSession.get(nowMs, SESSION_KEPT_MS) !== undefined;
}

/** Removes sessions, in the caller's transaction. */
export function forgetSessions(statements: Statements, nowMs: number, limit: number): void {
  statements.forgetSessions.run(nowMs, SESSION_KEPT_MS, limit);
}
