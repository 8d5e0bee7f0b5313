/** Writes the input items of a response. */
import type { ContentPart, Conversation, ConversationTurn, ToolResultPart } from '../neutral/conversation.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject } from '../neutral/json-values.ts';
import { hasNote, noted, putBack } from '../neutral/own.ts';
import { callIdAt } from '../neutral/call-ids.ts';
import { distinctCalls } from '../neutral/distinct-calls.ts';
import { freeCallIds } from '../openai/tools.ts';
import type { PartWriting } from '../openai/written.ts';
import { instructionMessages, resultContent } from '../openai/written.ts';
import { contentOf, writePart } from './write-content.ts';

export interface Input {
  readonly instructions: string | undefined;
  readonly items: readonly JsonObject[];
}

export function writeInput(conversation: Conversation, writing: PartWriting): Input {
  const turns = writing.isOwn ? conversation.turns : distinctCalls(conversation.turns);
  const writer: ItemWriter = { items: [], writing, freeCalls: freeCallIds({ turns }) };
  const { system } = conversation;
  const [first] = system;
  const isFirst =
    first?.kind === 'text' &&
    !writing.breakpoints.has(first) &&
    (writing.isOwn ? hasNote(first.own, 'instructions') : system.length === 1);
  const rest = isFirst ? system.slice(1) : system;
  for (const parts of instructionMessages(rest)) pushMessage(writer, { role: parts[0].role, parts });
  for (const turn of turns) writeTurn(writer, turn);
  return { instructions: isFirst ? first.text : undefined, items: writer.items };
}

interface ItemWriter {
  readonly items: JsonDraft[];
  readonly writing: PartWriting;
  /** Ids of calls whose input is free text. */
  readonly freeCalls: ReadonlySet<string>;
}

type MessageOfParts = Pick<ConversationTurn, 'role' | 'parts' | 'own' | 'phase'>;

/** Adds the parts that belong to one message as one item. */
function pushMessage({ items, writing }: ItemWriter, { role, parts, own, phase }: MessageOfParts): void {
  const message: JsonDraft = { role, content: contentOf(parts, role, writing) };
  if (role === 'assistant') message.type = 'message';
  if (phase !== undefined && writing.isOwn) message.phase = phase;
  if (writing.isOwn) {
    putBack(message, own);
    const ofMessage = noted(parts[0]?.own, 'message');
    for (const pair of isList(ofMessage) ? ofMessage : []) {
      const [name, value] = pair as readonly [string, JsonValue];
      message[name] = value;
    }
  }
  items.push(message);
}

/** Writes the parts in their order: those of a message together, each other part as an item of its own. */
function writeTurn(writer: ItemWriter, turn: ConversationTurn): void {
  const { role, parts } = turn;
  let said: ContentPart[] = [];
  const flush = (): void => {
    if (said.length > 0) pushMessage(writer, { ...turn, parts: said });
    said = [];
  };
  for (const part of parts) {
    if (isItem(part)) {
      flush();
      pushItem(writer, part);
      continue;
    }
    // A turn of another API becomes one item per text.
    const isNext = role === 'assistant' && (writer.writing.isOwn ? hasNote(part.own, 'message') : said.length > 0);
    if (isNext) flush();
    said.push(part);
  }
  flush();
}

function isItem({ kind, own }: ContentPart): boolean {
  return kind === 'tool-call' || kind === 'tool-result' || kind === 'reasoning' || hasNote(own, 'item');
}

function pushItem({ items, writing, freeCalls }: ItemWriter, part: ContentPart): void {
  const { isOwn } = writing;
  let item: JsonDraft | undefined;
  if (part.kind === 'tool-call') {
    const called = { call_id: callIdAt('openai-responses', part.id), name: part.name };
    item =
      part.form === 'free'
        ? { type: 'custom_tool_call', ...called, input: part.input }
        : { type: 'function_call', ...called, arguments: isOwn ? part.input : part.input || '{}' };
  } else if (part.kind === 'tool-result') item = writeResult(part, freeCalls, writing);
  else if (part.kind === 'opaque' && isOwn && isObject(part.value)) item = { ...part.value };
  // Only the owner gets sealed content. An item without content is known only to a vendor that has stored it.
  else if (part.kind === 'reasoning' && part.owner.api === 'openai-responses') {
    const sealed = part.sealed.filter(isObject);
    items.push(
      ...sealed.filter(each => isOwn || typeof each.encrypted_content === 'string').map(each => ({ ...each })),
    );
  }
  if (item === undefined) return;
  if (isOwn) putBack(item, part.own);
  items.push(item);
}

function writeResult(part: ToolResultPart, freeCalls: ReadonlySet<string>, writing: PartWriting): JsonDraft {
  const { callId } = part;
  const all = resultContent(part);
  const [only] = all;
  const wasList = writing.isOwn && hasNote(part.own, 'list');
  const isText = !wasList && all.length === 1 && only?.kind === 'text' && !writing.breakpoints.has(only);
  const output =
    all.length === 0 && !wasList ? '' : isText ? only.text : all.flatMap(each => writePart(each, 'user', writing));
  const isFree = writing.isOwn ? hasNote(part.own, 'custom') : freeCalls.has(callId);
  const type = isFree ? 'custom_tool_call_output' : 'function_call_output';
  return { type, call_id: callIdAt('openai-responses', callId), output };
}
