/** Turns of another API as Anthropic's takes them: a call and its results are in one message each. */
import type { ContentPart, ConversationTurn } from '../neutral/conversation.ts';

/**
 * Consecutive turns of one role become one message if they contain tools or reasoning. All results come first, in the order of
 * their calls.
 */
export function alternating(turns: readonly ConversationTurn[]): readonly ConversationTurn[] {
  const merged: ConversationTurn[] = [];
  let calls: readonly string[] = [];
  for (const turn of turns) {
    const before = merged.at(-1);
    if (before !== undefined && before.role === turn.role && (belongsToCall(before) || belongsToCall(turn))) {
      merged[merged.length - 1] = { ...before, parts: [...before.parts, ...turn.parts] };
    } else {
      merged.push(turn);
    }
  }
  return merged.map(turn => {
    const { parts } = turn;
    if (turn.role === 'assistant') calls = parts.flatMap(part => (part.kind === 'tool-call' ? [part.id] : []));
    return turn.role === 'user' && parts.some(isResult) ? { ...turn, parts: resultsFirst(parts, calls) } : turn;
  });
}

function belongsToCall({ parts }: ConversationTurn): boolean {
  return parts.some(part => part.kind === 'tool-call' || part.kind === 'reasoning' || isResult(part));
}

function isResult(part: ContentPart): boolean {
  return part.kind === 'tool-result';
}

function resultsFirst(parts: readonly ContentPart[], calls: readonly string[]): readonly ContentPart[] {
  const rank = (part: ContentPart): number => {
    const at = part.kind === 'tool-result' ? calls.indexOf(part.callId) : -1;
    if (!isResult(part)) return Infinity;
    return at < 0 ? calls.length : at;
  };
  return parts.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}
