/** The part of a store that keeps the states of users' sessions. */
import type { SessionState } from '../core/sessions/session-state.ts';

/**
 * All are optional, together: without them, a process knows the sessions that it has served itself. What is kept here makes decisions
 * cheaper, and says which answer a user has come back to: no record depends on it, so it may be lost, it is never a part of a commit,
 * and it is dropped after a day.
 */
export interface SessionStore {
  /** The states of these sessions, in any order; a session that is not known is left out. */
  sessions?(ids: readonly string[]): Promise<readonly SessionState[]>;
  /** Keeps states, each unless the store has one whose last reply is later. */
  putSessions?(states: readonly SessionState[]): Promise<void>;
  /** Removes what is known of these sessions, where a person asks to be forgotten. */
  forgetSessions?(ids: readonly string[]): Promise<void>;
}
