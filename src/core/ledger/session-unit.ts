/** A session as one unit of decision and outcome: all its intents of a feature are requests of one intent in the ledger. */
import { MAX_ID_LENGTH, storedText } from './names.ts';
import type { DecidedRecord } from './records.ts';

/** Characters that an intent's id cannot have, and the character that their codes begin with. */
const ENCODED = /[#~@%\s]/gu;

/**
 * The id of a session's unit: the same in every process, and a different one for every session. The feature is not a part of the id, so
 * that a session has one outcome and one failure cost, and a second feature that counts sessions is refused.
 */
export function sessionUnitId(session: string): string {
  const code = (char: string): string => `%${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return storedText(`session:${session.replaceAll(ENCODED, code)}`, MAX_ID_LENGTH);
}

/** True for an intent that is a whole session. */
export function isSessionUnit({ intentId, session }: Pick<DecidedRecord, 'intentId' | 'session'>): boolean {
  return session !== undefined && intentId === sessionUnitId(session);
}
