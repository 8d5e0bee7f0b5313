/** A conversation of another API than Anthropic's, for tests of what is written. */
import type { Conversation, ConversationTurn, ContentPart } from '../../../src/translate/neutral/conversation.ts';

export function turn(role: ConversationTurn['role'], ...parts: readonly (ContentPart | string)[]): ConversationTurn {
  return {
    path: 'messages[0]',
    role,
    parts: parts.map(part => (typeof part === 'string' ? { kind: 'text', text: part } : part)),
  };
}

export function call(id: string, input = '{}'): ContentPart {
  return { kind: 'tool-call', id, name: 'f', form: 'json', input };
}

export function result(callId: string, text = 'r'): ContentPart {
  return { kind: 'tool-result', callId, content: [{ kind: 'text', text }], isError: false };
}

export function conversation(more: Partial<Conversation> = {}): Conversation {
  return {
    api: 'openai-chat',
    system: [],
    turns: [turn('user', 'hi')],
    tools: [],
    isStream: false,
    settings: { maxTokens: 1000 },
    own: [],
    ...more,
  };
}
