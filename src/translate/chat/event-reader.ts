/** Reads a stream of chat completion chunks. */
import { field, listField, stringField } from '../../wires/json-fields.ts';
import { chatBillFacts, newChatBill, readChatBill } from '../../wires/openai-chat-bill.ts';
import { callIdOf } from '../neutral/call-ids.ts';
import type { ContentPart } from '../neutral/conversation.ts';
import type { NativeEvents, NeutralStream } from '../neutral/event-reader.ts';
import { eventReader } from '../neutral/event-reader.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { note } from '../neutral/own.ts';
import { annotationsOwn, flatAnnotations } from '../openai/citations.ts';
import type { StreamedPart } from '../neutral/part-order.ts';
import type { SaidPiece } from '../neutral/repeated-event.ts';
import type { EventReader } from '../neutral/translator.ts';
import { readFinish, unreadFinish } from './finish.ts';
import { addDetails } from './reasoning-details.ts';
import { streamedCalls } from './streamed-calls.ts';
import { unreadOfCompletion, unreadOfMessage } from './reply-members.ts';

export function chatEventReader(): EventReader {
  return eventReader('openai-chat', chatEvents);
}

type Said = 'text' | 'refusal' | 'reasoning';

/** The kind of text in each member of a delta. */
const KINDS = { content: 'text', refusal: 'refusal', reasoning_content: 'reasoning', reasoning: 'reasoning' } as const;

