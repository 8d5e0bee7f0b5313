/** Reads the input items of a response, or its output items. */
import { invalidValue } from '../../errors.ts';
import type { ContentPart, ConversationTurn, SystemPart } from '../neutral/conversation.ts';
import { openEnvelope } from '../neutral/envelope.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';
import { hasNote, note, ownMembers, ownOf, unwritten } from '../neutral/own.ts';
import { RESPONSES_FIELDS, OPAQUE_ITEMS } from './fields.ts';
import { readContent } from './read-content.ts';

export interface ReadItems {
  readonly system: readonly SystemPart[];
  readonly turns: readonly ConversationTurn[];
}

interface TurnDraft extends ConversationTurn {
  phase?: string | undefined;
  readonly parts: ContentPart[];
}

/** @throws RouterError `invalid-value` for an input that is neither a text nor a list of items */
export function readInput(input: JsonValue | undefined): ReadItems {
  if (input === undefined || input === null) return { system: [], turns: [] };
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  if (!isList(items)) throw invalidValue(input, 'input', 'a text or a list of items');
  const system: SystemPart[] = [];
  const turns: TurnDraft[] = [];
  for (const [index, item] of items.entries()) {
    const path = `input[${index}]`;
    if (!isObject(item)) throw invalidValue(item, path, 'an item');
    const turn = readItem(item, path);
    const { role } = turn;
    const last = turns.at(-1);
    if ((role === 'system' || role === 'developer') && last === undefined)
      system.push(...turn.parts.map(part => ({ ...part, role })));
    else if (last !== undefined && isOneTurn(last, turn)) {
      last.parts.push(...turn.parts);
      last.phase ??= turn.phase;
    } else turns.push(turn);
  }
  return { system, turns };
}

/** The assistant's texts, reasoning and calls between two user turns are one turn, unless the phase changes. */
function isOneTurn(last: ConversationTurn, next: ConversationTurn): boolean {
  if (last.role !== 'assistant' || next.role !== 'assistant') return false;
  if (last.parts[0]?.kind === 'opaque' || next.parts[0]?.kind === 'opaque') return false;
  return last.phase === next.phase || !isMessage(last) || !isMessage(next);
}

/** Whether the turn has a message, even an empty one. */
function isMessage({ parts }: Pick<ConversationTurn, 'parts'>): boolean {
  return parts.some(({ own }) => hasNote(own, 'message'));
}

function readItem(item: JsonObject, path: string): TurnDraft {
  const parts = readOutputItem(item);
  if (parts !== undefined)
    return { path, role: 'assistant', phase: isMessage({ parts }) ? textOf(item.phase) : undefined, parts };
  switch (typeOf(item)) {
    case 'message':
      return readMessage(item, path) ?? opaqueItem(item, path);
    case 'function_call_output':
    case 'custom_tool_call_output':
      return readResult(item, path) ?? opaqueItem(item, path);
    default:
      return opaqueItem(item, path);
  }
}

/** Messages may omit the type. */
function typeOf({ type, role }: JsonObject): string {
  return textOf(type) ?? (role === undefined ? '' : 'message');
}

/** The parts of an item that a model wrote; `undefined` for any other item. */
export function readOutputItem(item: JsonObject): ContentPart[] | undefined {
  switch (typeOf(item)) {
    case 'message': {
      const parts = item.role === 'assistant' ? readContent(item.content) : undefined;
      return parts && startMessage(parts, item);
    }
    case 'function_call':
    case 'custom_tool_call':
      return readCall(item);
    case 'reasoning':
      return [readReasoning(item)];
    default:
      return undefined;
  }
}

/** The first part of a message keeps the message's start and its own fields. */
function startMessage(parts: readonly ContentPart[], item: JsonObject): ContentPart[] {
  const own = [...ownMembers(item, RESPONSES_FIELDS.message)];
  // Only a message of the user or the assistant becomes a turn with a phase. The phase of a system or developer message is
  // kept as its own field.
  if (item.role !== 'assistant' && typeof item.phase === 'string')
    own.push({ path: 'phase', value: item.phase, mark: 'preference', reason: 'no other API tells phases apart' });
  // All these fields are restored with the message. Those without their default value are also reported, with its first part.
  const found = own.filter(({ mark }) => mark !== 'default').map(unwritten);
  return parts.map((part, at) =>
    at === 0 ? { ...part, own: [note('message', own.map(toJson)), ...found, ...(part.own ?? [])] } : part,
  );
}

function toJson({ path, value }: { readonly path: string; readonly value: JsonValue }): JsonValue {
  return [path, value];
}

function readMessage(item: JsonObject, path: string): TurnDraft | undefined {
  const { role } = item;
  const parts = readContent(item.content);
  if (parts === undefined || (role !== 'user' && role !== 'system' && role !== 'developer')) return undefined;
  const own = ownMembers(item, RESPONSES_FIELDS.message);
  return role === 'user'
    ? { path, role, phase: textOf(item.phase), parts: [...parts], own }
    : { path, role, parts: startMessage(parts, item) };
}

function readCall(item: JsonObject): ContentPart[] | undefined {
  const { type, call_id: id, name, arguments: json, input } = item;
  const isFree = type === 'custom_tool_call';
  if (typeof id !== 'string' || typeof name !== 'string') return undefined;
  const own = ownMembers(item, isFree ? RESPONSES_FIELDS.custom_tool_call : RESPONSES_FIELDS.function_call);
  return [
    { kind: 'tool-call', id, name, form: isFree ? 'free' : 'json', input: textOf(isFree ? input : json) ?? '', own },
  ];
}

function readResult(item: JsonObject, path: string): TurnDraft | undefined {
  const { type, call_id: callId, output } = item;
  const content = readContent(output);
  if (typeof callId !== 'string' || content === undefined) return undefined;
  const isFree = type === 'custom_tool_call_output';
  const own = ownMembers(
    item,
    isFree ? RESPONSES_FIELDS.custom_tool_call_output : RESPONSES_FIELDS.function_call_output,
  );
  return {
    path,
    role: 'user',
    parts: [
      {
        kind: 'tool-result',
        callId,
        content,
        isError: false,
        own: [...(isFree ? [note('custom')] : []), ...(isList(output) ? [note('list')] : []), ...own],
      },
    ],
  };
}

/** A reasoning item of this API, or an envelope with the reasoning of another one. */
function readReasoning(item: JsonObject): ContentPart {
  const text = [item.summary, item.content]
    .flatMap(list => (isList(list) ? list : []))
    .map(part => textOf(memberOf(part, 'text')) ?? '')
    .join('\n\n');
  const envelope = openEnvelope(textOf(item.encrypted_content) ?? '');
  const { owner, sealed } = envelope ?? { owner: { api: 'openai-responses' } as const, sealed: [item] };
  return { kind: 'reasoning', text, owner, sealed };
}

function opaqueItem(item: JsonObject, path: string): TurnDraft {
  const { mark, reason } = ownOf(typeOf(item), item, OPAQUE_ITEMS);
  const isBound = mark === 'bound';
  return {
    path,
    role: 'assistant',
    parts: [
      {
        kind: 'opaque',
        api: 'openai-responses',
        value: item,
        mark: isBound ? 'bound' : 'unable',
        reason,
        own: [note('item')],
      },
    ],
  };
}
