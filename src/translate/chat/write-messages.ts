/** Writes the messages of a chat completion request. */
import type {
  ContentPart,
  Conversation,
  ConversationTurn,
  ToolCallPart,
  ToolResultPart,
} from '../neutral/conversation.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { callIdAt } from '../neutral/call-ids.ts';
import { isObject } from '../neutral/json-values.ts';
import { hasNote, noted, putBack } from '../neutral/own.ts';
import type { PartWriting } from '../openai/written.ts';
import { instructionMessages, resultContent } from '../openai/written.ts';
import { contentOf, writePart } from './write-content.ts';

export function writeMessages(conversation: Conversation, writing: PartWriting): readonly JsonObject[] {
  const writer: MessageWriter = { messages: [], writing, fromResults: [] };
  writeSystem(writer, conversation);
  for (const turn of conversation.turns) writeTurn(writer, turn);
  flushResults(writer, []);
  return writer.messages;
}

interface MessageWriter {
  readonly messages: JsonDraft[];
  readonly writing: PartWriting;
  /** Content of tool results other than text: it follows all results, in a message of the user. */
  fromResults: JsonValue[];
}

function writeSystem({ messages, writing }: MessageWriter, { system }: Conversation): void {
  for (const parts of instructionMessages(system)) {
    const [{ role, own }] = parts;
    messages.push({ role, content: contentOf(parts, writing), name: noted(own, 'name') });
  }
}

function writeTurn(writer: MessageWriter, turn: ConversationTurn): void {
  if (turn.role === 'assistant') {
    writeAssistant(writer, turn);
    return;
  }
  const rest = turn.parts.filter(part => part.kind !== 'tool-result');
  for (const part of turn.parts) if (part.kind === 'tool-result') writeResult(writer, part);
  const [first] = rest;
  if (first?.kind === 'opaque' && hasNote(first.own, 'message')) {
    if (writer.writing.isOwn && isObject(first.value)) writer.messages.push({ ...first.value });
  } else if (rest.length > 0 || turn.parts.length === 0) flushResults(writer, rest, turn);
}

/** A user message: content of results, then its own parts. */
function flushResults(
  writer: MessageWriter,
  parts: readonly ContentPart[],
  turn: Pick<ConversationTurn, 'role' | 'name' | 'own'> = { role: 'user' },
): void {
  const { messages, writing, fromResults } = writer;
  if (fromResults.length === 0 && parts.length === 0) return;
  writer.fromResults = [];
  const content = contentOf(parts, writing);
  const all = fromResults.length === 0 ? content : [...fromResults, ...asParts(content)];
  const message: JsonDraft = { role: turn.role, content: all, name: writing.isOwn ? turn.name : undefined };
  if (writing.isOwn) putBack(message, turn.own);
  messages.push(message);
}

function asParts(content: JsonValue): readonly JsonValue[] {
  if (typeof content !== 'string') return content as readonly JsonValue[];
  return content === '' ? [] : [{ type: 'text', text: content }];
}

const MOVED = 'The result is in the next message of the user.';

function writeResult({ messages, writing, fromResults }: MessageWriter, part: ToolResultPart): void {
  const content = resultContent(part);
  const texts = content.filter(each => each.kind === 'text');
  const others = content.filter(each => each.kind !== 'text');
  const id = callIdAt('openai-chat', part.callId);
  if (others.length > 0) {
    fromResults.push({ type: 'text', text: `Result of tool call ${id}:` });
    for (const other of others) fromResults.push(...writePart(other, writing));
  }
  if (texts.length === 0 && others.length > 0) texts.push({ kind: 'text', text: MOVED });
  const isBare = !writing.isOwn && texts.every(text => !writing.breakpoints.has(text));
  // Other servers accept only a plain text.
  const written = isBare ? texts.map(({ text }) => text).join('\n') : contentOf(texts, writing);
  const name = writing.isOwn ? noted(part.own, 'function') : undefined;
  const message: JsonDraft =
    name === undefined
      ? { role: 'tool', tool_call_id: id, content: written }
      : { role: 'function', name, content: written };
  if (writing.isOwn) putBack(message, part.own);
  messages.push(message);
}

/** Members of a message that has nothing but its role, content and name. */
const MIN_MEMBERS = 3;

function writeAssistant(writer: MessageWriter, { parts, name, own }: ConversationTurn): void {
  const { messages, writing } = writer;
  const { isOwn } = writing;
  flushResults(writer, []);
  const message: JsonDraft = {
    role: 'assistant',
    ...assistantMembers(parts, writing),
    name: isOwn ? name : undefined,
  };
  if (isOwn) putBack(message, own);
  // The message consisted of reasoning, which only its own model gets.
  else if (message.content === null && Object.keys(message).length === MIN_MEMBERS) return;
  const last = messages.at(-1);
  // Nothing may be between a call and its result, so what follows a call without a result joins the same message.
  if (!isOwn && last?.role === 'assistant' && last.tool_calls !== undefined) {
    last.content = `${(last.content as string | null) ?? ''}${(message.content as string | null) ?? ''}` || null;
    last.tool_calls = [...(last.tool_calls as JsonValue[]), ...((message.tool_calls as JsonValue[] | undefined) ?? [])];
  } else messages.push(message);
}

/** The members of an assistant message other than its role. */
function assistantMembers(parts: readonly ContentPart[], writing: PartWriting): JsonDraft {
  const { isOwn } = writing;
  const message: JsonDraft = {};
  const said: ContentPart[] = [];
  const calls: JsonValue[] = [];
  for (const part of parts) {
    if (part.kind === 'text' || part.kind === 'refusal') said.push(part);
    else if (part.kind === 'tool-call' && hasNote(part.own, 'function_call'))
      message.function_call = { name: part.name, arguments: part.input };
    else if (part.kind === 'tool-call') calls.push(writeCall(part, isOwn));
    else if (part.kind === 'reasoning' && part.owner.api === 'openai-chat' && isObject(part.sealed[0]))
      Object.assign(message, part.sealed[0]);
    else if (part.kind === 'opaque' && isOwn) {
      if (hasNote(part.own, 'audio')) message.audio = part.value;
      else if (hasNote(part.own, 'call')) calls.push(part.value);
      else said.push(part);
    }
  }
  const refusals = said.filter(part => part.kind === 'refusal');
  if (refusals.length === said.length && refusals.length > 0) {
    message.content = null;
    message.refusal = refusals.map(({ text }) => text).join('');
  } else if (isOwn || refusals.length > 0) message.content = said.length === 0 ? null : contentOf(said, writing);
  // Other servers accept only a plain text.
  else message.content = said.map(part => (part.kind === 'text' ? part.text : '')).join('') || null;
  if (calls.length > 0) message.tool_calls = calls;
  return message;
}

/** A call; its arguments are the model's own text, and an empty text means none. */
export function writeCall({ id, name, form, input, own }: ToolCallPart, isOwn = false): JsonObject {
  const called =
    form === 'free' ? { custom: { name, input } } : { function: { name, arguments: isOwn ? input : input || '{}' } };
  const call: JsonDraft = {
    id: callIdAt('openai-chat', id),
    type: form === 'free' ? 'custom' : 'function',
    ...called,
  };
  if (isOwn) putBack(call, own);
  return call;
}
