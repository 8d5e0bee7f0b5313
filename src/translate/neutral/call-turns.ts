/** Recognizes a turn of tool calls that its client sends back, to restore the content for which the client has no field. */
import { sha256 } from '../../sha-256.ts';
import { callIdAt } from './call-ids.ts';
import type { ContentPart, Conversation } from './conversation.ts';
import type { JsonValue } from './json-text.ts';
import { jsonText } from './json-text.ts';
import { noted } from './own.ts';

/** The part of a conversation by which a turn is recognized. */
export type CallTurns = Pick<Conversation, 'system' | 'tools' | 'turns'> & {
  readonly settings: Pick<Conversation['settings'], 'user'>;
};

/**
 * A key for each assistant turn with tool calls; `undefined` for any other turn. The key is a digest of the turn and of
 * everything before it, so that content of one conversation is never put into a different one: the same call ids and questions
 * may occur in several.
 */
export function callTurnKeys({ system, tools, turns, settings: { user } }: CallTurns): readonly (string | undefined)[] {
  const before = sha256();
  const told = tools.map(tool =>
    tool.form === 'opaque' ? tool.value : [tool.name, tool.description ?? null, tool.input ?? null],
  );
  before.update(jsonText([user ?? null, told]));
  for (const part of system) before.update(jsonText([part.role, noted(part.own, 'name') ?? null, saidIn([part])]));
  return turns.map(({ role, name, parts }) => {
    // In assistant messages, clients change fields other than the content.
    before.update(jsonText([role, role === 'assistant' ? null : (name ?? null), saidIn(parts)]));
    const hasCall = role === 'assistant' && parts.some(({ kind }) => kind === 'tool-call');
    return hasCall ? before.copy().digest('base64url') : undefined;
  });
}

/** The conversation with recognized turns as they were written. @param known by the keys of {@link callTurnKeys} */
export function withKnownTurns(
  conversation: Conversation,
  known: (key: string) => readonly ContentPart[] | undefined,
): Conversation {
  const keys = callTurnKeys(conversation);
  const turns = conversation.turns.map((turn, index) => {
    const key = keys[index];
    const parts = key === undefined ? undefined : known(key);
    return parts === undefined ? turn : { ...turn, parts };
  });
  return { ...conversation, turns };
}

/** The turn's content as a chat completions client gets it: joined texts, shortened call ids, no reasoning. */
function saidIn(parts: readonly ContentPart[]): readonly JsonValue[] {
  const text = parts.map(part => (part.kind === 'text' ? part.text : '')).join('');
  return [text.trim(), ...parts.flatMap(part => (part.kind === 'text' ? [] : otherSaid(part)))];
}

function otherSaid(part: Exclude<ContentPart, { kind: 'text' }>): readonly JsonValue[] {
  switch (part.kind) {
    case 'tool-call':
      return [[callIdAt('openai-chat', part.id), part.name, canonical(part.input)]];
    case 'tool-result':
      return [[part.callId, saidIn(part.content)]];
    case 'image':
      return [{ ...part.from }];
    case 'document': {
      const { from } = part;
      return [from.kind === 'parts' ? saidIn(from.parts) : { ...from }, part.name ?? null];
    }
    case 'audio':
      return [part.data];
    case 'refusal':
      return [part.text];
    case 'opaque':
      return [part.value];
    case 'reasoning':
      return [];
  }
}

/** Some clients parse arguments and serialize them again. */
function canonical(input: string): string {
  try {
    return JSON.stringify(JSON.parse(input || '{}'));
  } catch {
    return input;
  }
}
