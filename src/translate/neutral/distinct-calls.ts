/** Calls with the same id, which a conversation may have if it began at another vendor. */
import { callIdOf } from './call-ids.ts';
import type { ContentPart, ConversationTurn } from './conversation.ts';

/**
 * Gives every call an id of its own, which two APIs require: some servers count from 0 again in every reply. A result belongs to
 * the first call with its id that has no result yet.
 */
export function distinctCalls(turns: readonly ConversationTurn[]): readonly ConversationTurn[] {
  const ids = turns.flatMap(({ parts }) => parts.flatMap(part => (part.kind === 'tool-call' ? [part.id] : [])));
  if (new Set(ids).size === ids.length) return turns;
  const times = new Map<string, number>();
  const waiting = new Map<string, string[]>();
  const idOfCall = (id: string): string => {
    const before = times.get(id) ?? 0;
    times.set(id, before + 1);
    const own = before === 0 ? id : callIdOf(id, before);
    waiting.set(id, [...(waiting.get(id) ?? []), own]);
    return own;
  };
  const renamed = (part: ContentPart): ContentPart => {
    if (part.kind === 'tool-call') return { ...part, id: idOfCall(part.id) };
    if (part.kind !== 'tool-result') return part;
    return { ...part, callId: waiting.get(part.callId)?.shift() ?? part.callId };
  };
  return turns.map(turn => ({ ...turn, parts: turn.parts.map(renamed) }));
}
