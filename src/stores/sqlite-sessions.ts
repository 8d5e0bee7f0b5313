/** What is known of users' sessions, as rows of the SQLite store. */
import type { SessionState } from '../core/sessions/session-state.ts';
import { SESSION_KEPT_MS } from '../core/sessions/session-state.ts';
import type { Statements } from './sqlite-statements.ts';
import { sessionOfJson } from './stored-session.ts';

export function readSessions(statements: Statements, ids: readonly string[]): readonly SessionState[] {
  const rows = statements.sessions.all(JSON.stringify(ids)) as unknown as readonly { readonly json: string }[];
  return rows.flatMap(({ json }) => sessionOfJson(json) ?? []);
}

/** In the caller's transaction. Removes more old sessions than it can add, so that they never pile up. */
export function putSessions(statements: Statements, states: readonly SessionState[]): void {
  for (const state of states) statements.putSession.run(state.id, state.last.atMs, JSON.stringify(state));
  const newestMs = Math.max(...states.map(({ last }) => last.atMs));
  if (states.length > 0) statements.forgetSessions.run(newestMs - SESSION_KEPT_MS, 2 * states.length);
}
