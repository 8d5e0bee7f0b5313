/** The state of a session, as a store keeps it. */
import type { SessionState } from '../core/sessions/session-state.ts';

/** `undefined` for a row that is damaged: nothing but a decision's cost depends on it. */
export function sessionOfJson(json: string): SessionState | undefined {
  try {
    const state = JSON.parse(json) as Partial<SessionState> | null;
    const { tokens, atMs, intents } = state?.last ?? {};
    const isWhole = [tokens, atMs, intents].every(each => Number.isFinite(each)) && typeof state?.models === 'object';
    return isWhole ? (state as SessionState) : undefined;
  } catch {
    return undefined;
  }
}
