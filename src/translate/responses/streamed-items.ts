/** The output items of a stream of OpenAI's Responses API, as parts of a reply. */
import { field, listField, stringField } from '../../wires/json-fields.ts';
import type { ContentPart } from '../neutral/conversation.ts';
import type { JsonObject } from '../neutral/json-text.ts';
import type { PartOrder, StreamedPart } from '../neutral/part-order.ts';
import type { SaidPiece } from '../neutral/repeated-event.ts';

interface StreamedItem {
  /** Of a message: its parts by their index. Of any other item: its one part, under 0. */
  readonly parts: Map<unknown, StreamedPart>;
  /** Of reasoning: the paragraph that the last piece was in. */
  paragraph: string | undefined;
  isDone: boolean;
}

export interface StreamedItems {
  readonly hasToolCalls: boolean;
  readonly hasRefusal: boolean;
  /** The model that reasons. */
  setModel(model: string): void;
  /** `response.output_item.added` */
  begin(event: JsonObject): void;
  /** The next text of a part. */
  say(event: JsonObject): SaidPiece | undefined;
  /** The whole text of a part. */
  sayWhole(event: JsonObject): void;
  /** The whole item: what no event has said of it is said now. */
  finish(index: unknown, item: JsonObject): void;
}

/** Between the parts of a summary, and before the reasoning itself. */
const PARAGRAPH = '\n\n';

export function streamedItems(parts: PartOrder): StreamedItems {
  const items = new Map<unknown, StreamedItem>();
  let model = '';
  let hasToolCalls = false;
  let hasRefusal = false;

  function itemOf(index: unknown): StreamedItem {
    let item = items.get(index);
    if (item === undefined) {
      item = { parts: new Map(), paragraph: undefined, isDone: false };
      items.set(index, item);
    }
    return item;
  }

  function partOf(item: StreamedItem, index: unknown, begun: () => ContentPart): StreamedPart {
    let part = item.parts.get(index);
    if (part === undefined) {
      const content = begun();
      hasToolCalls ||= content.kind === 'tool-call';
      hasRefusal ||= content.kind === 'refusal';
      part = parts.begin(content);
      item.parts.set(index, part);
    }
    return part;
  }

  /** The part that an event is about; `undefined` for a call that has not been named yet. */
  function eventPart(event: JsonObject): StreamedPart | undefined {
    const item = itemOf(event.output_index);
    const index = event.content_index ?? 0;
    const type = event.type as string;
    if (type.startsWith('response.output_text')) return partOf(item, index, () => ({ kind: 'text', text: '' }));
    if (type.startsWith('response.refusal')) return partOf(item, index, () => ({ kind: 'refusal', text: '' }));
    if (!type.startsWith('response.reasoning')) return item.parts.get(0);
    const part = partOf(item, 0, reasoning);
    const paragraph = JSON.stringify([type, event.summary_index ?? index]);
    if (item.paragraph !== undefined && item.paragraph !== paragraph && part.said !== '') parts.say(part, PARAGRAPH);
    item.paragraph = paragraph;
    return part;
  }

  function reasoning(): ContentPart {
    return { kind: 'reasoning', text: '', owner: { api: 'openai-responses', model }, sealed: [] };
  }

  /** The one part of an item that is no message. */
  function ownPart(item: StreamedItem, native: JsonObject): StreamedPart | undefined {
    const { type, call_id: id, name } = native;
    if (type === 'reasoning') return partOf(item, 0, reasoning);
    if (type !== 'function_call' && type !== 'custom_tool_call') {
      const reason = `an item of the type ${stringField(native, 'type') ?? 'unknown'}`;
      return partOf(item, 0, () => ({
        kind: 'opaque',
        api: 'openai-responses',
        value: native,
        mark: 'unable',
        reason,
      }));
    }
    if (typeof id !== 'string' || typeof name !== 'string') return undefined;
    const form = type === 'function_call' ? 'json' : 'free';
    return partOf(item, 0, () => ({ kind: 'tool-call', id, name, form, input: '' }));
  }

  function finishMessage(item: StreamedItem, native: JsonObject): void {
    for (const [index, content] of listField(native, 'content').entries()) {
      const kind = field(content, 'type') === 'refusal' ? 'refusal' : 'text';
      const part = partOf(item, index, () => ({ kind, text: '' }));
      parts.sayWhole(part, stringField(content, kind) ?? '');
    }
    for (const part of item.parts.values()) parts.close(part);
  }

  return {
    get hasToolCalls() {
      return hasToolCalls;
    },
    get hasRefusal() {
      return hasRefusal;
    },
    setModel(name) {
      model = name;
    },
    begin({ output_index: index, item: native }) {
      const type = field(native, 'type');
      // A message begins with its first text, any other item by itself, and of a hosted tool only the end is known.
      if (type === 'function_call' || type === 'custom_tool_call' || type === 'reasoning')
        ownPart(itemOf(index), native as JsonObject);
    },
    say(event) {
      const part = eventPart(event);
      if (part === undefined || typeof event.delta !== 'string') return undefined;
      parts.say(part, event.delta);
      return { name: 'delta', say: piece => parts.say(part, piece) };
    },
    sayWhole(event) {
      const part = eventPart(event);
      const whole = event.text ?? event.refusal ?? event.arguments ?? event.input;
      if (part !== undefined && typeof whole === 'string') parts.sayWhole(part, whole);
    },
    finish(index, native) {
      const item = itemOf(index);
      if (item.isDone) return;
      item.isDone = true;
      if (native.type === 'message') return finishMessage(item, native);
      const part = ownPart(item, native);
      if (part === undefined) return;
      if (native.type === 'reasoning') {
        parts.sayWhole(part, reasoningText(native));
        // In the event that added it, the seal may be incomplete.
        parts.close(part, { whole: { ...part.part, sealed: [native] } as ContentPart });
      } else {
        parts.sayWhole(part, stringField(native, 'arguments') ?? stringField(native, 'input') ?? '');
        parts.close(part, { isCutOff: native.status === 'incomplete' });
      }
    },
  };
}

/** What may be shown of an item of reasoning. */
function reasoningText(item: JsonObject): string {
  return [...listField(item, 'summary'), ...listField(item, 'content')]
    .map(part => stringField(part, 'text') ?? '')
    .join(PARAGRAPH);
}
