/** Reads the messages of a chat completion request. */
import { invalidValue } from '../../errors.ts';
import type { ContentPart, ConversationTurn, Own, SystemPart, ToolCallPart } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, present, textOf } from '../neutral/json-values.ts';
import { note, ownMembers } from '../neutral/own.ts';
import { CHAT_FIELDS } from './fields.ts';
import { readContent } from './read-content.ts';

export interface Messages {
  readonly system: readonly SystemPart[];
  readonly turns: readonly ConversationTurn[];
}

/** @throws RouterError `invalid-value` for a value that is not a list, or a message without a role */
export function readMessages(messages: JsonValue | undefined): Messages {
  if (!isList(messages)) throw invalidValue(messages, 'messages', 'a list of messages');
  const system: SystemPart[] = [];
  const turns: ConversationTurn[] = [];
  // A call of the deprecated kind has no id: its result is the next message with a result.
  let functionCalls = 0;
  for (const [index, value] of messages.entries()) {
    const path = `messages[${index}]`;
    const role = memberOf(value, 'role');
    if (!isObject(value) || typeof role !== 'string') throw invalidValue(value, path, 'a message with a role');
    const message = present(value);
    if (message.function_call !== undefined) functionCalls += 1;
    const callId = `call_function_${functionCalls}`;
    if ((role === 'system' || role === 'developer') && turns.length === 0) {
      const turn = readTurn(message, { path, role, callId });
      for (const [at, part] of turn.parts.entries())
        system.push({ ...part, role, own: at === 0 ? startOf(turn, part) : part.own });
    } else turns.push(readTurn(message, { path, role, callId }));
  }
  return { system, turns };
}

/** A message of instructions is not a turn: its first part keeps the message's own fields. */
function startOf({ own = [], name }: ConversationTurn, part: ContentPart): readonly Own[] {
  const named = name === undefined ? [] : [note('name', name)];
  return [note('message'), ...named, ...own, ...(part.own ?? [])];
}

interface MessagePlace {
  readonly path: string;
  readonly role: string;
  /** The id of the deprecated call in, or before, this message. */
  readonly callId: string;
}

function readTurn(message: JsonObject, { path, role, callId }: MessagePlace): ConversationTurn {
  switch (role) {
    case 'system':
    case 'developer':
    case 'user': {
      const { name } = message;
      const own = ownMembers(message, CHAT_FIELDS.message);
      return { path, role, name: textOf(name), parts: readContent(message.content), own };
    }
    case 'assistant':
      return {
        path,
        role,
        name: textOf(message.name),
        parts: readAssistant(message, callId),
        own: ownMembers(message, CHAT_FIELDS.assistant),
      };
    case 'tool': {
      const { tool_call_id: id } = message;
      if (typeof id !== 'string') return opaqueTurn(message, path);
      return resultTurn(message, { path, callId: id, own: ownMembers(message, CHAT_FIELDS.tool_message) });
    }
    case 'function': {
      const name = note('function', message.name ?? '');
      return resultTurn(message, { path, callId, own: [name, ...ownMembers(message, CHAT_FIELDS.function_message)] });
    }
    default:
      return opaqueTurn(message, path);
  }
}

function resultTurn(
  message: JsonObject,
  { path, callId, own }: { readonly path: string; readonly callId: string; readonly own: readonly Own[] },
): ConversationTurn {
  const content = readContent(message.content);
  return { path, role: 'user', parts: [{ kind: 'tool-result', callId, content, isError: false, own }] };
}

function opaqueTurn(message: JsonObject, path: string): ConversationTurn {
  const reason = 'messages of this role are not known';
  return {
    path,
    role: 'user',
    parts: [{ kind: 'opaque', api: 'openai-chat', value: message, mark: 'unable', reason, own: [note('message')] }],
  };
}

function readAssistant(message: JsonObject, functionCallId: string): readonly ContentPart[] {
  const { refusal, audio, tool_calls: calls, function_call: call, reasoning_content: reasoning } = message;
  const parts: ContentPart[] = [];
  if (typeof reasoning === 'string' && reasoning !== '') parts.push(readReasoning(reasoning));
  parts.push(...readContent(message.content));
  if (typeof refusal === 'string') parts.push({ kind: 'refusal', text: refusal });
  if (audio !== undefined) {
    const reason = 'speech that the vendor keeps can be named to its own model only';
    parts.push({ kind: 'opaque', api: 'openai-chat', value: audio, mark: 'bound', reason, own: [note('audio')] });
  }
  if (isList(calls)) parts.push(...calls.map(each => (hasOtherType(each) ? opaqueCall(each) : readCall(each))));
  if (isObject(call)) {
    const { name, arguments: input } = call;
    const own = [note('function_call'), ...ownMembers(call, CHAT_FIELDS.called, 'function_call.')];
    parts.push({
      kind: 'tool-call',
      id: functionCallId,
      name: textOf(name) ?? '',
      form: 'json',
      input: textOf(input) ?? '',
      own,
    });
  }
  return parts;
}

/** Servers that speak this API return their reasoning as text, and some want it back. */
function readReasoning(text: string): ContentPart {
  return { kind: 'reasoning', text, owner: { api: 'openai-chat' }, sealed: [{ reasoning_content: text }] };
}

/** Clients state the type of each call; servers may omit it, or use a type of their own. */
function hasOtherType(value: JsonValue): boolean {
  const type = memberOf(value, 'type');
  return type !== undefined && type !== 'function' && type !== 'custom';
}

function opaqueCall(value: JsonValue): ContentPart {
  const reason = 'a call of this kind is not known';
  return { kind: 'opaque', api: 'openai-chat', value, mark: 'unable', reason, own: [note('call')] };
}

/** A call of a function or of a custom tool, in a request or in a reply. */
export function readCall(value: JsonValue): ContentPart {
  const { id, function: called, custom } = isObject(value) ? value : {};
  const tool = isObject(custom) ? custom : called;
  if (!isObject(value) || !isObject(tool)) return opaqueCall(value);
  const isFree = tool === custom;
  const call: ToolCallPart = {
    kind: 'tool-call',
    id: textOf(id) ?? '',
    name: textOf(tool.name) ?? '',
    form: isFree ? 'free' : 'json',
    input: textOf(isFree ? tool.input : tool.arguments) ?? '',
  };
  const own = [
    ...ownMembers(value, CHAT_FIELDS.tool_call),
    ...ownMembers(tool, CHAT_FIELDS.called, isFree ? 'custom.' : 'function.'),
  ];
  return own.length === 0 ? call : { ...call, own };
}