function chatEvents(stream: NeutralStream): NativeEvents {
  const { parts, emit, leaveOut, finish } = stream;
  const bill = newChatBill();
  let hasStarted = false;
  let id = '';
  const calls = streamedCalls(stream, place => callIdOf(id, place));
  let model: string | undefined;
  let hasRefusal = false;
  /** The chunk with the finish reason. The usage may follow in a later chunk. */
  let ended: unknown;
  let open: { readonly kind: Said; readonly part: StreamedPart } | undefined;
  /** Log probabilities of the open text. */
  let logprobs: JsonValue[] = [];
  let annotations: JsonValue[] = [];
  /** Characters of the texts before the open one. */
  let before = 0;
  /** Reasoning details of the whole reply, which are sent back together. */
  const details: JsonDraft[] = [];
  let reasoned = '';

  function count(json: unknown): void {
    readChatBill(bill, json);
  }

  function say(kind: Said, piece: string): void {
    if (piece === '') return;
    if (kind === 'reasoning') reasoned += piece;
    parts.say(partFor(kind), piece);
  }

  function partFor(kind: Said): StreamedPart {
    if (open?.kind !== kind) {
      closeOpen();
      calls.closeWhole();
      open = { kind, part: parts.begin(partOf(kind, model)) };
      hasRefusal ||= kind === 'refusal';
    }
    return open.part;
  }

  function closeOpen(): void {
    if (open !== undefined) parts.close(open.part, { whole: whole(open.part) });
    if (open?.kind === 'text') before += open.part.said.length;
    open = undefined;
    logprobs = [];
    annotations = [];
  }

  function whole({ part, said }: StreamedPart): ContentPart {
    if (part.kind === 'reasoning') return { ...part, sealed: [sealOf(said)] };
    if (part.kind !== 'text') return part;
    const told = logprobs.length === 0 ? [] : [note('logprobs', logprobs)];
    const own = [...told, ...annotationsOwn(flatAnnotations(annotations, before))];
    return own.length === 0 ? part : { ...part, own };
  }

  /**
   * Reasoning is sent back to its owner under the name that most servers accept, or with all its details where it may be signed.
   */
  function sealOf(said: string): JsonObject {
    if (details.length === 0) return { reasoning_content: said };
    return { reasoning: reasoned, reasoning_details: details.map(each => ({ ...each })) };
  }

  /** Returns the text of the delta if it was one piece. */
  function readDelta(delta: unknown): SaidPiece | undefined {
    for (const name of unreadOfMessage(delta)) leaveOut(name);
    const more = listField(delta, 'reasoning_details');
    addDetails(details, more);
    // A signature may come without text.
    if (more.length > 0) partFor('reasoning');
    const said = [readText(delta, 'reasoning_content') ?? readText(delta, 'reasoning'), readText(delta, 'content')];
    for (const part of listField(delta, 'content')) readPart(part);
    annotations.push(...(listField(delta, 'annotations') as readonly JsonValue[]));
    said.push(readText(delta, 'refusal'));
    for (const call of listField(delta, 'tool_calls')) said.push(readCall(call));
    const deprecated = field(delta, 'function_call');
    if (deprecated instanceof Object) said.push(readCall({ index: 0, id: '', function: deprecated }));
    const [one, another] = said.filter(each => each !== undefined);
    return another === undefined && more.length === 0 && annotations.length === 0 ? one : undefined;
  }

  function readText(delta: unknown, name: keyof typeof KINDS): SaidPiece | undefined {
    const piece = stringField(delta, name);
    if (!piece) return undefined;
    say(KINDS[name], piece);
    return { name, say: next => say(KINDS[name], next), count };
  }

  function readCall(entry: unknown): SaidPiece {
    const call = calls.read(entry);
    if (call.isNew) closeOpen();
    return { name: field(entry, 'custom') instanceof Object ? 'input' : 'arguments', say: call.say, count };
  }

  /** Mistral streams its thinking as parts of the content. */
  function readPart(part: unknown): void {
    for (const thought of listField(part, 'thinking')) say('reasoning', stringField(thought, 'text') ?? '');
    const type = stringField(part, 'type') ?? '';
    if (type !== 'text' && type !== 'thinking') leaveOut(type);
    say('text', stringField(part, 'text') ?? '');
  }

  function finishReply(): void {
    const end = readFinish(ended ?? { finish_reason: 'stop' }, { hasToolCalls: calls.hasAny, hasRefusal });
    for (const name of unreadFinish(ended)) leaveOut(name);
    closeOpen();
    calls.closeAll({ isCutOff: end.finish !== 'tool-calls' });
    emit({ on: 'finish', ...end });
    const { usage } = chatBillFacts(bill, model);
    if (usage !== undefined) emit({ on: 'usage', usage });
    finish();
  }

  return {
    read(json) {
      count(json);
      model = stringField(json, 'model') || model;
      const choices = listField(json, 'choices');
      // Azure sends an annotation first, with an empty id and no model.
      const isFirst = !hasStarted;
      if (!hasStarted && (choices.length > 0 || model !== undefined)) {
        hasStarted = true;
        id = stringField(json, 'id') ?? '';
        emit({ on: 'start', id, model: model ?? '' });
      }
      let said: SaidPiece | undefined;
      for (const choice of choices) {
        if ((field(choice, 'index') ?? 0) !== 0) continue;
        said = readDelta(field(choice, 'delta') ?? field(choice, 'message'));
        const told = listField(field(choice, 'logprobs'), 'content') as readonly JsonValue[];
        if (told.length > 0) {
          logprobs.push(...told);
          said = undefined;
        }
        if (field(choice, 'finish_reason')) ended = choice;
      }
      // The first chunk has the members that every chunk repeats; the last one has those that come late.
      if (isFirst || ended !== undefined) for (const name of unreadOfCompletion(json, choices[0])) leaveOut(name);
      return choices.length === 1 && ended === undefined ? said : undefined;
    },
    // Some vendors send [DONE] and no finish reason, others a finish reason and no [DONE].
    done() {
      if (ended !== undefined || calls.hasAny || open !== undefined) finishReply();
    },
    end() {
      if (ended !== undefined) finishReply();
    },
  };
}

function partOf(kind: Said, model: string | undefined): ContentPart {
  if (kind === 'reasoning') return { kind, text: '', owner: { api: 'openai-chat', model }, sealed: [] };
  return { kind, text: '' };
}
