/** Knows a turn of tool calls again that its client sends back, so that what the client has no field for is put back too. */
import { createHash } from 'node:crypto';
import { callIdAt } from './call-ids.ts';
import type { ContentPart, Conversation, ConversationTurn, ToolCallPart } from './conversation.ts';

/**
 * A name for each turn of the assistant with calls; `undefined` for any other turn. It is of what the turn says, and of what the
 * user said before: ids of calls alone may come again in another conversation.
 */
export function callTurnKeys(turns: readonly ConversationTurn[]): readonly (string | undefined)[] {
  const before = createHash('sha256');
  return turns.map(({ role, parts }) => {
    const text = JSON.stringify(textIn(parts));
    if (role === 'user') before.update(text);
    const calls = role === 'assistant' ? parts.filter(part => part.kind === 'tool-call') : [];
    if (calls.length === 0) return undefined;
    return before
      .copy()
      .update(JSON.stringify([text, calls.map(saidOf)]))
      .digest('base64url');
  });
}

/** The conversation with the turns that are known as they were written. @param known by the names of {@link callTurnKeys} */
export function withKnownTurns(
  conversation: Conversation,
  known: (key: string) => readonly ContentPart[] | undefined,
): Conversation {
  const keys = callTurnKeys(conversation.turns);
  const turns = conversation.turns.map((turn, index) => {
    const key = keys[index];
    const parts = key === undefined ? undefined : known(key);
    return parts === undefined ? turn : { ...turn, parts };
  });
  return { ...conversation, turns };
}

/** Texts and calls, as a client of chat completions gets them: the texts joined, and the ids within its limit. */
function textIn(parts: readonly ContentPart[]): string {
  return parts
    .map(part => (part.kind === 'text' ? part.text : ''))
    .join('')
    .trim();
}

function saidOf({ id, name, input }: ToolCallPart): readonly string[] {
  return [callIdAt('openai-chat', id), name, canonical(input)];
}

/** Some clients parse arguments, and write them again. */
function canonical(input: string): string {
  try {
    return JSON.stringify(JSON.parse(input || '{}'));
  } catch {
    return input;
  }
}
