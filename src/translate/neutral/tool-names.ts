/**
 * Tool names in the form that each API accepts, and back: a refused name becomes a shorter one, the same in every request.
 */
import { sha256Of } from '../../sha-256.ts';
import type { Api, ContentPart, Conversation, ConversationTurn, ToolChoice } from './conversation.ts';

/** Maximum length of a name. All three APIs accept the same characters. */
const MAX_CHARS: Readonly<Record<Api, number>> = {
  'openai-chat': 64,
  'openai-responses': 128,
  'anthropic-messages': 128,
};

const LETTERS = /^[A-Za-z0-9_-]+$/;
const OTHERS = /[^A-Za-z0-9_-]/g;

/** Appended to the name, so that two names with the same beginning stay different. */
const DIGEST_CHARS = 8;

/** The name, or its beginning with a digest of the whole where this API would refuse it. */
export function toolNameAt(api: Api, name: string): string {
  const max = MAX_CHARS[api];
  if (name.length <= max && LETTERS.test(name)) return name;
  const digest = sha256Of(name, 'base64url').slice(0, DIGEST_CHARS);
  return `${name.replaceAll(OTHERS, '_').slice(0, max - DIGEST_CHARS - 1)}_${digest}`;
}

/** The conversation with names that this API takes. */
export function withToolNames(conversation: Conversation, api: Api): Conversation {
  const { tools, turns, toolChoice } = conversation;
  if (conversation.api === api) return conversation;
  const names = [...tools.flatMap(tool => (tool.form === 'opaque' ? [] : [tool.name])), ...turns.flatMap(calledIn)];
  if (names.every(name => toolNameAt(api, name) === name)) return conversation;
  const rename = (name: string): string => toolNameAt(api, name);
  return {
    ...conversation,
    tools: tools.map(tool => (tool.form === 'opaque' ? tool : { ...tool, name: rename(tool.name) })),
    turns: turns.map(turn => ({ ...turn, parts: turn.parts.map(part => renamed(part, rename)) })),
    toolChoice: toolChoice && chosen(toolChoice, rename),
  };
}

/** A part of a reply with the caller's own name of the tool that it calls. */
export function withCallerNames({ tools }: Pick<Conversation, 'tools'>, api: Api): (part: ContentPart) => ContentPart {
  const names = new Map<string, string>();
  for (const tool of tools) {
    if (tool.form === 'opaque') continue;
    const sent = toolNameAt(api, tool.name);
    if (sent !== tool.name) names.set(sent, tool.name);
  }
  return names.size === 0 ? part => part : part => renamed(part, name => names.get(name) ?? name);
}

function calledIn({ parts }: ConversationTurn): readonly string[] {
  return parts.flatMap(part => (part.kind === 'tool-call' ? [part.name] : []));
}

function renamed(part: ContentPart, rename: (name: string) => string): ContentPart {
  return part.kind === 'tool-call' ? { ...part, name: rename(part.name) } : part;
}

function chosen(choice: ToolChoice, rename: (name: string) => string): ToolChoice {
  if (choice.kind === 'one') return { ...choice, name: rename(choice.name) };
  return choice.kind === 'some' ? { ...choice, names: choice.names.map(rename) } : choice;
}
